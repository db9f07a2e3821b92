"""The notebook this package grew from runs as it was written, and gives the numbers it gave."""

import ast
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

NOTEBOOK = Path(__file__).parent / "data" / "seed_annulus_background.py"

PRINTED = """\
Aperture sum: 2050.868
Sky median: 20.385
Source npix: 78.540
Source sum: 449.827 = apsum - npix * sky
Unmasked sky pixels: 451
Masked sky pixels: 438
Unmasked sky median: 20.385
Masked sky median: 20.372
Masked source npix: 78.540
Masked source sum: 450.871
"""


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_the_notebook_runs_unchanged(capsys):
    tree = ast.parse(NOTEBOOK.read_text(encoding="utf-8"))
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    cells = {}
    exec(compile(tree, str(NOTEBOOK), "exec"), cells)
    plt.close("all")
    assert capsys.readouterr().out == PRINTED
    shown = eval(compile(ast.Expression(last.value), str(NOTEBOOK), "eval"), cells)
    assert shown == pytest.approx((20.385090278577795, 449.8267084524746), rel=0, abs=1e-9)
