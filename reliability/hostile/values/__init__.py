"""The table of hostile values: for each role of an argument, what to pass, and what must become of it.

Each kind of argument is a module, whose `ROLES` say which role is given what.
"""

from __future__ import annotations

from functools import cache

from . import columns, images, integers, lengths, masks, numbers, options, paths, skies
from .base import Fate, Hostile, Roles

__all__ = ["VALUES", "Fate", "Hostile", "of"]

VALUES: Roles = (
    images.ROLES
    | masks.ROLES
    | columns.ROLES
    | lengths.ROLES
    | numbers.ROLES
    | integers.ROLES
    | paths.ROLES
    | options.ROLES
    | skies.ROLES
)


@cache
def of(role: str) -> tuple[Hostile, ...]:
    """
    Give the hostile values for a role.

    Parameters
    ----------
    role : str
        A key of `VALUES`.

    Returns
    -------
    tuple of Hostile
        In a fixed order.

    Examples
    --------
    >>> of("flag")[0].name
    'None'
    """
    return tuple(VALUES[role]())
