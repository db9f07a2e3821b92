"""Experiments that try to break the package: each a command, each leaves its figures in `results`."""
