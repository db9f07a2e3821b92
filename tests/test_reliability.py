"""What the experiments of the reliability page write down can be read again, and each record is shown on the page."""

import json
import re
from pathlib import Path

import pytest

from reliability import oracle, record

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"
RECORDS = sorted(path.stem for path in record.RESULTS.glob("*.json"))


def test_a_record_is_read_as_it_was_written(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "RESULTS", tmp_path)
    rows = [{"what": "a|b", "cases": 12345}]
    record.save("tried", "make tried", {"cases": 1234567, "found": "none"}, 61.04, rows, ["Nothing was left out."])
    found = record.load("tried")
    assert (found.command, found.seconds, found.rows) == ("make tried", 61.0, rows)
    text = record.markdown(found)
    assert "| cases | 1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567 |" in text
    assert "| a\\|b | 12\N{NO-BREAK SPACE}345 |" in text
    assert "From `make tried`, 61 s: commit" in text


# What mpmath calls the order of coefficients in which the oracle was written.
@pytest.mark.filterwarnings("ignore:Descending:DeprecationWarning")
def test_new_cases_of_the_oracle_are_within_its_bounds():
    """A few of what `make oracle N=200` draws."""
    dice, truth, score = oracle.Dice(2), oracle.Oracle(), oracle.Score()
    for shape in oracle.SHAPES:
        truth.score(truth.drawn(dice, shape), score)
    assert score.failures == []
    assert score.cases + score.undecided == len(oracle.SHAPES)
    assert score.cases >= 8


@pytest.mark.parametrize("name", RECORDS)
def test_each_record_is_on_the_page_and_its_command_exists(name):
    assert f"/_made/reliability-{name}.md" in PAGE.read_text(encoding="utf-8")
    command = json.loads((record.RESULTS / f"{name}.json").read_text(encoding="utf-8"))["command"]
    make, target = re.match(r"(\w+) ([\w-]+)", command).groups()
    assert make == "make"
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
