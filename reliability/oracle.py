"""
Draw new cases for the oracle, nasty ones among them, and score the installed package on them.

The committed cases stay what they are; these are others on every run. For each shape, parameters and position are
drawn with a liking for what is hard: edges that touch or graze the lines between pixels, sizes and places a rounding
away from whole and half numbers, slivers, needles, annuli as thin as rounding allows, positions a hundred thousand
pixels away. The truth is computed in arbitrary precision (``tests/oracle/oracle.py``) to far more digits than a weight
has, and every weight and every selected centre is compared, within the bounds of ``tests/test_oracle.py``.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

import astroapers as aap
from reliability import record

FOLDER = Path(__file__).parents[1] / "tests" / "oracle"
# Digits of the truth, and parameters closer than this are one. Whether a point lies in a wedge or a path is asked of a
# ray 1e-65 pixel beside it, so as not to meet a corner: there all digits are needed.
DIGITS, MERGED = 60, -40
DIGITS_OF_RAYS, MERGED_OF_RAYS = 110, -60
# A centre this close to the boundary [pixel] may be either: the package promises no more.
NEAR = 1e-12
# Draws of one case before a shape is given up.
MOST_DRAWS = 1000

Geometry = dict[str, Any]


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"no {name}.py in {FOLDER}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Dice:
    """
    Numbers with a liking for the nasty ones.

    Parameters
    ----------
    seed : int
        Where the numbers begin.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def one_of(self, *choices: Any) -> Any:
        """Return one of some values."""
        return self.random.choice(choices)

    def between(self, low: float, high: float) -> float:
        """Return a number of a range."""
        return self.random.uniform(low, high)

    def near(self, value: float) -> float:
        """Return a number, or another one a little beside it."""
        kind = self.random.randrange(6)
        if kind < 3:
            return value
        if kind == 3:
            return math.nextafter(value, self.one_of(-math.inf, math.inf))
        return float(value + self.one_of(-1, 1) * 10 ** self.between(-15, -3))

    def size(self) -> float:
        """Return a radius, semi-axis or width [pixel]."""
        kind = self.random.randrange(10)
        if kind < 5:
            return self.between(0.3, 9.0)
        if kind < 7:
            return self.near(0.5 * self.random.randint(1, 14))
        if kind == 7:
            return float(10 ** self.between(-9, 0))
        return self.between(9.0, 40.0) if kind == 8 else self.between(0.3, 2.0)

    def share(self) -> float:
        """Return a part of something, up to all of it."""
        kind = self.random.randrange(8)
        if kind == 0:
            return 1.0
        if kind == 1:
            return float(1 - 10 ** self.between(-14, -1))
        if kind == 2:
            return float(10 ** self.between(-6, 0))
        return self.between(0.1, 1.0)

    def angle(self) -> float:
        """Return an angle [rad]."""
        kind = self.random.randrange(6)
        if kind == 0:
            return 0.0
        if kind == 1:
            return self.near(0.25 * math.pi * self.random.randint(-8, 8))
        return float(10 ** self.between(-12, 3)) if kind == 2 else self.between(-7.0, 7.0)

    def width(self) -> float:
        """Return the width of an arc [rad]."""
        if self.random.random() < 0.2:
            return self.near(0.5 * math.pi * self.random.randint(1, 3))
        return self.between(0.1, 6.2)

    def place(self) -> float:
        """Return a coordinate of a position [pixel]."""
        kind = self.random.randrange(8)
        whole = self.one_of(0, 0, 0, 7, 100_000, -100_000)
        if kind < 3:
            return float(whole + self.near(0.5 * self.random.randint(-4, 4)))
        return float(whole + self.between(-3.0, 3.0))

    def grazing(self, x: float) -> float:
        """Return a size that ends on, or a little beside, a line between pixels."""
        line = math.floor(x) + self.random.randint(1, 8) + 0.5
        return self.near(line - x)


