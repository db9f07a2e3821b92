"""Bochs's processor with a flat memory: set it up, run it to the next system call."""

from __future__ import annotations

import ctypes
import importlib
import mmap
import struct
from typing import Any

#: Place of "corei7_icelake_u" in Bochs's list of processors: the least that has all our AVX-512 level asks for.
ICE_LAKE = 28

#: Bytes of memory. The host gives what is touched only, and programs reserve more than they touch.
MEMORY = 256 << 30

PAGE = 4096
LARGE_PAGE = 2 << 20

#: Tables of pages, and the place where a system call lands.
TABLES = MEMORY - (64 << 20)
GATE = MEMORY - (32 << 20)

# Long mode, the first ring, vectors of all sizes (Intel, Software Developer's Manual 3A, 2.5 and 13.3).
_CR0 = 0x8005_0033
_CR4 = sum(1 << bit for bit in (5, 7, 9, 10, 16, 18))  # PAE PGE OSFXSR OSXMMEXCPT FSGSBASE OSXSAVE
_EFER = 0xD01  # SCE LME LMA NXE
_XCR0 = 0xE7  # x87 SSE AVX, and three of AVX-512
_CODE, _DATA = (8, 0xAF9B), (16, 0xCF93)

_NORESERVE = 0x4000  # mmap.MAP_NORESERVE from Python 3.13 on

ARGUMENTS = ("rdi", "rsi", "rdx", "r10", "r8", "r9")


class FaultError(Exception):
    """The program did what a real processor would not have let it do either."""


