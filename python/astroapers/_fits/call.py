"""The function `photometry_fits`; what it is made of is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def photometry_fits(image: str | Path, catalog: Any = None, **options: Any) -> Any:
    """
    Measure the sources of a catalogue, or those found, on an image in a FITS file.

    Parameters
    ----------
    image : str or Path
        The file: plain, gzipped or tile-compressed. Integers are measured where they lie, and scaled afterwards.
    catalog : str, Path or Table, optional
        The sources, with pixels or sky coordinates; or give `detect`.
    **options
        The options of ``astroapers phot``, with ``_`` for ``-``: `r`, `annulus`, `gain` and so on. `Job` lists them.

    Returns
    -------
    astropy.table.QTable
        What the command writes, metadata included.

    Raises
    ------
    ImportError
        If astropy is not installed.
    OSError
        If a file cannot be read.
    TypeError, ValueError
        If an option breaks a rule, or the file does not have what it asks for.

    Examples
    --------
    >>> from importlib import resources
    >>> import astroapers as aap
    >>> m13 = resources.files("astropy") / "io/fits/hdu/compressed/tests/data/m13.fits"
    >>> table = aap.photometry_fits(m13, detect=50, r=4, annulus=(8, 14))
    >>> "flux" in table.colnames
    True
    """
    from astroapers._fits.job import Job
    from astroapers._fits.many import documented
    from astroapers._fits.measure import measure

    job = Job(catalog=catalog, **options)
    return documented(measure(job, image), job, command="astroapers.photometry_fits")
