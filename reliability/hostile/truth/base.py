"""What compares an answer with the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reliability.hostile.callables import Row

#: By operation, what takes a row, its arguments and what it gave, and returns what is wrong, in words.
Answers = dict[str, Callable[[Row, dict[str, Any], dict[str, Any]], list[str]]]