def _pair(dice: Dice, *sizes: float) -> list[float]:
    """Return the inner ones of some sizes: all by one share, or each by its own."""
    common = dice.share()
    alike = dice.random.random() < 0.5
    return [size * (common if alike else dice.share()) for size in sizes]


def _angles(dice: Dice) -> tuple[float, float]:
    first = dice.angle()
    return dice.one_of((first, first), (first, dice.near(first)), (first, dice.angle()))  # type: ignore[no-any-return]


def _circ(dice: Dice, x: float) -> Geometry:
    return {"r": dice.one_of(dice.size(), dice.grazing(x))}


def _ellip(dice: Dice, x: float) -> Geometry:
    a = dice.size()
    return {"a": a, "b": dice.one_of(dice.size(), a * dice.share()), "theta": dice.angle()}


def _rect(dice: Dice, x: float) -> Geometry:
    return {"w": dice.one_of(dice.size(), 2 * dice.grazing(x)), "h": dice.size(), "theta": dice.angle()}


def _pill(dice: Dice, x: float) -> Geometry:
    return {"w": dice.size(), "a": dice.size(), "b": dice.size(), "theta": dice.angle()}


def _wedge(dice: Dice, x: float) -> Geometry:
    r_out, theta, width = dice.size(), dice.angle(), dice.width()
    plain = dice.random.random() < 0.6
    return {
        "r_in": dice.one_of(0.0, r_out * dice.share(), r_out * dice.between(0.1, 0.9)),
        "r_out": r_out,
        "theta_in": theta,
        "dtheta_in": width,
        "theta_out": theta if plain else theta + dice.between(-0.5, 0.5),
        "dtheta_out": width if plain else dice.width(),
    }


def _circ_ann(dice: Dice, x: float) -> Geometry:
    r_out = dice.one_of(dice.size(), dice.grazing(x))
    return {"r_in": _pair(dice, r_out)[0], "r_out": r_out}


def _ellip_ann(dice: Dice, x: float) -> Geometry:
    a, b = dice.size(), dice.size()
    (a_in, b_in), (t_in, t_out) = _pair(dice, a, b), _angles(dice)
    return {"a_in": a_in, "b_in": b_in, "a_out": a, "b_out": b, "theta_in": t_in, "theta_out": t_out}


def _rect_ann(dice: Dice, x: float) -> Geometry:
    w, h = dice.size(), dice.size()
    (w_in, h_in), (t_in, t_out) = _pair(dice, w, h), _angles(dice)
    return {"w_in": w_in, "h_in": h_in, "w_out": w, "h_out": h, "theta_in": t_in, "theta_out": t_out}


def _pill_ann(dice: Dice, x: float) -> Geometry:
    w, a, b = dice.size(), dice.size(), dice.size()
    (w_in, a_in, b_in), (t_in, t_out) = _pair(dice, w, a, b), _angles(dice)
    outer = {"w_out": w, "a_out": a, "b_out": b}
    return {"w_in": w_in, "a_in": a_in, "b_in": b_in, **outer, "theta_in": t_in, "theta_out": t_out}


def _path(dice: Dice, x: float) -> Geometry:
    n, size, start = dice.random.randint(2, 7), dice.size(), dice.angle()
    corners = []
    for k in range(n):
        r, turn = size * dice.between(0.3, 1.0), start + 2 * math.pi * k / n
        corner = (r * math.cos(turn), r * math.sin(turn))
        corners.append(tuple(round(2 * c) / 2 for c in corner) if dice.random.random() < 0.2 else corner)
    bends = [dice.one_of(0.0, 0.0, 0.0, dice.between(-0.3, 0.6), 1.0 if n == 2 else 0.0) for _ in corners]
    holes = []
    if dice.random.random() < 0.4:
        shrink = dice.between(0.05, 0.9)
        holes = [_contour([(shrink * u, shrink * v) for u, v in corners], bends)]
    return {"segments": _contour(corners, bends), "holes": holes}


