"""A processor in software, for instructions that the machine does not have.

``python -m reliability.emulator PROGRAM`` runs a statically linked Linux program on the processor of Bochs
(https://bochs.sourceforge.io), which knows AVX-512 where QEMU and valgrind do not. There is no kernel below: the
program has the processor for itself, and Python answers its system calls.
"""
