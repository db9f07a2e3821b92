"""Aperture photometry with exact pixel overlaps.

Three layers: apertures, which are objects that measure images and draw themselves; `astroapers.kernels`, one
function per shape and operation for whole catalogues; and `astroapers._rust`, the extension's own functions.

Examples
--------
>>> import numpy as np
>>> import astroapers as aap
>>> data = np.ones((60, 60))
>>> flux, npix = aap.CircAp((34.7, 33.9), r=5.0).apsum_exact(data)
>>> print(f"{flux:.3f} {npix:.3f}")
78.540 78.540
"""

from __future__ import annotations

from importlib import metadata as _metadata

from astroapers import _rust, kernels, plotting
from astroapers._calibrate import ParallelThresholdCalibration, calibrate_parallel_threshold
from astroapers._fits.call import photometry_fits
from astroapers._photometry import Magnitudes, Photometry, photometry
from astroapers._threads import get_num_threads, set_num_threads
from astroapers.apertures import (
    CircAn,
    CircAp,
    EllipAn,
    EllipAp,
    PathAp,
    PillAn,
    PillAp,
    PixelAp,
    RectAn,
    RectAp,
    WedgeAp,
)
from astroapers.bbox import BoundingBox, OverlapSlices
from astroapers.flags import Flag, decode_flags
from astroapers.kernels import (
    apsum_circ_ann_center,
    apsum_circ_ann_exact,
    apsum_circ_center,
    apsum_circ_exact,
    apsum_ellip_ann_center,
    apsum_ellip_ann_exact,
    apsum_ellip_center,
    apsum_ellip_exact,
    apsum_path_center,
    apsum_path_exact,
    apsum_pill_ann_center,
    apsum_pill_ann_exact,
    apsum_pill_center,
    apsum_pill_exact,
    apsum_rect_ann_center,
    apsum_rect_ann_exact,
    apsum_rect_center,
    apsum_rect_exact,
    apsum_wedge_center,
    apsum_wedge_exact,
    bboxes_path,
    farthest_mask_pixel,
    get_parallel_threshold,
    npix_circ_ann_center,
    npix_circ_ann_exact,
    npix_circ_center,
    npix_circ_exact,
    npix_ellip_ann_center,
    npix_ellip_ann_exact,
    npix_ellip_center,
    npix_ellip_exact,
    npix_pill_ann_center,
    npix_pill_ann_exact,
    npix_pill_center,
    npix_pill_exact,
    npix_rect_ann_center,
    npix_rect_ann_exact,
    npix_rect_center,
    npix_rect_exact,
    npix_wedge_center,
    npix_wedge_exact,
    set_parallel_threshold,
)
from astroapers.plotting import plot_apertures, plot_many, to_patch_list

try:
    __version__ = _metadata.version("astroapers")
except _metadata.PackageNotFoundError:  # a source tree that is not installed
    __version__ = "0+unknown"

__all__ = [
    "BoundingBox",
    "CircAn",
    "CircAp",
    "EllipAn",
    "EllipAp",
    "Flag",
    "Magnitudes",
    "OverlapSlices",
    "ParallelThresholdCalibration",
    "PathAp",
    "Photometry",
    "PillAn",
    "PillAp",
    "PixelAp",
    "RectAn",
    "RectAp",
    "WedgeAp",
    "__version__",
    "_rust",
    "apsum_circ_ann_center",
    "apsum_circ_ann_exact",
    "apsum_circ_center",
    "apsum_circ_exact",
    "apsum_ellip_ann_center",
    "apsum_ellip_ann_exact",
    "apsum_ellip_center",
    "apsum_ellip_exact",
    "apsum_path_center",
    "apsum_path_exact",
    "apsum_pill_ann_center",
    "apsum_pill_ann_exact",
    "apsum_pill_center",
    "apsum_pill_exact",
    "apsum_rect_ann_center",
    "apsum_rect_ann_exact",
    "apsum_rect_center",
    "apsum_rect_exact",
    "apsum_wedge_center",
    "apsum_wedge_exact",
    "bboxes_path",
    "calibrate_parallel_threshold",
    "decode_flags",
    "farthest_mask_pixel",
    "get_num_threads",
    "get_parallel_threshold",
    "kernels",
    "npix_circ_ann_center",
    "npix_circ_ann_exact",
    "npix_circ_center",
    "npix_circ_exact",
    "npix_ellip_ann_center",
    "npix_ellip_ann_exact",
    "npix_ellip_center",
    "npix_ellip_exact",
    "npix_pill_ann_center",
    "npix_pill_ann_exact",
    "npix_pill_center",
    "npix_pill_exact",
    "npix_rect_ann_center",
    "npix_rect_ann_exact",
    "npix_rect_center",
    "npix_rect_exact",
    "npix_wedge_center",
    "npix_wedge_exact",
    "photometry",
    "photometry_fits",
    "plot_apertures",
    "plot_many",
    "plotting",
    "set_num_threads",
    "set_parallel_threshold",
    "to_patch_list",
]
