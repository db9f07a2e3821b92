"""The system calls of Linux that a test program makes, answered by Python.

Memory comes from one heap, there are no files but the standard streams and random bytes, and signals end the program.
Threads take turns. The clock counts a nanosecond for each instruction, and leaps where all threads wait, so a test that
bounds a time means the same on every host.
"""

from __future__ import annotations

import os
import struct
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reliability.emulator.bochs import GATE, LARGE_PAGE, PAGE, TABLES, FaultError, Processor
from reliability.emulator.elf import Program

_STACK_TOP, _STACK = 2 << 30, 16 << 20
_HEAP = _STACK_TOP + PAGE
_BREAK = 1 << 30  # bytes that brk can give at most

_EBADF, _EAGAIN, _ENOENT, _ENOMEM, _ENODEV, _EINVAL, _ENOTTY, _ENOSYS, _ETIMEDOUT = 9, 11, 2, 12, 19, 22, 25, 38, 110
_MAIN = 1000  # number of process and first thread
_RANDOM = 3  # the file of random bytes

_MAP_FIXED, _MAP_ANONYMOUS = 0x10, 0x20
_SETTLS, _PARENT_SETTID, _CHILD_CLEARTID, _CHILD_SETTID = 0x8_0000, 0x10_0000, 0x20_0000, 0x100_0000
_FUTEX_WAIT, _FUTEX_WAKE, _FUTEX_WAIT_BITSET, _FUTEX_WAKE_BITSET = 0, 1, 9, 10
_BILLION = 1_000_000_000

# Instructions, and nanoseconds, for which a thread has the processor while others want it.
_TURN = 10_000_000


class _Exit(Exception):  # noqa: N818 (no error: how a program ends)
    def __init__(self, status: int) -> None:
        self.status = status


class _Waiting:
    """A thread that does not run: on which address it waits, if on any, and until when."""

    def __init__(self, state: Any, address: int | None, until: int | None) -> None:
        self.state, self.address, self.until = state, address, until


