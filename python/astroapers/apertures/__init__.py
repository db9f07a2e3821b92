"""Apertures in pixels: shapes at positions, which measure images and draw themselves."""

from __future__ import annotations

from astroapers.apertures._base import PixelAp
from astroapers.apertures.circle import CircAn, CircAp
from astroapers.apertures.ellipse import EllipAn, EllipAp
from astroapers.apertures.path import PathAp
from astroapers.apertures.pill import PillAn, PillAp
from astroapers.apertures.rectangle import RectAn, RectAp
from astroapers.apertures.wedge import WedgeAp

__all__ = [
    "CircAn",
    "CircAp",
    "EllipAn",
    "EllipAp",
    "PathAp",
    "PillAn",
    "PillAp",
    "PixelAp",
    "RectAn",
    "RectAp",
    "WedgeAp",
]