def _contour(corners: list[Any], bends: list[float]) -> list[list[Any]]:
    """Commands of a contour, each edge bent outwards by a part of its half length."""
    commands: list[list[Any]] = [["move", *corners[0]]]
    for (x0, y0), (x1, y1), bend in zip(corners, corners[1:] + corners[:1], bends, strict=True):
        if bend == 0:
            commands.append(["line", x1, y1])
            continue
        dx, dy, share = 0.5 * (x1 - x0), 0.5 * (y1 - y0), (1 - bend * bend) / (2 * bend)
        cx, cy = x0 + dx - dy * share, y0 + dy + dx * share
        turn = math.atan2(y0 - cy, x0 - cx)
        commands.append(["arc", cx, cy, math.hypot(x0 - cx, y0 - cy), turn, 4 * math.atan(bend)])
    return [*commands, ["close"]]


SHAPES: Mapping[str, Callable[[Dice, float], Geometry]] = {
    "circ": _circ,
    "ellip": _ellip,
    "rect": _rect,
    "pill": _pill,
    "wedge": _wedge,
    "circ_ann": _circ_ann,
    "ellip_ann": _ellip_ann,
    "rect_ann": _rect_ann,
    "pill_ann": _pill_ann,
    "path": _path,
}


@dataclass
class Score:
    """
    What was found for one shape.

    Parameters
    ----------
    cases, undecided : int
        Cases compared, and those of which the oracle does not know its own boundary.
    error, share, area : float
        The worst error of a weight, the same as a part of its bound, and the worst relative error of an area.
    failures : list of str
        Cases beyond the bounds.
    """

    cases: int = 0
    undecided: int = 0
    error: float = 0.0
    share: float = 0.0
    area: float = 0.0
    failures: list[str] = field(default_factory=list)


class Oracle:
    """The oracle's modules, and how they are asked."""

    def __init__(self) -> None:
        self.truth = _module("oracle")
        self.library = _module("evaluate").Aap(aap)

    def drawn(self, dice: Dice, shape: str) -> dict[str, Any]:
        """
        Draw a case that the package takes.

        Parameters
        ----------
        dice : Dice
            Where numbers come from.
        shape : str
            The shape.

        Returns
        -------
        dict
            A case as the committed ones are.

        Raises
        ------
        RuntimeError
            If none of many draws is one.
        """
        for _ in range(MOST_DRAWS):
            x, y = dice.place(), dice.place()
            case = {"shape": shape, "x": x, "y": y, "par": SHAPES[shape](dice, x)}
            try:
                self.library.make(case)
            except ValueError:
                continue
            return case
        raise RuntimeError(f"no {shape} in {MOST_DRAWS} draws")

    def score(self, case: dict[str, Any], score: Score) -> None:
        """
        Compare a case with the truth.

        Parameters
        ----------
        case : dict
            As from `drawn`.
        score : Score
            Where to note what was found.
        """
        truth = self.truth
        rays = case["shape"] in ("wedge", "path")
        truth.mp.dps = DIGITS_OF_RAYS if rays else DIGITS
        truth.__dict__["CUT_EPS"] = truth.mpf(10) ** (MERGED_OF_RAYS if rays else MERGED)
        try:
            rows, area = truth.weights_A(case["shape"], case["x"], case["y"], case["par"])
        except (AssertionError, ZeroDivisionError):
            score.undecided += 1
            return
        score.cases += 1
        weights, i0, j0 = self.library.exact(case)
        want, cut, missed = _laid_out(rows, weights.shape, i0, j0)
        error = max(float(np.abs(weights - want).max(initial=0.0)), missed)
        half_extent = max(weights.shape) / 2
        bound = max(1e-13, 1e-15 * half_extent)
        score.error, score.share = max(score.error, error), max(score.share, error / bound)
        if not error <= bound:
            score.failures.append(f"weight off by {error:.1e}: {case}")
        if area > 0:
            relative = abs(float((truth.mpf(float(self.library.make(case).area)) - area) / area))
            score.area = max(score.area, relative)
            # Of what is thin, the area has the digits that its coordinates have.
            if relative > 1e-12 and abs(float(area)) * relative > bound:
                score.failures.append(f"area off by {relative:.1e}: {case}")
        self._compare_centres(case, cut, score)

    def _compare_centres(self, case: dict[str, Any], cut: list[tuple[int, int]], score: Score) -> None:
        selected, i0, j0 = self.library.centre(case)
        level = self.truth.centre_level(case["shape"], case["x"], case["y"], case["par"])
        for i, j in cut:
            distance = level(i, j)
            inside = 0 <= i - i0 < selected.shape[1] and 0 <= j - j0 < selected.shape[0]
            got = selected[j - j0, i - i0] if inside else 0.0
            if abs(distance) > NEAR * max(1.0, max(selected.shape)) and got != (distance < 0):
                score.failures.append(f"centre ({i}, {j}) at {float(distance):.1e} selected {got}: {case}")