class Processor:
    """
    One processor and its memory, in which every address is that of the host less a constant.

    Parameters
    ----------
    forbidden : tuple of int
        Addresses whose large pages are not mapped, besides the first.
    """

    def __init__(self, forbidden: tuple[int, ...] = ()) -> None:
        self._bochs = importlib.import_module("bochscpu")
        self._pages = importlib.import_module("bochscpu.memory")
        self._library = ctypes.CDLL(self._bochs._bochscpu.__file__)
        self._shim = ctypes.CDLL(None)
        self._count = ctypes.c_uint64.in_dll(self._shim, "instructions")
        self._turn = ctypes.c_uint64.in_dll(self._shim, "turn")
        self._over = ctypes.c_int.in_dll(self._shim, "over")
        self._lend("decode_evex", self._library._Z14decoder_evex64PKhRjP15bxInstruction_cjjjPKv)
        self._lend("stop", self._library.cpu_set_killbit)
        self._choose(ICE_LAKE)
        self._host = mmap.mmap(-1, MEMORY, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE)
        self._base = ctypes.addressof(ctypes.c_char.from_buffer(self._host))
        self.memory = memoryview(self._host)
        self._map({0, *(address // LARGE_PAGE for address in forbidden)})
        self.session = self._bochs.Session()
        self.session.missing_page_handler = self._provide
        self._hook = self._bochs.Hook()
        self._hook.far_branch = lambda session, *_: session.stop()
        self._hook.exception = self._fault
        self._raised = ""

    def _lend(self, name: str, function: Any) -> None:
        """Give the shim a function of Bochs."""
        ctypes.c_void_p.in_dll(self._shim, name).value = ctypes.cast(function, ctypes.c_void_p).value

    def _choose(self, model: int) -> None:
        """Set a parameter of Bochs that the package has no function for."""
        find, put = self._library.sim_get_param_enum, self._library._ZN15bx_param_enum_c3setEl
        find.restype = ctypes.c_void_p
        put.argtypes = [ctypes.c_void_p, ctypes.c_long]
        put(find(b"cpu.model"), model)

    def _map(self, absent: set[int]) -> None:
        """Every address is mapped to itself: PML4, PDPT, and page directories of large pages."""
        self.write(TABLES, struct.pack("<Q", TABLES + PAGE | 3))
        for giga in range(MEMORY >> 30):
            directory = TABLES + PAGE * (2 + giga)
            self.write(TABLES + PAGE + 8 * giga, struct.pack("<Q", directory | 3))
            pages = range(512 * giga, 512 * giga + 512)
            entries = [0 if page in absent else page * LARGE_PAGE | 0x83 for page in pages]
            self.write(directory, struct.pack("<512Q", *entries))

    def _provide(self, address: int) -> None:
        """Give Bochs the memory around an address that it sees for the first time."""
        if address >= MEMORY:
            raise FaultError(f"no memory at {address:#x}")
        first = address - address % LARGE_PAGE
        for page in range(first, first + LARGE_PAGE, PAGE):
            self._pages.page_insert(page, self._base + page)

    def _fault(self, session: Any, _processor: int, vector: int, error: int) -> None:
        cpu = session.cpu
        code = self.read(cpu.rip, 16).hex()
        self._raised = f"exception {vector} ({error:#x}) at {cpu.rip:#x}, code {code}, address {cpu.cr2:#x}"
        session.stop()

    def segment(self, base: int = 0, *, code: bool = False) -> Any:
        """
        Describe a segment.

        Parameters
        ----------
        base : int
            Where it begins.
        code : bool
            Whether it is one of 64-bit code.

        Returns
        -------
        object
            For a segment register.
        """
        segment = self._bochs.Segment()
        segment.present, segment.base, segment.limit = True, base, 0xFFFF_FFFF
        segment.selector, segment.attr = _CODE if code else _DATA
        return segment

    def start(self, entry: int, stack: int) -> None:
        """
        Put the processor at the beginning of a program.

        Parameters
        ----------
        entry, stack : int
            Addresses of its first instruction and of the top of its stack.
        """
        state = self._bochs.State()
        state.cr0, state.cr3, state.cr4, state.efer, state.xcr0 = _CR0, TABLES, _CR4, _EFER, _XCR0
        state.rip, state.rsp, state.rflags = entry, stack, 0x202
        state.star, state.lstar = _CODE[0] << 32, GATE
        state.mxcsr, state.mxcsr_mask, state.fpcw, state.fptw = 0x1F80, 0xFFFF, 0x37F, 0xFFFF
        state.cs = self.segment(code=True)
        state.ss = state.ds = state.es = state.fs = state.gs = self.segment()
        self.state = state

    @property
    def state(self) -> Any:
        """
        All registers but the masks ``k0`` to ``k7``.

        In system calls, where we read and write them, the calling convention keeps nothing in masks.

        Returns
        -------
        object
            A copy.
        """
        return self.session.cpu.state

    @state.setter
    def state(self, state: Any) -> None:
        self.session.cpu.state = state

    @property
    def instructions(self) -> int:
        """
        Count what was executed.

        Returns
        -------
        int
            Instructions since the start.
        """
        return self._count.value

    def call(self, turn: int | None) -> tuple[int, list[int]] | None:
        """
        Run to the next system call.

        Parameters
        ----------
        turn : int or None
            Instructions after which the program is stopped; None to let it go on.

        Returns
        -------
        number : int
            Which call; None instead of both if it was stopped before.
        arguments : list of int
            All six of them.
        """
        self._over.value = 0
        self._turn.value = (1 << 64) - 1 if turn is None else self.instructions + turn
        self.session.run([self._hook])
        cpu = self.session.cpu
        if self._raised:
            raise FaultError(self._raised)
        if cpu.rip == GATE:
            cpu.rip = cpu.rcx
            return cpu.rax, [getattr(cpu, name) for name in ARGUMENTS]
        if not self._over.value:
            raise FaultError(f"stopped at {cpu.rip:#x}")
        return None

    def read(self, address: int, size: int) -> bytes:
        """
        Read memory.

        Parameters
        ----------
        address, size : int
            Where, and how many bytes.

        Returns
        -------
        bytes
            They.
        """
        return bytes(self.memory[address : address + size])

    def write(self, address: int, data: bytes) -> None:
        """
        Write memory.

        Parameters
        ----------
        address : int
            Where.
        data : bytes
            What.
        """
        self.memory[address : address + len(data)] = data

    def words(self, address: int, count: int = 1) -> tuple[int, ...]:
        """
        Read words of 64 bits.

        Parameters
        ----------
        address, count : int
            Where, and how many.

        Returns
        -------
        tuple of int
            They.
        """
        return struct.unpack_from(f"<{count}Q", self.memory, address)

    def put(self, address: int, *words: int) -> None:
        """
        Write words of 64 bits.

        Parameters
        ----------
        address : int
            Where.
        *words : int
            What.
        """
        struct.pack_into(f"<{len(words)}Q", self.memory, address, *words)

    def clear(self, address: int, size: int) -> None:
        """
        Set memory to zero, and give it back to the host.

        Parameters
        ----------
        address, size : int
            Where, and how many bytes; whole pages.
        """
        if size:
            self._host.madvise(mmap.MADV_DONTNEED, address, size)
