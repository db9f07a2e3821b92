"""Bounding boxes: the window of whole pixels that holds an aperture, and what weights on it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from astroapers import _inputs
from astroapers._typing import IntArray


class OverlapSlices(NamedTuple):
    """
    The part of a bounding box that lies inside an image, as slices.

    Attributes
    ----------
    image : tuple of slice
        Rows and columns in the image.
    weights : tuple of slice
        Rows and columns in an array of the box's own shape.

    Examples
    --------
    >>> from astroapers import BoundingBox
    >>> overlap = BoundingBox(-1, 2, 0, 2).overlap_slices((10, 10))
    >>> overlap.image
    (slice(0, 2, None), slice(0, 2, None))
    >>> overlap.weights
    (slice(0, 2, None), slice(1, 3, None))
    """

    image: tuple[slice, slice]
    weights: tuple[slice, slice]


class _Overlap(NamedTuple):
    """Weights and pixels where a box meets an image."""

    weights: NDArray[Any]
    pixels: NDArray[Any]
    open: NDArray[np.bool_]  # unmasked
    inside: tuple[slice, slice] | None  # where in the box


@dataclass(frozen=True, slots=True)
class BoundingBox:
    """
    A window of whole pixels with exclusive upper bounds.

    Pixel `(x, y)` belongs to it if `ixmin <= x < ixmax` and `iymin <= y < iymax`, so that
    `data[iymin:iymax, ixmin:ixmax]` cuts it out of an image.

    Parameters
    ----------
    ixmin, ixmax : int
        First column, and one past the last.
    iymin, iymax : int
        First row, and one past the last.

    Raises
    ------
    TypeError
        If a bound is not a whole number.
    ValueError
        If an upper bound is smaller than the lower one.

    Examples
    --------
    >>> from astroapers import BoundingBox, CircAp
    >>> box = CircAp((5.0, 6.0), r=2.0).bboxes()[0]
    >>> box
    BoundingBox(ixmin=3, ixmax=8, iymin=4, iymax=9)
    >>> box.shape
    (5, 5)
    """

    ixmin: int
    ixmax: int
    iymin: int
    iymax: int

    def __post_init__(self) -> None:
        """Check the bounds and make them Python integers."""
        for name in ("ixmin", "ixmax", "iymin", "iymax"):
            object.__setattr__(self, name, _inputs.whole(name, getattr(self, name)))
        for axis, first, end in (("x", self.ixmin, self.ixmax), ("y", self.iymin, self.iymax)):
            if end < first:
                least, most = _inputs.shown(first), _inputs.shown(end)
                raise ValueError(f"i{axis}max={most} must not be smaller than i{axis}min={least}")

    def __setstate__(self, state: Any) -> None:
        """Check what a pickle holds as if it were passed to the constructor."""
        for name, value in zip(self.__slots__, state, strict=True):
            object.__setattr__(self, name, value)
        self.__post_init__()

    @property
    def shape(self) -> tuple[int, int]:
        """
        Numbers of rows and columns, `(ny, nx)`.

        Examples
        --------
        >>> from astroapers import BoundingBox
        >>> BoundingBox(0, 3, 0, 2).shape
        (2, 3)
        """
        return self.iymax - self.iymin, self.ixmax - self.ixmin

    def overlap_slices(self, shape: tuple[int, int]) -> OverlapSlices | None:
        """
        Where the box and an image overlap.

        Parameters
        ----------
        shape : (ny, nx)
            Shape of the image.

        Returns
        -------
        OverlapSlices or None
            Slices into the image and into the box, or None if they share no pixel.

        Raises
        ------
        TypeError, ValueError
            If `shape` is not two whole numbers of at least 0.

        Examples
        --------
        >>> from astroapers import BoundingBox
        >>> BoundingBox(8, 12, 0, 2).overlap_slices((10, 10)).image
        (slice(0, 2, None), slice(8, 10, None))
        >>> BoundingBox(10, 12, 0, 2).overlap_slices((10, 10)) is None
        True
        """
        (ny, nx), _ = _inputs.frame(shape, None)
        x0, x1 = max(self.ixmin, 0), min(self.ixmax, nx)
        y0, y1 = max(self.iymin, 0), min(self.iymax, ny)
        if x0 >= x1 or y0 >= y1:
            return None
        return OverlapSlices(
            (slice(y0, y1), slice(x0, x1)),
            (slice(y0 - self.iymin, y1 - self.iymin), slice(x0 - self.ixmin, x1 - self.ixmin)),
        )

    def to_fits_section(self, shape: tuple[int, int] | None = None) -> str:
        """
        Write the box as a FITS image section: x first, 1-based, both ends included.

        Parameters
        ----------
        shape : (ny, nx), optional
            Shape of the image to clip the box to; needed if the box begins outside it.

        Returns
        -------
        str
            Such as ``"[4:8,5:9]"``.

        Raises
        ------
        ValueError
            If the section would be empty, or begins below 1 and `shape` is not given.

        Examples
        --------
        >>> from astroapers import BoundingBox
        >>> BoundingBox(3, 8, 4, 9).to_fits_section()
        '[4:8,5:9]'
        >>> BoundingBox(-2, 3, 4, 9).to_fits_section((6, 6))
        '[1:3,5:6]'
        """
        x0, x1, y0, y1 = self.ixmin, self.ixmax, self.iymin, self.iymax
        if shape is not None:
            overlap = self.overlap_slices(shape)
            if overlap is None:
                raise ValueError(f"{self} does not overlap an image of shape {shape}")
            rows, columns = overlap.image
            x0, x1, y0, y1 = columns.start, columns.stop, rows.start, rows.stop
        if x0 < 0 or y0 < 0:
            raise ValueError(f"{self} begins outside the image; give the image's shape to clip it")
        if x0 == x1 or y0 == y1:
            raise ValueError(f"{self} is empty; a FITS section cannot be")
        return f"[{x0 + 1}:{x1},{y0 + 1}:{y1}]"

    def to_image(
        self, weights: ArrayLike, shape: tuple[int, int], fill_value: float = 0.0, *, validate: bool = True
    ) -> NDArray[Any]:
        """
        Weights laid out on a full image.

        Parameters
        ----------
        weights : array_like, shape of the box
            Weight of each pixel of the box; a masked one is 0.
        shape : (ny, nx)
            Shape of the image.
        fill_value : float, optional
            Value outside the box.
        validate : bool, optional
            Whether to check the shape of `weights`.

        Returns
        -------
        ndarray, shape (ny, nx)
            float32 if `weights` are, else float64.

        Raises
        ------
        TypeError, ValueError
            If `weights` are not real numbers on the box, `shape` is not that of an image, or `fill_value` is not
            a real number.

        Examples
        --------
        >>> import numpy as np
        >>> from astroapers import BoundingBox
        >>> BoundingBox(1, 3, -1, 1).to_image(np.ones((2, 2)), (2, 4))
        array([[0., 1., 1., 0.],
               [0., 0., 0., 0.]])
        """
        values = self._weights(weights, validate)
        (ny, nx), _ = _inputs.frame(shape, None)
        result = _filled("shape", (ny, nx), fill_value, values.dtype)
        overlap = self.overlap_slices((ny, nx))
        if overlap is not None:
            result[overlap.image] = values[overlap.weights]
        return result

    @overload
    def apsum(
        self,
        weights: ArrayLike,
        image: ArrayLike,
        mask: ArrayLike | None = None,
        *,
        return_npix: Literal[True] = True,
        validate: bool = True,
    ) -> tuple[float, float]: ...

    @overload
    def apsum(
        self,
        weights: ArrayLike,
        image: ArrayLike,
        mask: ArrayLike | None = None,
        *,
        return_npix: Literal[False],
        validate: bool = True,
    ) -> float: ...

    def apsum(
        self,
        weights: ArrayLike,
        image: ArrayLike,
        mask: ArrayLike | None = None,
        *,
        return_npix: bool = True,
        validate: bool = True,
    ) -> tuple[float, float] | float:
        """
        Weighted sum of an image over the box.

        Masked pixels, pixels of weight 0 and pixels outside the image take no part: a NaN there changes
        nothing.

        Parameters
        ----------
        weights : array_like, shape of the box
            Weight of each pixel of the box.
        image : array_like, shape (ny, nx)
            Any real image; the mask of a `numpy.ma.MaskedArray` counts.
        mask : array_like, shape (ny, nx), optional
            True or nonzero excludes a pixel.
        return_npix : bool, optional
            Whether to return the sum of the weights too.
        validate : bool, optional
            Whether to check the shape of `weights`.

        Returns
        -------
        apsum : float
            Sum of weight times value, in the image's unit.
        npix : float
            Sum of the weights of the pixels that took part; only if `return_npix`.

        Raises
        ------
        TypeError
            If `weights` or `image` are not real.
        ValueError
            If a shape is wrong.

        Examples
        --------
        >>> import numpy as np
        >>> from astroapers import BoundingBox
        >>> BoundingBox(1, 3, 1, 3).apsum(np.full((2, 2), 0.5), np.ones((5, 5)))
        (2.0, 2.0)
        """
        overlap = self._overlap(weights, image, mask, validate)
        counted = overlap.open & (overlap.weights != 0)
        chosen = overlap.weights[counted].astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            total = float(np.sum(chosen * overlap.pixels[counted].astype(np.float64)))
            return (total, float(np.sum(chosen))) if return_npix else total

    def npix(
        self,
        weights: ArrayLike,
        shape: tuple[int, int],
        mask: ArrayLike | None = None,
        *,
        validate: bool = True,
    ) -> float:
        """
        Sum of the weights inside an image.

        Parameters
        ----------
        weights : array_like, shape of the box
            Weight of each pixel of the box.
        shape : (ny, nx)
            Shape of the image.
        mask : array_like, shape (ny, nx), optional
            True or nonzero excludes a pixel.
        validate : bool, optional
            Whether to check the shape of `weights`.

        Returns
        -------
        float
            The effective number of pixels.

        Raises
        ------
        TypeError, ValueError
            If `weights` are not real numbers on the box, or a shape is wrong.

        Examples
        --------
        >>> import numpy as np
        >>> from astroapers import BoundingBox
        >>> BoundingBox(-1, 1, 0, 2).npix(np.full((2, 2), 0.5), (5, 5))
        1.0
        """
        frame, masks = _inputs.real_frame(shape, mask)
        values = self._weights(weights, validate)
        overlap = self.overlap_slices(frame)
        if overlap is None:
            return 0.0
        inside = values[overlap.weights]
        with np.errstate(over="ignore", invalid="ignore"):
            return float(np.sum(inside, dtype=np.float64, where=_open(overlap, masks, inside.shape)))

    def weighted_cutout(
        self,
        weights: ArrayLike,
        image: ArrayLike,
        mask: ArrayLike | None = None,
        fill_value: float = np.nan,
        *,
        validate: bool = True,
    ) -> NDArray[Any]:
        """
        Weight times value on the box.

        Parameters
        ----------
        weights : array_like, shape of the box
            Weight of each pixel of the box.
        image : array_like, shape (ny, nx)
            Any real image; the mask of a `numpy.ma.MaskedArray` counts.
        mask : array_like, shape (ny, nx), optional
            True or nonzero excludes a pixel.
        fill_value : float, optional
            Value of masked pixels and of pixels outside the image.
        validate : bool, optional
            Whether to check the shape of `weights`.

        Returns
        -------
        ndarray, shape of the box
            0 where the weight is 0, whatever the image holds there. float32 if `weights` and `image` both fit
            it, else float64.

        Raises
        ------
        TypeError
            If `weights`, `image` or `fill_value` are not real.
        ValueError
            If a shape is wrong.

        Examples
        --------
        >>> import numpy as np
        >>> from astroapers import BoundingBox
        >>> image = np.array([[1.0, 2.0], [3.0, np.inf]])
        >>> BoundingBox(0, 3, 0, 2).weighted_cutout([[1.0, 0.5, 1.0], [1.0, 0.0, 1.0]], image)
        array([[ 1.,  1., nan],
               [ 3.,  0., nan]])
        """
        overlap = self._overlap(weights, image, mask, validate)
        dtype = np.result_type(overlap.weights, overlap.pixels)
        result = _filled("bounding box", self.shape, fill_value, dtype)
        if overlap.inside is not None:
            inside = result[overlap.inside]
            inside[overlap.open] = 0.0
            counted = overlap.open & (overlap.weights != 0)
            with np.errstate(over="ignore", invalid="ignore"):
                np.multiply(overlap.weights, overlap.pixels, out=inside, where=counted, casting="same_kind")
        return result

    def weighted_values(
        self,
        weights: ArrayLike,
        image: ArrayLike,
        mask: ArrayLike | None = None,
        *,
        validate: bool = True,
    ) -> NDArray[Any]:
        """
        Weight times value of the pixels of positive weight.

        Parameters
        ----------
        weights : array_like, shape of the box
            Weight of each pixel of the box.
        image : array_like, shape (ny, nx)
            Any real image; the mask of a `numpy.ma.MaskedArray` counts.
        mask : array_like, shape (ny, nx), optional
            True or nonzero excludes a pixel.
        validate : bool, optional
            Whether to check the shape of `weights`.

        Returns
        -------
        ndarray, shape (n,)
            In row-major order. float32 if `weights` and `image` both fit it, else float64.

        Raises
        ------
        TypeError
            If `weights` or `image` are not real.
        ValueError
            If a shape is wrong.

        Examples
        --------
        >>> import numpy as np
        >>> from astroapers import BoundingBox
        >>> BoundingBox(0, 2, 0, 1).weighted_values([[0.5, 0.0]], [[4.0, np.nan]])
        array([2.])
        """
        overlap = self._overlap(weights, image, mask, validate)
        counted = overlap.open & (overlap.weights > 0)
        dtype = np.result_type(overlap.weights, overlap.pixels)
        with np.errstate(over="ignore", invalid="ignore"):
            values: NDArray[Any] = overlap.weights[counted].astype(dtype) * overlap.pixels[counted].astype(dtype)
        return values

    def _weights(self, weights: ArrayLike, validate: bool) -> NDArray[Any]:
        """Weights as float32 if they are, else as float64, on the box."""
        if isinstance(weights, np.ma.MaskedArray):
            weights = weights.filled(0)
        try:
            array = np.asarray(weights)
        except ValueError as error:
            raise ValueError(f"weights must be a 2-D array: {error}") from error
        if array.dtype.kind not in "buif":
            raise TypeError(f"weights must be real numbers, got dtype {array.dtype}")
        if array.dtype != np.float32:
            array = array.astype(np.float64, copy=False)
        if validate and array.shape != self.shape:
            raise ValueError(f"weights must have the shape {self.shape} of the bounding box, got {array.shape}")
        return array

    def _overlap(self, weights: ArrayLike, image: ArrayLike, mask: ArrayLike | None, validate: bool) -> _Overlap:
        values = self._weights(weights, validate)
        pixels, masks = _inputs.real_image(image, mask)
        ny, nx = pixels.shape
        slices = self.overlap_slices((ny, nx))
        if slices is None:
            nothing = (slice(0, 0), slice(0, 0))
            return _Overlap(values[nothing], pixels[nothing], np.ones((0, 0), dtype=bool), None)
        inside = values[slices.weights]
        return _Overlap(inside, pixels[slices.image], _open(slices, masks, inside.shape), slices.weights)


def _filled(name: str, shape: tuple[int, int], fill_value: float, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Make an array of one value, on which NumPy may find no room."""
    value = _inputs.number("fill_value", fill_value)
    try:
        with np.errstate(over="ignore"):  # beyond float32 there is only infinity
            return np.full(shape, value, dtype=dtype)
    except (ValueError, OverflowError):  # more bytes than can be counted, of which NumPy says no names
        raise ValueError(f"{name} of {shape[0]} x {shape[1]} pixels is too large to hold") from None


