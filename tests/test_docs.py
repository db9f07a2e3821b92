"""The documentation leaves nothing out: every name is in the reference, every shape in the gallery.

`make docs` builds the pages and follows their links; these are the fast parts.
"""

import inspect
import re
from pathlib import Path

import drawings
import made
import pytest
from matplotlib.figure import Figure

import astroapers as aap
from astroapers import _rust, kernels, plotting
from astroapers._fits.options import OPTIONS

DOCS = Path(__file__).parent.parent / "docs"
APERTURES = {name for name in aap.__all__ if inspect.isclass(x := getattr(aap, name)) and issubclass(x, aap.PixelAp)}
KERNEL_PAGES = "".join(map(made.kernel_page, made._TITLES))


def listed(page):
    """The lines of a page, which hold the names that the reference lists."""
    return {line.strip() for line in (DOCS / page).read_text(encoding="utf-8").splitlines()}


def test_every_object_is_in_the_reference():
    of_kernels = {*kernels.__all__, "kernels", "plotting", "_rust", "__version__"}
    assert set(aap.__all__) - of_kernels | set(plotting.__all__) <= listed("reference/objects.md") | listed(
        "reference/photometry.md"
    )


def test_every_kernel_is_in_the_reference():
    generated = {line.split()[-1] for line in KERNEL_PAGES.splitlines() if "autofunction" in line}
    by_hand = {line.split()[-1] for line in listed("reference/kernels.md") if "autofunction" in line}
    assert generated | by_hand == set(kernels.__all__)
    table = made.kernel_table()
    assert all(f"<astroapers.kernels.{name}>" in table for name in generated)


def test_every_raw_function_is_in_the_reference():
    page = made.raw_functions()
    names = [name for name in dir(_rust) if not name.startswith("_")]
    assert len(names) > 100
    for name in names:
        assert f" {name}{getattr(_rust, name).__text_signature__}" in page


def test_every_option_is_in_the_manual():
    page = made.command_options()
    for option in OPTIONS.values():
        assert re.search(rf"^\| `(-o, )?--{option.name}[ `]", page, re.MULTILINE), option.name
    assert page.count("```sh") == 3


def test_every_shape_is_in_the_gallery():
    assert {type(picture.aperture()).__name__ for picture in drawings.GALLERY} == APERTURES - {"PixelAp"}
    assert len({picture.name for picture in drawings.GALLERY}) == len(drawings.GALLERY)


@pytest.mark.parametrize("name", drawings.DRAWINGS)
def test_every_figure_can_be_drawn(name):
    assert isinstance(drawings.DRAWINGS[name](drawings.THEMES[0]), Figure)


@pytest.mark.parametrize(
    ("weight", "shown"), [(1.0, "1"), (0.9999, ">.99"), (0.5, ".50"), (0.254, ".25"), (1e-9, "<.01"), (0.995, ".99")]
)
def test_label(weight, shown):
    assert drawings.label(weight) == shown


def test_every_tutorial_is_listed():
    pages = {path.stem for path in (DOCS / "tutorials").glob("*.md")} - {"index"}
    assert pages <= listed("tutorials/index.md")
