"""The floor of a cell: the time to add up its apertures' bounding boxes, in a Rust program of its own.

See ``crates/astroapers-bench/src/bin/floor.rs``.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

# Rows of a band in which sources are visited together by the sorted floor.
BAND = 64


class Floor:
    """
    The running program, on an image of one size; a context manager.

    Parameters
    ----------
    program : Path
        The binary.
    side : int
        Rows and columns of its image.
    """

    def __init__(self, program: Path, side: int) -> None:
        self._process = subprocess.Popen(
            [program, str(side)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=-1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def time(self, boxes: NDArray[np.int64], loops: int) -> float:
        """
        Add up all boxes.

        Parameters
        ----------
        boxes : ndarray of shape (n, 4)
            Columns ``x0, x1, y0, y1``, half-open.
        loops : int
            How many times.

        Returns
        -------
        float
            Seconds for all of it.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"boxes %d\n" % len(boxes) + boxes.astype("<i8").tobytes())
        self._process.stdin.write(b"time %d\n" % loops)
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) * 1e-9


def in_spatial_order(boxes: NDArray[np.int64]) -> NDArray[np.int64]:
    """
    Sort boxes by bands of rows, and by column within a band: what a clever visitor could do.

    Parameters
    ----------
    boxes : ndarray of shape (n, 4)
        Columns ``x0, x1, y0, y1``.

    Returns
    -------
    ndarray of shape (n, 4)

    Examples
    --------
    >>> in_spatial_order(np.array([[9, 10, 70, 71], [5, 6, 3, 4], [2, 3, 7, 8]]))[:, 0].tolist()
    [2, 5, 9]
    """
    return boxes[np.lexsort((boxes[:, 0], boxes[:, 2] // BAND))]
