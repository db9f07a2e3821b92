"""Lay a statically linked program and the first contents of its stack into memory."""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from reliability.emulator.bochs import PAGE, Processor

#: Where a program that may be anywhere is laid.
BASE = 0x1000_0000

_LOAD, _INTERPRETER, _ANYWHERE = 1, 3, 3

# Entries of the auxiliary vector (<elf.h>): AT_PHDR and so on.
_PHDR, _PHENT, _PHNUM, _PAGESZ, _ENTRY, _RANDOM, _EXECFN, _MINSIGSTKSZ = 3, 4, 5, 6, 9, 25, 31, 51


class Program:
    """
    A program in memory.

    Parameters
    ----------
    processor : Processor
        Where it is laid.
    path : Path
        Its file.
    """

    def __init__(self, processor: Processor, path: Path) -> None:
        data = path.read_bytes()
        kind, machine = struct.unpack_from("<HH", data, 16)
        if data[:4] != b"\x7fELF" or machine != 62:
            raise SystemExit(f"{path} is no program for x86-64")
        entry, table = struct.unpack_from("<QQ", data, 24)
        (count,) = struct.unpack_from("<H", data, 56)
        base = BASE if kind == _ANYWHERE else 0
        self.path = path
        self.end = 0
        headers = 0
        for i in range(count):
            kind, _, offset, address, _, stored, size, _ = struct.unpack_from("<IIQQQQQQ", data, table + 56 * i)
            if kind == _INTERPRETER:
                raise SystemExit(f"{path} is linked dynamically: build it with -C target-feature=+crt-static")
            if kind == _LOAD:
                processor.write(base + address, data[offset : offset + stored])
                self.end = max(self.end, -(-(base + address + size) // PAGE) * PAGE)
                if offset <= table < offset + stored:
                    headers = base + address + table - offset
        self.entry = base + entry
        self._auxiliary = {_PHDR: headers, _PHENT: 56, _PHNUM: count, _PAGESZ: PAGE, _ENTRY: self.entry}

    def stack(self, processor: Processor, top: int, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
        """
        Write what a program finds on its stack.

        Parameters
        ----------
        processor : Processor
            Where it runs.
        top : int
            Where the stack begins.
        arguments : sequence of str
            Its arguments, without its name.
        environment : mapping of str to str
            Its environment.

        Returns
        -------
        int
            Where the stack is now.
        """

        def push(data: bytes) -> int:
            nonlocal top
            top -= len(data)
            processor.write(top, data)
            return top

        def text(line: str) -> int:
            return push(line.encode() + b"\0")

        name = text(str(self.path))
        given = [text(argument) for argument in arguments]
        variables = [text(f"{variable}={value}") for variable, value in environment.items()]
        auxiliary = {**self._auxiliary, _RANDOM: push(os.urandom(16)), _EXECFN: name, _MINSIGSTKSZ: PAGE}
        pairs = [word for pair in auxiliary.items() for word in pair]
        words = [1 + len(given), name, *given, 0, *variables, 0, *pairs, 0, 0]
        top = (top - 8 * len(words)) // 16 * 16
        processor.put(top, *words)
        return top
