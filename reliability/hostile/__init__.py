"""Every callable of the package times every hostile value of each of its arguments.

`callables` is the table of what can be called, `values` the table of what can be passed; a case is one callable with one
of its arguments (or two) replaced by a hostile value. `laws` says what must hold then, `truth` computes the right answer from
weights and NumPy alone, `worker` runs cases in a process of its own under a limit of memory, and `watch` sees to it that
a case that crashes or hangs is named. ``python -m reliability.hostile`` runs the full product; `tests/test_hostile_calls.py` a
bounded share of it.
"""