def _open(slices: OverlapSlices, masks: tuple[NDArray[Any], ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which pixels of the overlap no mask excludes."""
    unmasked = np.ones(shape, dtype=bool)
    for mask in masks:
        unmasked &= mask[slices.image] == 0
    return unmasked


_new = object.__new__
_set = object.__setattr__


def boxes(bounds: tuple[IntArray, IntArray, IntArray, IntArray]) -> list[BoundingBox]:
    """
    Bounding boxes of a batch, from the extension's arrays, which need no checks.

    Parameters
    ----------
    bounds : tuple of ndarray of int64, shape (N,)
        `ixmin`, `ixmax`, `iymin`, `iymax`.

    Returns
    -------
    list of BoundingBox
        One per position.

    Examples
    --------
    >>> import numpy as np
    >>> boxes((np.array([0]), np.array([2]), np.array([1]), np.array([4])))
    [BoundingBox(ixmin=0, ixmax=2, iymin=1, iymax=4)]
    """
    result = []
    for ixmin, ixmax, iymin, iymax in zip(*(bound.tolist() for bound in bounds), strict=True):
        box = _new(BoundingBox)
        _set(box, "ixmin", ixmin)
        _set(box, "ixmax", ixmax)
        _set(box, "iymin", iymin)
        _set(box, "iymax", iymax)
        result.append(box)
    return result
