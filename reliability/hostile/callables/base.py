"""What a callable is, and what its arguments are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Argument:
    """
    One argument of a callable.

    Attributes
    ----------
    role : str
        Which hostile values are for it: a key of `values.VALUES`.
    plain : object
        A value that is right.
    words : tuple of str
        How errors may call it.
    """

    role: str
    plain: Any
    words: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """
    One callable.

    Attributes
    ----------
    name : str
        As a user would write it.
    layer : {"raw", "kernel", "object", "box", "photometry", "settings"}
        Where it belongs; raw functions may refuse what is not plain.
    operation : str
        What it does: a key of `truth.ANSWERS`, if the right answer can be computed.
    shape, method : str
        The shape's tag and "exact" or "center"; empty where there is none.
    arguments : dict of str to Argument
        By name.
    call : callable
        Takes a dict of arguments by name; returns a dict of what was measured.
    """

    name: str
    layer: str
    operation: str
    shape: str
    method: str
    arguments: Mapping[str, Argument]
    call: Callable[[dict[str, Any]], dict[str, Any]]
