"""
Mutants of a source that are all compiled at once and chosen between when the program runs.

A mutant is the program with one small change: another operator, a condition that always holds, a statement left out.
A test suite that passes for a mutant does not see what was changed. To build each mutant takes a minute, to run the
tests that meet it less than a second; so one source is written that holds all of them, and a variable of the
environment says which is switched on (Untch, Offutt & Harrold 1993, *Mutation analysis using mutant schemata*, ISSTA,
139). Without that variable the program is the original.
"""

from __future__ import annotations

from dataclasses import dataclass

SWITCH = "ASTROAPERS_MUTANT"
"""The environment variable with the number of the mutant that is switched on."""

TRACE = "ASTROAPERS_MUTANT_TRACE"
"""The environment variable with a file to which the numbers of all mutants that are met are written."""


@dataclass(frozen=True)
class Mutant:
    """
    One change of a source.

    Parameters
    ----------
    number : int
        What switches it on, from 1.
    file : str
        The source, from the root of the repository.
    line : int
        Its line, from 1.
    function : str
        The function that it is in, with the type it belongs to.
    source : str
        The text of that line.
    change : str
        What stands there, and what takes its place.
    """

    number: int
    file: str
    line: int
    function: str
    source: str
    change: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names it as long as its line is not rewritten: file, function, text of the line, and change."""
        return self.file, self.function, self.source, self.change

    @property
    def shown(self) -> str:
        """It, in a line."""
        return f"{self.file}:{self.line} {self.function}: {self.change} in `{self.source}`"
