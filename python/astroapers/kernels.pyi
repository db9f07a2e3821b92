"""Aperture sums, pixel counts, weights and bounding boxes. Made by tools/make_kernel_stubs.py."""

from collections.abc import Sequence
from typing import Any, Literal, overload

from numpy.typing import ArrayLike, NDArray

from astroapers._farthest import farthest_mask_pixel as farthest_mask_pixel
from astroapers._threads import get_parallel_threshold as get_parallel_threshold
from astroapers._threads import set_parallel_threshold as set_parallel_threshold
from astroapers._typing import Command, FloatArray, Geometry
from astroapers.bbox import BoundingBox

__all__: list[str]

@overload
def apsum_circ_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_circ_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_circ_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_ellip_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_ellip_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_rect_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_rect_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_pill_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_pill_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_wedge_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_wedge_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_wedge_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_wedge_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_wedge_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_wedge_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_circ_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_circ_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_circ_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_ellip_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_ellip_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_ellip_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_rect_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_rect_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_rect_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_pill_ann_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_pill_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_pill_ann_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_path_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_path_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_path_exact(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

@overload
def apsum_path_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[True] = True,
    validate: bool = True,
) -> tuple[FloatArray, FloatArray]: ...

@overload
def apsum_path_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: Literal[False],
    validate: bool = True,
) -> FloatArray: ...

@overload
def apsum_path_center(
    data: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    mask: ArrayLike | None = None,
    return_npix: bool = True,
    validate: bool = True,
) -> FloatArray | tuple[FloatArray, FloatArray]: ...

def npix_circ_exact(
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_circ_center(
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_ellip_exact(
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_ellip_center(
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_rect_exact(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_rect_center(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_pill_exact(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_pill_center(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_wedge_exact(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_wedge_center(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_circ_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_circ_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_ellip_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_ellip_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_rect_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_rect_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_pill_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_pill_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_path_exact(
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def npix_path_center(
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    shape: tuple[int, int],
    mask: ArrayLike | None = None,
    validate: bool = True,
) -> FloatArray: ...

def weights_circ_exact(
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_circ_center(
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_ellip_exact(
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_ellip_center(
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_rect_exact(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_rect_center(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_pill_exact(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_pill_center(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_wedge_exact(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None,
    dtheta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_wedge_center(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None,
    dtheta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_circ_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_circ_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_ellip_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_ellip_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_rect_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_rect_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_pill_ann_exact(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_pill_ann_center(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry,
    theta_out: Geometry | None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_path_exact(
    x: ArrayLike,
    y: ArrayLike,
    segments_or_kinds: Sequence[Command] | NDArray[Any],
    holes_or_data: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def weights_path_center(
    x: ArrayLike,
    y: ArrayLike,
    segments_or_kinds: Sequence[Command] | NDArray[Any],
    holes_or_data: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    validate: bool = True,
) -> tuple[list[FloatArray], list[BoundingBox]]: ...

def bboxes_circ(
    x: ArrayLike,
    y: ArrayLike,
    r: Geometry,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_ellip(
    x: ArrayLike,
    y: ArrayLike,
    a: Geometry,
    b: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_rect(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    h: Geometry,
    theta: Geometry,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_pill(
    x: ArrayLike,
    y: ArrayLike,
    w: Geometry,
    a: Geometry,
    b: Geometry,
    theta: Geometry = 0.0,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_wedge(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    theta_in: Geometry,
    dtheta_in: Geometry,
    theta_out: Geometry | None = None,
    dtheta_out: Geometry | None = None,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_circ_ann(
    x: ArrayLike,
    y: ArrayLike,
    r_in: Geometry,
    r_out: Geometry,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_ellip_ann(
    x: ArrayLike,
    y: ArrayLike,
    a_in: Geometry,
    b_in: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_rect_ann(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    h_in: Geometry,
    w_out: Geometry,
    h_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_pill_ann(
    x: ArrayLike,
    y: ArrayLike,
    w_in: Geometry,
    a_in: Geometry,
    b_in: Geometry,
    w_out: Geometry,
    a_out: Geometry,
    b_out: Geometry,
    theta_in: Geometry = 0.0,
    theta_out: Geometry | None = None,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...

def bboxes_path(
    x: ArrayLike,
    y: ArrayLike,
    segments: Sequence[Command] | NDArray[Any],
    holes: Sequence[Sequence[Command]] | NDArray[Any] | None = None,
    *,
    validate: bool = True,
) -> list[BoundingBox]: ...
