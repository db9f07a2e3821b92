"""Photometry of FITS images: what `astroapers.photometry_fits` and the command ``astroapers phot`` are made of.

Everything is written for one image: a `Job` (`job`) says what is asked for, `image` and `planes` read what is in files,
`keywords`, `units` and `zeropoint` find out what the header knows, `calibrate` and `scaling` go from raw pixels to
physical units and back, `astrometry` between pixels and the sky, and `measure` puts them together. Many images are a
loop around it.
"""

from __future__ import annotations
