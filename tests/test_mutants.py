"""Mutants: without one the program is the original, each is one change, and explained survivors are lines of ours."""

import subprocess
import sys

import pytest

from reliability import mutants
from reliability.schemata import SWITCH
from reliability.schemata import python as of_python

SOURCE = '''
def grade(x, limit=3):
    """Grade a number."""
    if x < 0:
        raise ValueError("too small")
    if x > limit and x != 7:
        return x - limit
    return -x
'''


def outcome(written, x):
    """What the function returns or raises."""
    names = {}
    exec(written, names)
    try:
        return names["grade"](x)
    except Exception as error:
        return str(error)


@pytest.fixture
def schema(monkeypatch):
    schema = of_python.Schema("grade.py", SOURCE, 1)
    names = {}
    exec(of_python.SWITCHES, names)
    module = type(sys)(f"astroapers.{of_python.NAME}")
    module.on = names["on"]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(sys.modules["astroapers"], of_python.NAME, module, raising=False)
    return schema


def test_without_a_mutant_the_program_is_the_original_and_each_mutant_is_another(schema, monkeypatch):
    original = [outcome(SOURCE, x) for x in range(-2, 9)]
    assert [outcome(schema.written, x) for x in range(-2, 9)] == original
    assert len(schema.mutants) >= 15
    same = []
    for mutant in schema.mutants:
        monkeypatch.setenv(SWITCH, str(mutant.number))
        if [outcome(schema.written, x) for x in range(-2, 9)] == original:
            same.append(mutant.change)
    assert same == []


def test_each_mutant_of_rust_is_one_switch(tmp_path):
    pytest.importorskip("tree_sitter_rust")
    from reliability.schemata.rust import Schema

    source = b"const K: f64 = 2.0;\nfn f(x: f64) -> f64 {\n    if x < 0.0 { return -x; }\n    K * x.abs() + 1.0\n}\n"
    schema = Schema("f.rs", source, 1)
    changes = [mutant.change for mutant in schema.mutants]
    assert "< -> <=" in changes
    assert {"* -> /", "+ -> -", "K -> 1.5 * K", "without .abs", "-x -> without -", "1.0 -> 1.5 * 1.0"} <= set(changes)
    assert all(f"crate::mutation::on({mutant.number})" in schema.written for mutant in schema.mutants)
    assert schema.written.startswith("const K: f64 = 2.0;\n")
    # What the compiler refuses is left out, and the others stay.
    number = changes.index("< -> <=") + 1
    fewer = Schema("f.rs", source, 1, {schema.places[number]})
    assert [mutant.change for mutant in fewer.mutants] == [change for change in changes if change != "< -> <="]


def test_each_explained_survivor_is_a_line_of_a_source():
    tracked = subprocess.run(["git", "ls-files", "*.rs", "*.py"], cwd=mutants.ROOT, capture_output=True, text=True)
    files = tracked.stdout.split()
    if not files:
        pytest.skip("this is not a git repository")
    for entry in mutants.explained():
        (path,) = [name for name in files if name.endswith((f"src/{entry.file}", f"astroapers/{entry.file}"))]
        lines = [line.strip() for line in (mutants.ROOT / path).read_text(encoding="utf-8").splitlines()]
        assert entry.source in lines, f"{entry.file}: {entry.source}"
        assert entry.changes
        assert entry.why.endswith(".")
