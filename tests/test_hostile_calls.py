"""A bounded share of `make hostile`: every callable, every argument, every hostile value at least somewhere."""

import pytest

from reliability.hostile import cases, values, watch
from reliability.hostile.callables import rows

#: One case of so many, by layer; primes, so that a share goes through the values of every argument.
STEPS = {"raw": 211, "kernel": 211, "object": 307, "box": 31, "photometry": 37, "settings": 7}


@pytest.mark.parametrize("layer", cases.LAYERS)
def test_every_call_refuses_in_words_or_is_right(layer):
    found = watch.share(layer, STEPS[layer])
    assert not found.wrong, "\n".join(f"{name}: {wrong}" for name, wrong in found.wrong)
    assert found.counts.total() == len(cases.share(layer, STEPS[layer]))
    assert min(found.counts["refused"], found.counts["answered"]) >= found.counts.total() // 10


def test_the_share_leaves_nothing_out():
    chosen = [cases.of_layer(layer)[k] for layer in cases.LAYERS for k in cases.share(layer, STEPS[layer])]
    assert {case.row.name for case in chosen} == {row.name for row in rows()}
    tried = {case.row.arguments[name].role for case in chosen for name, _ in case.changes}
    assert tried == set(values.VALUES)


def test_what_is_wrong_is_found():
    """The laws are no formality: a callable that lies, one that crashes in words and one that warns are each found out."""
    import warnings
    from dataclasses import replace

    import numpy as np

    from reliability.hostile import laws

    row = next(row for row in rows() if row.name == "apsum_circ_exact" and row.layer == "kernel")
    unaligned = next(each for each in values.of("image") if each.name == "dtype f8, unaligned")
    refused = next(each for each in values.of("image") if each.name == "complex")

    def lies(arguments):
        found = row.call(arguments)
        return {**found, "sum": found["sum"] * (1 + 1e-9)}

    def raises(_arguments):
        raise OverflowError("too large")

    def says_nothing(_arguments):
        raise ValueError("no")

    def warns(arguments):
        warnings.warn("hm", RuntimeWarning, stacklevel=2)
        return row.call(arguments)

    def of_a_bit(arguments):
        found = row.call(arguments)
        odd = not np.asarray(arguments["data"]).flags.aligned
        return {**found, "npix": np.nextafter(found["npix"], 99) if odd else found["npix"]}

    for call, text in [(lies, "but it is"), (raises, "OverflowError"), (says_nothing, "does not name data"),
                       (warns, "RuntimeWarning"), (of_a_bit, "differs from that of plain numbers")]:
        case = laws.Case(replace(row, call=call), (("data", unaligned),))
        assert any(text in wrong for wrong in laws.hold(case).wrong), call
    case = laws.Case(replace(row, call=lambda _: {"sum": np.ones(3)}), (("data", refused),))
    assert any("must refuse" in wrong for wrong in laws.hold(case).wrong)
    assert laws.hold(laws.Case(row, (("data", unaligned),))).wrong == []


@pytest.mark.parametrize(("deed", "word"), [("os.abort()", "crashed: SIGABRT"), ("time.sleep(99)", "hung: no answer")])
def test_a_crash_and_a_hang_are_named(deed, word, monkeypatch, tmp_path):
    """The process dies or stands still at one case: that one is named, and the others are run."""
    worker = tmp_path / "reliability" / "hostile" / "worker.py"
    source = watch.ROOT / "reliability" / "hostile" / "worker.py"
    broken = source.read_text(encoding="utf-8").replace(
        "outcome = laws.hold(case)", f"import time\n        if k == 1: {deed}\n        outcome = laws.hold(case)"
    )
    worker.parent.mkdir(parents=True)
    worker.write_text(broken, encoding="utf-8")
    monkeypatch.setattr(watch, "PATIENCE", 3.0)
    monkeypatch.setattr(watch, "WORKER", str(worker))
    found = watch.share("settings", 101)
    names = [cases.of_layer("settings")[k].name for k in cases.share("settings", 101)]
    assert [name for name, _ in found.wrong] == [names[1]]
    assert found.wrong[0][1].startswith(word)
    assert found.counts.total() == len(names)
