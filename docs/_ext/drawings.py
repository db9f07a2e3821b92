"""The figures of the documentation, drawn when it is built.

`GALLERY` has one row per picture of an aperture over its pixels; `MATHEMATICS` has the drawings of the page on
mathematics. Every drawing is a function of a `Theme`, so that there is one for light pages and one for dark ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

import astroapers as aap


class Theme(NamedTuple):
    """
    Colours of a figure.

    Attributes
    ----------
    name : str
        "light" or "dark".
    ink, faint : str
        Of text and axes; of what stays behind.
    pixel, line, second, third : str
        Of weights, of outlines, and of what must differ from both.
    """

    name: str
    ink: str
    faint: str
    pixel: str
    line: str
    second: str
    third: str


THEMES = (
    Theme("light", "#1f2328", "#b8bec6", "#4c8fd6", "#c2410c", "#0f766e", "#7c3aed"),
    Theme("dark", "#e6e8eb", "#555c66", "#3f7fc4", "#fb923c", "#2dd4bf", "#c4b5fd"),
)

#: Settings of every figure: transparent, the same bytes on every build.
STYLE = {"svg.hashsalt": "astroapers", "font.size": 9, "font.family": "DejaVu Sans", "mathtext.fontset": "stix"}


def new(theme: Theme, width: float, height: float, columns: int = 1, ratios: list[float] | None = None) -> list[Axes]:
    """Make the axes of a new transparent figure; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
    axes = figure.subplots(1, columns, squeeze=False, width_ratios=ratios)[0]
    for ax in axes:
        ax.set_facecolor("none")
        ax.tick_params(colors=theme.ink)
        ax.xaxis.label.set_color(theme.ink)
        ax.yaxis.label.set_color(theme.ink)
        ax.title.set_color(theme.ink)
        for spine in ax.spines.values():
            spine.set_color(theme.faint)
    return list(axes)


def write(figure: Figure, path: Path) -> None:
    """Write a figure as SVG without a date."""
    with mpl.rc_context(STYLE):
        figure.savefig(path, metadata={"Date": None})


# ---------------------------------------------------------------- the gallery


class Picture(NamedTuple):
    """
    A picture of the gallery.

    Attributes
    ----------
    name : str
        Of the file.
    title : str
        Of the section.
    code : str
        Python source of the aperture, on lines of their own.
    caption : str
        What to see.
    """

    name: str
    title: str
    code: str
    caption: str

    def aperture(self) -> aap.PixelAp:
        """Make the aperture of the code's last lines."""
        *setup, last = self.code.strip().split("\n\n")
        namespace = {"aap": aap, "pi": math.pi}
        exec("\n".join(setup), namespace)
        aperture: aap.PixelAp = eval(last, namespace)
        return aperture

    def draw(self, theme: Theme) -> Figure:
        """Draw the aperture over its pixels, by both methods."""
        return draw_weights(self.aperture(), theme)