def _laid_out(
    rows: Mapping[int, Any], shape: tuple[int, ...], i0: int, j0: int
) -> tuple[NDArray[np.float64], list[tuple[int, int]], float]:
    """Return the true weights over a box, the pixels on the boundary, and the largest true weight beside the box."""
    want, cut, missed = np.zeros(shape), [], 0.0
    for j, (pixels, spans) in rows.items():
        runs = [(i, i, w) for i, w in pixels] + list(spans)
        cut += [(i, j) for i, _ in pixels]
        for first, last, weight in runs:
            columns = slice(max(first - i0, 0), min(last - i0 + 1, shape[1]))
            beside = not 0 <= j - j0 < shape[0] or first < i0 or last >= i0 + shape[1]
            missed = max(missed, abs(float(weight))) if beside else missed
            if 0 <= j - j0 < shape[0]:
                want[j - j0, columns] = float(weight)
    return want, cut, missed


def main() -> None:
    """Draw, compare, print and save."""
    parser = argparse.ArgumentParser(description="Score the installed package on new cases.")
    parser.add_argument("--cases", type=int, default=200, help="cases, shared out among the shapes")
    parser.add_argument("--seed", type=int, default=None, help="where the numbers begin; by default the clock")
    parser.add_argument("--save", action="store_true", help="write reliability/results/oracle.json")
    arguments = parser.parse_args()
    seed = time.time_ns() % 2**32 if arguments.seed is None else arguments.seed
    print(f"seed {seed}")
    dice, oracle, begin = Dice(seed), Oracle(), time.monotonic()
    scores = {shape: Score() for shape in SHAPES}
    for n in range(arguments.cases):
        shape = list(SHAPES)[n % len(SHAPES)]
        oracle.score(oracle.drawn(dice, shape), scores[shape])
    print(f"{'shape':10s}{'cases':>7s}{'undecided':>11s}{'max |dw|':>10s}{'of bound':>10s}{'max rel area':>14s}")
    for shape, s in scores.items():
        print(f"{shape:10s}{s.cases:7d}{s.undecided:11d}{s.error:10.1e}{s.share:10.2f}{s.area:14.1e}")
    failures = [failure for score in scores.values() for failure in score.failures]
    print(*failures, sep="\n")
    if arguments.save:
        _save(arguments.cases, seed, scores, time.monotonic() - begin)
    sys.exit(1 if failures else 0)


def _save(cases: int, seed: int, scores: Mapping[str, Score], seconds: float) -> None:
    each = scores.values()
    record.save(
        "oracle",
        f"make oracle N={cases} SEED={seed}",
        {
            "cases compared with the truth": sum(s.cases for s in each),
            "cases that the oracle leaves open": sum(s.undecided for s in each),
            "worst error of a weight": max(s.error for s in each),
            "worst error as a part of the bound": max(s.share for s in each),
            "cases beyond a bound": sum(len(s.failures) for s in each),
        },
        seconds,
        [
            {
                "shape": shape,
                "cases": s.cases,
                "left open": s.undecided,
                "worst error of a weight": s.error,
                "part of the bound": s.share,
                "worst relative error of the area": s.area,
            }
            for shape, s in scores.items()
        ],
    )


if __name__ == "__main__":
    main()
