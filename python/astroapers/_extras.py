"""Optional packages, imported at the moment they are needed.

The core of this package needs NumPy alone. What draws, reads FITS files or finds stars imports its
packages through `require`, which says how to get a missing one.
"""

from __future__ import annotations

import importlib
from types import ModuleType


def require(module: str, *, extra: str) -> ModuleType:
    """
    Import an optional module, or say how to install it.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    extra : str
        The extra of this package that brings it.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the module is not installed; the message holds the command that installs it.

    Examples
    --------
    >>> require("math", extra="demo").pi
    3.141592653589793
    >>> require("no_such_module", extra="demo")
    Traceback (most recent call last):
    ...
    ImportError: no_such_module is needed here; install it with: pip install "astroapers[demo]"
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != module.partition(".")[0]:
            raise
        package = missing.name.partition(".")[0]
        raise ImportError(
            f'{package} is needed here; install it with: pip install "astroapers[{extra}]"', name=package
        ) from None