GALLERY = (
    Picture(
        "circ",
        "Circle",
        "aap.CircAp((5.2, 4.7), r=3.4)",
        "The aperture of most stars.",
    ),
    Picture(
        "ellip",
        "Ellipse",
        "aap.EllipAp((5.8, 4.6), a=5.0, b=2.3, theta=0.5)",
        "For galaxies. `a` points along `theta`, counter-clockwise from the x axis.",
    ),
    Picture(
        "rect",
        "Rectangle",
        "aap.RectAp((5.6, 4.5), w=8.0, h=4.2, theta=0.4)",
        "`w` and `h` are full widths.",
    ),
    Picture(
        "pill",
        "Pill",
        "aap.PillAp((6.3, 4.6), w=5.0, a=2.6, b=1.8, theta=0.35)",
        "For trailed sources: a rectangle of `w` by `2 b` with half-ellipses of semi-axes `a` and `b` at its ends.",
    ),
    Picture(
        "wedge",
        "Wedge",
        "aap.WedgeAp((0.4, 0.3), r_in=2.5, r_out=9.0, theta_in=0.6, dtheta_in=0.5, dtheta_out=0.9)",
        "For jets and tails of comets. The inner and the outer arc each have their own direction and width; straight"
        " lines join their ends.",
    ),
    Picture(
        "path",
        "Path",
        """\
outline = [("move", 4.2, 0.0), ("arc", 0.0, 0.0, 4.2, 0.0, 1.5 * pi), ("line", 0.3, 0.4), ("close",)]

aap.PathAp((5.0, 4.8), outline)""",
        "Any outline of straight lines and circular arcs. Coordinates are offsets from the position.",
    ),
    Picture(
        "path-hole",
        "Path with a hole",
        """\
outline = [("move", -4.3, -3.4), ("line", 4.6, -3.0), ("line", 3.4, 3.6), ("line", -3.8, 2.9), ("close",)]
hole = [("move", 2.2, 0.3), ("arc", 0.4, 0.3, 1.8, 0.0, pi), ("arc", 0.4, 0.3, 1.8, pi, pi), ("close",)]

aap.PathAp((5.0, 4.2), outline, holes=[hole])""",
        "Holes may hold a bad column, a ghost or another star.",
    ),
    Picture(
        "circ_ann",
        "Circular annulus",
        "aap.CircAn((5.1, 4.8), r_in=2.4, r_out=4.6)",
        "For the local sky. Whoever takes a median of it wants whole pixels: the centre method, `sampled_values`.",
    ),
    Picture(
        "ellip_ann",
        "Elliptical annulus",
        "aap.EllipAn((6.0, 4.4), a_in=3.0, b_in=1.4, a_out=5.8, b_out=3.1, theta_in=0.3)",
        "The inner and the outer ellipse have axes and angles of their own.",
    ),
    Picture(
        "ellip_ann-crossing",
        "Elliptical annulus whose inner ellipse pokes out",
        "aap.EllipAn((5.4, 4.6), a_in=4.2, b_in=1.5, a_out=4.9, b_out=2.9, theta_in=1.6, theta_out=0.1)",
        "An annulus is what lies in the outer shape and not in the inner one, also where a rotated inner shape reaches"
        " beyond the outer: here it falls into two pieces. `area` says the same.",
    ),
    Picture(
        "rect_ann",
        "Rectangular annulus",
        "aap.RectAn((5.7, 4.6), w_in=4.6, h_in=2.6, w_out=9.0, h_out=5.6, theta_in=0.3)",
        "For spectra and trails: the sky beside a slit.",
    ),
    Picture(
        "pill_ann",
        "Pill annulus",
        "aap.PillAn((6.3, 4.6), w_in=4.0, a_in=1.2, b_in=1.2, w_out=5.0, a_out=3.0, b_out=2.9, theta_in=0.3)",
        "The sky around a trailed source.",
    ),
)


def draw_weights(aperture: aap.PixelAp, theme: Theme) -> Figure:
    """
    Draw an aperture over its pixels, with exact weights beside those of the centre method.

    Parameters
    ----------
    aperture : PixelAp
        At a single position.
    theme : Theme
        Colours.

    Returns
    -------
    Figure
        Two panels.
    """
    (box,) = aperture.bboxes()
    ny, nx = box.shape
    axes = new(theme, 9.2, 0.55 + 4.6 * (ny + 0.6) / (nx + 0.6), columns=2)
    methods = (("exact", aperture.weights_exact()[0]), ("centre", aperture.weights_center()[0]))
    for ax, (method, weights) in zip(axes, methods, strict=True):
        for (j, i), weight in np.ndenumerate(weights):
            x, y = box.ixmin + i, box.iymin + j
            shade = mpl.colors.to_rgba(theme.pixel, 0.08 + 0.72 * weight if weight else 0.0)
            ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, edgecolor=theme.faint, lw=0.6))
            if method == "exact" and weight:
                size = 76.0 / max(nx, 9)
                ax.text(x, y, label(weight), ha="center", va="center", color=theme.ink, fontsize=size, zorder=4)
            elif method == "centre":
                ax.plot(x, y, "o", ms=2.6, mfc=theme.ink if weight else "none", mec=theme.ink, mew=0.5)
        aperture.plot(ax, edgecolor=theme.line, lw=1.8)
        ax.set(xlim=(box.ixmin - 0.8, box.ixmax - 0.2), ylim=(box.iymin - 0.8, box.iymax - 0.2), aspect="equal")
        ax.set_title(f"{method}: {weights.sum():.4f} pixels".replace(".0000", ""), fontsize=9.5)
        ax.tick_params(length=0, labelsize=8)
        for spine in ax.spines.values():
            spine.set_visible(False)
    return axes[0].figure


def label(weight: float) -> str:
    """
    Two digits of a weight, never rounding to 0 or 1 what is neither.

    Parameters
    ----------
    weight : float
        In [0, 1].

    Returns
    -------
    str
        Such as ".25", "1", "<.01".
    """
    if weight == 1.0:
        return "1"
    if weight < 0.005:
        return "<.01"
    if weight > 0.995:
        return ">.99"
    return f"{weight:.2f}"[1:]


