"""What a hostile value is, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

#: "same": the answer has the bits of the answer to the plain value (a raw function may refuse). "refused": an error.
#: "checked": either an error, or an answer that is held to the truth.
Fate = Literal["same", "refused", "checked"]

Make = Callable[[Any], Any]


class Hostile(NamedTuple):
    """
    One hostile value.

    Attributes
    ----------
    name : str
        What it is.
    make : callable
        Makes it from the plain value of the argument.
    fate : {"same", "refused", "checked"}
        What must become of it.
    plain : callable or None
        Makes the plain value that it must be equal to, from the argument's plain value; None if it is no number at all.
    """

    name: str
    make: Make
    fate: Fate
    plain: Make | None = None


#: By role, what gives its hostile values, in a fixed order.
Roles = dict[str, Callable[[], Iterator[Hostile]]]


#: What a raw function, which reads the numbers in an array's memory, says that it does not look at.
OF_SUBCLASSES = ("masked", "in seconds of arc", "one of them masked", "masked array", "all masked")