def _whole(size: int) -> int:
    return -(-size // PAGE) * PAGE


class Process:
    """
    A program that runs.

    Parameters
    ----------
    path : Path
        A statically linked program for x86-64.
    arguments : sequence of str
        Its arguments.
    environment : mapping of str to str
        Its environment.
    """

    def __init__(self, path: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._path = path.resolve()
        self._cpu = Processor(forbidden=(_STACK_TOP - _STACK, GATE))
        program = Program(self._cpu, self._path)
        self._first_break = self._break = program.end + LARGE_PAGE
        self._top = _HEAP
        self._free: list[tuple[int, int]] = []
        self._thread, self._next = _MAIN, _MAIN + 1
        self._ready: deque[tuple[int, Any]] = deque()
        self._waiting: dict[int, _Waiting] = {}
        self._cleared: dict[int, int] = {}
        self._leaps = 0
        self._calls = self._table()
        self._cpu.start(program.entry, program.stack(self._cpu, _STACK_TOP - 64, arguments, environment))

    @property
    def instructions(self) -> int:
        """
        Count what was executed.

        Returns
        -------
        int
            Instructions since the start.
        """
        return self._cpu.instructions

    def run(self) -> int:
        """
        Run the program to its end.

        Returns
        -------
        int
            Its exit status.
        """
        while True:
            alone = not self._ready and not self._waiting
            called = self._cpu.call(None if alone else _TURN)
            if called is None:
                self._yield(state=self._cpu.state)
                continue
            number, arguments = called
            try:
                answer = self._calls[number](*arguments) if number in self._calls else -_ENOSYS
            except _Exit as end:
                return end.status
            if answer is not None:  # else another thread runs now
                self._cpu.session.cpu.rax = answer % (1 << 64)

    def _table(self) -> dict[int, Callable[..., int | None]]:
        """List the calls by number (arch/x86/entry/syscalls/syscall_64.tbl of Linux)."""

        def answer(value: int) -> Callable[..., int]:
            return lambda *_: value

        return {
            **dict.fromkeys((7, 10, 13, 14, 131, 157, 203, 273), answer(0)),  # poll, mprotect, signals, ...
            **dict.fromkeys((102, 104, 107, 108), answer(0)),  # getuid and its kin
            **dict.fromkeys((2, 4, 21, 79, 262, 269, 332), answer(-_ENOENT)),  # no files
            **dict.fromkeys((5, 8, 72), answer(-_EBADF)),
            **dict.fromkeys((62, 200, 234), self._signal),
            0: self._read,
            1: self._write,
            3: lambda file, *_: 0 if file == _RANDOM else -_EBADF,
            9: self._mmap,
            11: self._munmap,
            12: self._brk,
            16: answer(-_ENOTTY),
            20: self._writev,
            24: self._yield,
            25: self._mremap,
            28: self._madvise,
            35: self._nanosleep,
            39: answer(_MAIN),
            56: lambda flags, stack, parent, child, tls, _: self._clone(flags, stack, parent, child, tls),
            60: self._exit,
            89: lambda path, buffer, size, *_: self._readlink(path, buffer, size),
            97: lambda _, limits, *__: self._limits(limits),
            158: self._arch_prctl,
            186: lambda *_: self._thread,
            202: self._futex,
            204: self._affinity,
            218: self._set_tid_address,
            228: self._clock_gettime,
            230: lambda _, flags, request, *__: self._nanosleep(request, absolute=bool(flags)),
            231: self._exit_group,
            257: self._openat,
            267: lambda _, path, buffer, size, *__: self._readlink(path, buffer, size),
            302: lambda _, __, ___, limits, *____: self._limits(limits),
            318: self._getrandom,
            435: self._clone3,
        }

    # ------------------------------------------------------------ streams and the rest of the world

    def _write(self, stream: int, address: int, size: int, *_: int) -> int:
        if stream not in (1, 2):
            return -_EBADF
        out = sys.stdout if stream == 1 else sys.stderr
        out.buffer.write(self._cpu.read(address, size))
        out.flush()
        return size

    def _openat(self, _folder: int, path: int, *_: int) -> int:
        return _RANDOM if self._cpu.read(path, 16).startswith((b"/dev/random\0", b"/dev/urandom\0")) else -_ENOENT

    def _read(self, file: int, buffer: int, size: int, *_: int) -> int:
        return self._getrandom(buffer, size) if file == _RANDOM else 0

    def _writev(self, stream: int, vector: int, count: int, *_: int) -> int:
        return sum(self._write(stream, *self._cpu.words(vector + 16 * i, 2)) for i in range(count))

    def _readlink(self, path: int, buffer: int, size: int) -> int:
        if self._cpu.read(path, 15) != b"/proc/self/exe\0":
            return -_ENOENT
        target = str(self._path).encode()[:size]
        self._cpu.write(buffer, target)
        return len(target)

    def _limits(self, limits: int) -> int:
        if limits:
            self._cpu.put(limits, _STACK - LARGE_PAGE, (1 << 64) - 1)
        return 0

    def _arch_prctl(self, code: int, address: int, *_: int) -> int:
        if code != 0x1002:  # ARCH_SET_FS
            return -_EINVAL
        self._cpu.session.cpu.fs = self._cpu.segment(address)
        return 0

    def _getrandom(self, buffer: int, size: int, *_: int) -> int:
        self._cpu.write(buffer, os.urandom(size))
        return size

    def _affinity(self, _thread: int, size: int, mask: int, *_: int) -> int:
        self._cpu.put(mask, 0b11)  # two processors, though one does it all
        return 8

    def _signal(self, *_: int) -> int:
        raise _Exit(134)

    # ------------------------------------------------------------ memory

    def _brk(self, wanted: int, *_: int) -> int:
        if self._first_break <= wanted <= self._first_break + _BREAK:
            self._break = wanted
        return self._break

    def _mmap(self, wanted: int, size: int, _protection: int, flags: int, *_: int) -> int:
        size = _whole(size)
        if not flags & _MAP_ANONYMOUS:
            return -_ENODEV
        address = wanted if flags & _MAP_FIXED else self._allocate(size)
        if address is None:
            return -_ENOMEM
        self._cpu.clear(address, size)
        return address

    def _allocate(self, size: int) -> int | None:
        for i, (address, room) in enumerate(self._free):
            if room >= size:
                self._free[i] = (address + size, room - size)
                return address
        if self._top + size > TABLES:
            return None
        address, self._top = self._top, self._top + size
        return address

    def _munmap(self, address: int, size: int, *_: int) -> int:
        self._cpu.clear(address, _whole(size))
        self._free.append((address, _whole(size)))
        return 0

    def _mremap(self, address: int, before: int, size: int, *_: int) -> int:
        moved = self._mmap(0, size, 0, _MAP_ANONYMOUS)
        if moved < 0:
            return moved
        self._cpu.write(moved, self._cpu.read(address, min(before, size)))
        self._munmap(address, before)
        return moved

    def _madvise(self, address: int, size: int, advice: int, *_: int) -> int:
        if advice == 4:  # MADV_DONTNEED promises zeros
            self._cpu.clear(address, _whole(size))
        return 0

    # ------------------------------------------------------------ time

    def _now(self) -> int:
        return self._cpu.instructions + self._leaps

    def _clock_gettime(self, _clock: int, address: int, *_: int) -> int:
        self._cpu.put(address, *divmod(_BILLION + self._now(), _BILLION))
        return 0

    def _time(self, address: int) -> int:
        seconds, nanoseconds = self._cpu.words(address, 2)
        return seconds * _BILLION + nanoseconds

    def _nanosleep(self, request: int, *_: int, absolute: bool = False) -> None:
        until = self._time(request) + (-_BILLION if absolute else self._now())
        self._wait(None, until)

    # ------------------------------------------------------------ threads

    def _stopped(self, answer: int) -> Any:
        """Keep the state in which the running thread goes on later, with the answer to its call."""
        state = self._cpu.state
        state.rax = answer % (1 << 64)
        return state

    def _wait(self, address: int | None, until: int | None) -> None:
        self._waiting[self._thread] = _Waiting(self._stopped(0), address, until)
        self._switch()

    def _wake(self, thread: int, answer: int) -> None:
        state = self._waiting.pop(thread).state
        state.rax = answer % (1 << 64)
        self._ready.append((thread, state))

    def _switch(self) -> None:
        """Run the next thread that can; if none can, the clock leaps to where one may."""
        due = sorted((waiting.until, thread) for thread, waiting in self._waiting.items() if waiting.until is not None)
        if not due and not self._ready:
            raise FaultError(f"all threads wait for each other: {sorted(self._waiting)}")
        if not self._ready:
            self._leaps += max(0, due[0][0] - self._now())
        now = self._now()
        for until, thread in due:
            if until <= now:
                self._wake(thread, 0 if self._waiting[thread].address is None else -_ETIMEDOUT)
        self._thread, self._cpu.state = self._ready.popleft()

    def _yield(self, *_: int, state: Any = None) -> None:
        self._ready.append((self._thread, state or self._stopped(0)))
        self._switch()

    def _futex(self, address: int, operation: int, value: int, timeout: int, *_: int) -> int | None:
        operation &= 0x7F
        if operation in (_FUTEX_WAIT, _FUTEX_WAIT_BITSET):
            if struct.unpack_from("<I", self._cpu.memory, address)[0] != value % (1 << 32):
                return -_EAGAIN
            begin = -_BILLION if operation == _FUTEX_WAIT_BITSET else self._now()
            self._wait(address, self._time(timeout) + begin if timeout else None)
            return None
        if operation in (_FUTEX_WAKE, _FUTEX_WAKE_BITSET):
            woken = [thread for thread, waiting in self._waiting.items() if waiting.address == address][:value]
            for thread in woken:
                self._wake(thread, 0)
            return len(woken)
        return -_ENOSYS

    def _set_tid_address(self, address: int, *_: int) -> int:
        self._cleared[self._thread] = address
        return self._thread

    def _clone3(self, arguments: int, *_: int) -> int:
        flags, _descriptor, child, parent, _signal, stack, size, tls = self._cpu.words(arguments, 8)
        return self._clone(flags, stack + size, parent, child, tls)

    def _clone(self, flags: int, stack: int, parent: int, child: int, tls: int) -> int:
        thread, self._next = self._next, self._next + 1
        state = self._stopped(0)
        state.rsp = stack
        if flags & _SETTLS:
            state.fs = self._cpu.segment(tls)
        for flag, address in ((_PARENT_SETTID, parent), (_CHILD_SETTID, child)):
            if flags & flag:
                self._cpu.write(address, struct.pack("<I", thread))
        if flags & _CHILD_CLEARTID:
            self._cleared[thread] = child
        self._ready.append((thread, state))
        return thread

    def _exit(self, status: int, *_: int) -> None:
        if self._thread == _MAIN:
            raise _Exit(status)
        address = self._cleared.pop(self._thread, 0)
        if address:
            self._cpu.write(address, bytes(4))
            self._futex(address, _FUTEX_WAKE, 1, 0)
        self._switch()

    def _exit_group(self, status: int, *_: int) -> int:
        raise _Exit(status)