# ---------------------------------------------------------------- mathematics


def grid(ax: Axes, theme: Theme, x0: int, x1: int, y0: int, y1: int) -> None:
    """Draw pixel edges, from line to line."""
    ax.vlines(range(x0, x1 + 1), y0, y1, color=theme.faint, lw=0.7, zorder=0)
    ax.hlines(range(y0, y1 + 1), x0, x1, color=theme.faint, lw=0.7, zorder=0)
    ax.set_aspect("equal")
    ax.set_axis_off()


def arrow(ax: Axes, tail: tuple[float, float], head: tuple[float, float], colour: str) -> None:
    """Draw an arrow without text."""
    ax.annotate(
        "", head, tail, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    )


def ellipse(a: float, b: float, theta: float, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give points of an ellipse about the origin at the angles `t` of its unit circle."""
    c, s = math.cos(theta), math.sin(theta)
    return a * c * np.cos(t) - b * s * np.sin(t), a * s * np.cos(t) + b * c * np.sin(t)


def draw_green(theme: Theme) -> Figure:
    """Show what pieces left of, inside and right of a pixel add to its weight."""
    (ax,) = new(theme, 6.6, 3.3)
    grid(ax, theme, 0, 6, 0, 3)
    ax.add_patch(Rectangle((3, 1), 1, 1, facecolor=mpl.colors.to_rgba(theme.pixel, 0.45), lw=0))
    t = np.linspace(0.0, math.pi, 2000)
    x, y = 3.05 + 2.55 * np.cos(t), -0.6 + 2.55 * np.sin(t)
    ax.plot(x, y, color=theme.faint, lw=1.2, zorder=1)
    for low, high, colour in ((0, 3, theme.second), (3, 4, theme.line), (4, 6, theme.third)):
        piece = (low <= x) & (x < high) & (y >= 1)
        ax.plot(x[piece], y[piece], color=colour, lw=3)
    ax.text(1.3, 1.62, "left of it:\n$-\\int dy$", color=theme.second, ha="right", va="center", fontsize=11)
    ax.text(3.55, 2.5, r"inside: $\int (x-\ell-1)\,dy$", color=theme.line, ha="center", va="center", fontsize=11)
    ax.text(5.05, 1.35, "right of it:\nnothing", color=theme.third, ha="left", va="center", fontsize=10)
    ax.text(3.05, 0.86, r"$\ell$", color=theme.ink, fontsize=11, ha="center", va="top")
    ax.text(4.0, 0.86, r"$\ell+1$", color=theme.ink, fontsize=11, ha="center", va="top")
    ax.text(-0.1, 1.0, r"$b$", color=theme.ink, fontsize=11, ha="right", va="center")
    ax.text(-0.1, 2.0, r"$b+1$", color=theme.ink, fontsize=11, ha="right", va="center")
    ax.set(xlim=(-0.6, 6.1), ylim=(-0.1, 3.1))
    return ax.figure


def draw_row(theme: Theme) -> Figure:
    """Show a row of pixels: the arc cut at the grid lines, chords, trapezoids and bulges."""
    (ax,) = new(theme, 6.4, 1.7)
    grid(ax, theme, 0, 4, 0, 1)

    def height(x: float) -> float:
        return 2.3 * math.sqrt(1.0 - ((x + 0.3) / 4.0) ** 2) - 1.0

    def place(y: float) -> float:
        return 4.0 * math.sqrt(1.0 - ((y + 1.0) / 2.3) ** 2) - 0.3

    cuts = [place(1.0), 2.0, 3.0, place(0.0)]
    for x0, x1 in pairwise(cuts):
        column, (y0, y1) = math.floor(x0), (height(x0), height(x1))
        trapezoid = [(column, y0), (x0, y0), (x1, y1), (column, y1)]
        ax.add_patch(Polygon(trapezoid, facecolor=mpl.colors.to_rgba(theme.pixel, 0.5), lw=0))
        x = np.linspace(x0, x1, 60)
        ax.fill(x, list(map(height, x)), color=theme.line, alpha=0.8, lw=0)
        ax.plot([x0, x1], [y0, y1], "o-", color=theme.ink, ms=4, lw=0.8)
        ax.plot([x0, 4.3], [y0, y0], ls=":", color=theme.second, lw=0.8)
        arrow(ax, (4.3, y1), (4.3, y0), theme.second)
    ax.plot([cuts[-1], 4.3], [0.0, 0.0], ls=":", color=theme.second, lw=0.8)
    x = np.linspace(cuts[0], cuts[-1], 200)
    ax.plot(x, list(map(height, x)), color=theme.line, lw=1.6)
    ax.text(4.4, 0.5, "cover of\neach cell", color=theme.second, va="center")
    ax.text(2.3, 0.42, "trapezoid", color=theme.ink, ha="center")
    ax.annotate(
        "bulge", (2.55, height(2.55) - 0.02), (2.75, 0.86), color=theme.line,
        arrowprops={"arrowstyle": "-", "color": theme.line, "lw": 0.8},
    )  # fmt: skip
    ax.set(xlim=(-0.1, 5.1), ylim=(-0.12, 1.12))
    return ax.figure


def draw_conic(theme: Theme) -> Figure:
    """Show the two solutions x(y) of a tilted ellipse, and where it is cut."""
    (ax,) = new(theme, 5.6, 3.9)
    a, b, theta = 3.0, 1.5, 0.6
    t = np.linspace(0, 2 * math.pi, 400)
    ax.plot(*ellipse(a, b, theta, t), color=theme.line, lw=1.8)
    ax_, ay, bx, by = a * math.cos(theta), a * math.sin(theta), -b * math.sin(theta), b * math.cos(theta)
    top, right = math.atan2(by, ay), math.atan2(bx, ax_)
    for u in (top, top + math.pi, right, right + math.pi):
        ax.plot(*ellipse(a, b, theta, np.array([u])), "o", color=theme.ink, ms=6)
    ends = [ellipse(a, b, theta, np.array([u])) for u in (top, top + math.pi)]
    ax.plot([e[0][0] for e in ends], [e[1][0] for e in ends], color=theme.second, lw=1.3, ls="--")
    ry2, k, det = ay**2 + by**2, ax_ * ay + bx * by, ax_ * by - ay * bx
    d = 0.95
    middle, half = k / ry2 * d, det / ry2 * math.sqrt(ry2 - d * d)
    ax.axhline(d, color=theme.faint, lw=0.8)
    arrow(ax, (middle, d), (middle + half, d), theme.third)
    arrow(ax, (middle, d), (middle - half, d), theme.third)
    ax.plot(middle, d, "o", color=theme.second, ms=5)
    ax.text(middle - 0.12, d + 0.1, r"$c_x + (k/R_y^2)\,d$", color=theme.second, ha="right", fontsize=11)
    ax.text(
        middle + half / 2,
        d - 0.14,
        r"$(D/R_y^2)\sqrt{R_y^2-d^2}$",
        color=theme.third,
        ha="center",
        va="top",
        fontsize=11,
    )
    ax.plot(0, 0, "+", color=theme.ink, ms=9)
    ax.text(0.1, -0.12, r"$c$", color=theme.ink, va="top", fontsize=11)
    arrow(ax, (-3.1, 0.0), (-3.1, d), theme.ink)
    ax.plot([-3.2, 0], [0, 0], color=theme.faint, lw=0.8)
    ax.text(-3.2, d / 2, r"$d$", color=theme.ink, ha="right", va="center", fontsize=11)
    ax.set(xlim=(-3.5, 3.1), ylim=(-2.3, 2.3), aspect="equal")
    ax.set_axis_off()
    return ax.figure


def draw_bulge(theme: Theme) -> Figure:
    """Show a segment of the unit circle, and how the closed form loses digits where the series keeps them."""
    import mpmath

    left, right = new(theme, 7.4, 3.1, columns=2, ratios=[1, 1.5])
    t = np.linspace(0, 2 * math.pi, 400)
    left.plot(np.cos(t), np.sin(t), color=theme.faint, lw=1.2)
    angles = np.linspace(0.35, 1.55, 100)
    left.fill(np.cos(angles), np.sin(angles), color=theme.line, alpha=0.6, lw=0)
    left.plot(np.cos(angles), np.sin(angles), color=theme.line, lw=1.8)
    p, q = (np.array([math.cos(u), math.sin(u)]) for u in (0.35, 1.55))
    middle = (p + q) / 2
    left.plot(*zip(p, q, strict=True), "o-", color=theme.ink, ms=4, lw=1)
    left.plot([0, p[0]], [0, p[1]], color=theme.faint, lw=1)
    left.plot([0, q[0]], [0, q[1]], color=theme.faint, lw=1)
    left.text(*(middle + p) / 2 - 0.13, r"$h$", color=theme.ink, fontsize=12, ha="center", va="center")
    left.text(*(middle + q) / 2 - 0.13, r"$h$", color=theme.ink, fontsize=12, ha="center", va="center")
    left.set(aspect="equal", xlim=(-1.08, 1.08), ylim=(-1.08, 1.08))
    left.set_axis_off()

    h = np.logspace(-6, math.log10(0.7), 240)
    coefficients, central = [], 1.0
    for n in range(1, 15):
        central *= (2 * n - 1) / (2 * n)
        coefficients.append(central * 4 * n / (4 * n * n - 1))
    series = h**3 * np.polynomial.polynomial.polyval(h * h, coefficients)
    closed = np.arcsin(h) - h * np.sqrt(1 - h * h)
    with mpmath.workdps(50):
        true = [mpmath.asin(v) - v * mpmath.sqrt(1 - mpmath.mpf(v) ** 2) for v in map(mpmath.mpf, h.tolist())]
        errors = [
            [max(float(abs(mpmath.mpf(v) / u - 1)), 1e-17) for v, u in zip(values.tolist(), true, strict=True)]
            for values in (closed, series)
        ]
    right.loglog(h, errors[0], color=theme.third, lw=1, label="closed form")
    right.loglog(h, errors[1], color=theme.line, lw=1.2, label="series, 14 terms")
    right.axvline(0.25, color=theme.ink, lw=0.8, ls=":")
    right.text(0.23, 3e-2, "change-over", color=theme.ink, ha="right", fontsize=8)
    right.set(xlabel=r"half chord $h$", ylabel="relative error in double precision", ylim=(1e-17, 1))
    right.legend(labelcolor=theme.ink, frameon=False, loc="center left", bbox_to_anchor=(0.0, 0.3), fontsize=8)
    return left.figure


def draw_centres(theme: Theme) -> Figure:
    """Show ties of the centre method: a disc and the annulus around it share no pixel and miss none."""
    axes = new(theme, 7.4, 3.9, columns=2)
    cases = (
        ("a disc of radius 2", aap.CircAp((0, 0), r=2.0)),
        ("the annulus from 2 to 4", aap.CircAn((0, 0), 2.0, 4.0)),
    )
    for ax, (title, aperture) in zip(axes, cases, strict=True):
        (box,), (weights,) = aperture.bboxes(), aperture.weights_center()
        for y in range(-4, 5):
            for x in range(-4, 5):
                inside = box.iymin <= y < box.iymax and box.ixmin <= x < box.ixmax
                chosen = inside and weights[y - box.iymin, x - box.ixmin] == 1.0
                tie = x * x + y * y in (4, 16) and (aperture.area > 13 or x * x + y * y == 4)
                shade = mpl.colors.to_rgba(theme.pixel, 0.6 if chosen else 0.0)
                ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=shade, edgecolor=theme.faint, lw=0.6))
                colour = theme.line if tie else theme.ink
                ax.plot(x, y, "o", ms=5.5 if tie else 2.5, mfc=colour if chosen else "none", mec=colour, mew=1.0)
        aperture.plot(ax, edgecolor=theme.line, lw=1.4)
        ax.set(xlim=(-4.7, 4.7), ylim=(-4.7, 4.7), aspect="equal")
        ax.set_title(f"{title}: {int(weights.sum())} pixels", fontsize=9.5)
        ax.set_axis_off()
    return axes[0].figure


def draw_directions(theme: Theme) -> Figure:
    """Show two crossing ellipses, in the plane and by direction."""
    left, right = new(theme, 7.6, 3.2, columns=2, ratios=[1.2, 1.3])
    outer, inner = (4.9, 2.9, 0.1), (4.2, 1.5, 1.6)

    def rho(shape: tuple[float, float, float], phi: np.ndarray) -> np.ndarray:
        a, b, theta = shape
        return 1.0 / np.hypot(np.cos(phi - theta) / a, np.sin(phi - theta) / b)

    phi = np.linspace(0, 2 * math.pi, 4001)
    difference = rho(outer, phi) - rho(inner, phi)
    crossings = phi[:-1][np.diff(np.sign(difference)) != 0]
    aap.EllipAn((0, 0), inner[0], inner[1], outer[0], outer[1], theta_in=inner[2], theta_out=outer[2]).plot(
        left, fill=True, facecolor=mpl.colors.to_rgba(theme.pixel, 0.5), edgecolor="none"
    )
    for shape, colour, name in ((outer, theme.second, "outer"), (inner, theme.line, "inner")):
        r = rho(shape, phi)
        left.plot(r * np.cos(phi), r * np.sin(phi), color=colour, lw=1.6)
        right.plot(phi, r, color=colour, lw=1.6, label=rf"$\rho$ {name}")
    right.fill_between(phi, rho(inner, phi), rho(outer, phi), where=difference > 0, color=theme.pixel, alpha=0.5, lw=0)
    for p in crossings:
        r = float(rho(outer, np.array(p)))
        left.plot([0, r * math.cos(p)], [0, r * math.sin(p)], color=theme.faint, lw=0.9, zorder=0)
        left.plot(r * math.cos(p), r * math.sin(p), "o", color=theme.ink, ms=5)
        right.plot(p, r, "o", color=theme.ink, ms=5)
    left.set(aspect="equal", xlim=(-5.2, 5.2), ylim=(-4.5, 4.5))
    left.set_axis_off()
    right.set(xlabel=r"direction $\varphi$", ylabel=r"distance $\rho$", xlim=(0, 2 * math.pi), ylim=(1, 5.6))
    right.set_xticks([0, math.pi / 2, math.pi, 3 * math.pi / 2, 2 * math.pi], ["0", "π/2", "π", "3π/2", "2π"])
    right.legend(labelcolor=theme.ink, frameon=False, ncols=2, loc="upper center", fontsize=8)
    return left.figure


MATHEMATICS: dict[str, Callable[[Theme], Figure]] = {
    "green": draw_green,
    "row": draw_row,
    "conic": draw_conic,
    "bulge": draw_bulge,
    "centres": draw_centres,
    "directions": draw_directions,
}


# ---------------------------------------------------------------- the first page


def draw_first(theme: Theme) -> Figure:
    """Show a star with its aperture and annulus, and the aperture's weights."""
    left, right = new(theme, 8.6, 4.2, columns=2, ratios=[1, 1.0])
    x0, y0, radius = 17.3, 16.6, 4.0
    y, x = np.mgrid[:34, :34]
    rng = np.random.default_rng(7)
    sky = rng.poisson(120.0, x.shape)
    stars = ((x0, y0, 2600.0, 1.7), (5.2, 27.4, 500.0, 1.7), (29.1, 6.3, 260.0, 1.7), (27.6, 29.2, 160.0, 1.7))
    light = sum(peak * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * s * s)) for u, v, peak, s in stars)
    image = sky + rng.poisson(light)
    left.imshow(np.arcsinh((image - 115) / 30), origin="lower", cmap="gray" if theme.name == "dark" else "gray_r")
    star, annulus = aap.CircAp((x0, y0), r=radius), aap.CircAn((x0, y0), r_in=8.0, r_out=13.0)
    star.plot(left, edgecolor=theme.line, lw=2)
    annulus.plot(left, edgecolor=theme.second, lw=1.6)
    (box,), (weights,) = star.bboxes(), star.weights_exact()
    for (j, i), weight in np.ndenumerate(weights):
        u, v = box.ixmin + i, box.iymin + j
        shade = mpl.colors.to_rgba(theme.pixel, 0.08 + 0.72 * weight if weight else 0.0)
        right.add_patch(Rectangle((u - 0.5, v - 0.5), 1, 1, facecolor=shade, edgecolor=theme.faint, lw=0.6))
        if weight:
            right.text(u, v, label(weight), ha="center", va="center", color=theme.ink, fontsize=8, zorder=4)
    star.plot(right, edgecolor=theme.line, lw=2)
    right.set(xlim=(box.ixmin - 0.6, box.ixmax - 0.4), ylim=(box.iymin - 0.6, box.iymax - 0.4), aspect="equal")
    for ax in (left, right):
        ax.set_axis_off()
    return left.figure


# ---------------------------------------------------------------- all of them

DRAWINGS: dict[str, Callable[[Theme], Figure]] = {
    "first": draw_first,
    **{f"gallery-{picture.name}": picture.draw for picture in GALLERY},
    **{f"mathematics-{name}": draw for name, draw in MATHEMATICS.items()},
}


def draw_all(directory: Path) -> None:
    """
    Draw every figure for every theme.

    Parameters
    ----------
    directory : Path
        Where ``NAME-THEME.svg`` go; made if it does not exist.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, draw in DRAWINGS.items():
        for theme in THEMES:
            with mpl.rc_context(STYLE):
                figure = draw(theme)
            write(figure, directory / f"{name}-{theme.name}.svg")
