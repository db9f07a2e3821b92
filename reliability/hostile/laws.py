"""What must hold of every call: it refuses in words, or it answers, and then the answer is right."""

from __future__ import annotations

import warnings
from collections.abc import Set
from typing import Any, Literal, NamedTuple

import numpy as np

from reliability.hostile import layouts, truth
from reliability.hostile.callables import Argument, Row
from reliability.hostile.values import Fate, Hostile

#: What a refusal may be; a request for more memory than there is, is one too.
REFUSALS = (TypeError, ValueError, MemoryError)

#: No error message of ours is longer, whatever was passed.
LONGEST_MESSAGE = 600

#: What an error may speak of instead of the argument, by role: the figure that several of them make together.
_OF_ALL = dict.fromkeys(
    ("length", "angle", "optional angle", "raw length", "raw angle", "tolerant length", "count"),
    ("outline", "crosses", "bounding box"),
)

#: What an object of the user's says when it is asked for a number; that is passed on as it is.
_OF_THE_USER = layouts.REFUSAL

#: What belongs in no message: words of the machinery, not of the user.
MACHINERY = ("Option<", "unwrap", "PyErr", "panicked", "out of range integral", "object at 0x", "NDArray", "Traceback")


class Case(NamedTuple):
    """
    A callable with some of its arguments replaced.

    Attributes
    ----------
    row : Row
        The callable.
    changes : tuple of (str, Hostile)
        Names of arguments, and what they are replaced by.
    """

    row: Row
    changes: tuple[tuple[str, Hostile], ...]

    @property
    def name(self) -> str:
        """What a finding is called."""
        return f"{self.row.name}({', '.join(f'{name}: {hostile.name}' for name, hostile in self.changes)})"


class Outcome(NamedTuple):
    """
    What became of a case.

    Attributes
    ----------
    kind : {"refused", "answered"}
        The call raised, or returned.
    wrong : list of str
        Laws that it breaks, in words.
    message : str
        Of the error.
    """

    kind: Literal["refused", "answered"]
    wrong: list[str]
    message: str = ""


def arguments_of(case: Case, *, plain: bool = False) -> dict[str, Any]:
    """
    Make the arguments of a case.

    Parameters
    ----------
    case : Case
        The case.
    plain : bool, optional
        Whether to take the plain numbers that hostile values stand for, where they do.

    Returns
    -------
    dict
        By name.
    """
    arguments = {name: argument.plain for name, argument in case.row.arguments.items()}
    for name, hostile in case.changes:
        make = hostile.plain if plain and hostile.plain is not None else hostile.make
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            arguments[name] = make(case.row.arguments[name].plain)
    return arguments


def hold(case: Case) -> Outcome:
    """
    Make a call, and hold what becomes of it to the laws.

    Parameters
    ----------
    case : Case
        The callable and what is hostile about its arguments.

    Returns
    -------
    Outcome
        What it did, and what is wrong with that.
    """
    arguments = arguments_of(case)
    fates = {hostile.fate for _, hostile in case.changes}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = case.row.call(arguments)
        except BaseException as error:
            return Outcome("refused", _of_refusal(case, error, fates), str(error))
    wrong = []
    if "refused" in fates:
        wrong.append(f"answered what it must refuse: {_shown(found)}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wrong += _of_answer(case, fates, found)
    return Outcome("answered", wrong)


def _of_refusal(case: Case, error: BaseException, fates: Set[Fate]) -> list[str]:
    kind, message = type(error).__name__, str(error)
    if isinstance(error, AssertionError):
        return [f"{message}"]
    if not isinstance(error, REFUSALS):
        return [f"{kind}: {message}"]
    wrong = []
    if fates == {"same"} and case.row.layer != "raw":
        wrong.append(f"refused what is the same as plain numbers: {kind}: {message}")
    if isinstance(error, MemoryError):
        return wrong
    arguments = [case.row.arguments[name] for name, _ in case.changes]
    if not _names(arguments, [hostile for _, hostile in case.changes], message):
        wrong.append(f"the message does not name {arguments[0].words[0]}: {kind}: {message}")
    if len(message) > LONGEST_MESSAGE or "\n" in message.strip():
        wrong.append(f"the message is no sentence: {kind}: {message[:LONGEST_MESSAGE]}")
    wrong += [f"the message speaks of {word!r}: {kind}: {message}" for word in MACHINERY if word in message]
    return wrong


def _names(arguments: list[Argument], hostiles: list[Hostile], message: str) -> bool:
    words = {word for argument in arguments for word in (*argument.words, *_OF_ALL.get(argument.role, ()))}
    if _OF_THE_USER in message or any(hostile.name.startswith(("a function", "a class")) for hostile in hostiles):
        return True
    return any(word in message for word in words)


def _of_answer(case: Case, fates: Set[Fate], found: dict[str, Any]) -> list[str]:
    plain = arguments_of(case, plain=True)
    wrong = truth.check(case.row, plain, found)
    if fates == {"same"}:
        try:
            expected = case.row.call(plain)
        except REFUSALS as error:
            return [*wrong, f"answered, but the plain numbers are refused: {error}"]
        wrong += [
            f"{name} differs from that of plain numbers" for name in found if not _equal(found[name], expected[name])
        ]
    return wrong


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return len(one) == len(other) and all(_equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray):
        if one.dtype.kind in "buif":
            return np.array_equal(one.astype(np.float64), np.asarray(other).astype(np.float64), equal_nan=True)
        return np.array_equal(one, other)
    return bool(one == other)


def _shown(found: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}"[:80] for name, value in found.items())[:200]
