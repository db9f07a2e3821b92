"""Fit the polynomials of `crates/astroapers/src/convex/bulge.rs` and print them.

`(asin h - h sqrt(1 - h^2)) / (2 h sqrt(1 - h^2)) = t Q(t)` with `t = h^2`; for arcs of semi-axis `b` and chords inside
a pixel, `t <= 1 / (2 b^2)`. Chebyshev interpolation of `Q` on that range is within a factor of two of the best
polynomial there is.

Needs mpmath. Run by hand when a range or a degree is to change.
"""

from mpmath import asin, chebyfit, mp, mpf, sqrt

# Name, smallest semi-axis [pixel], degree, centre. About 0 the coefficients of the last one would be so large that they
# cancel.
SERIES = [
    ("FOUR", 10, 4, 0),
    ("SEVEN", 3, 7, 0),
    ("TWELVE", mpf(3) / 2, 12, 0),
    ("NINETEEN", 1, 19, 0),
    ("TWENTY_EIGHT", mpf(17) / 20, 28, mpf(5) / 16),
]


def bulge(t: mpf) -> mpf:
    """Return `Q(t)`."""
    if t < mpf(10) ** -14:
        return mpf(1) / 3 + t * 4 / 15
    h = sqrt(t)
    cosine = sqrt(1 - t)
    return (asin(h) - h * cosine) / (2 * h * cosine * t)


def main() -> None:
    """Print each series with its largest relative error."""
    mp.dps = 50
    for name, semi_axis, degree, center in SERIES:
        limit = 1 / (2 * mpf(semi_axis) ** 2)
        interval = [-center, limit - center]
        coefficients, error = chebyfit(lambda t, center=center: bulge(t + center), interval, degree + 1, error=True)
        print(f"/// For `t <= {float(limit):.6g}`; relative error below {float(error / bulge(mpf(0))):.1e}.")
        print(f"pub(super) const {name}: [f64; {degree + 1}] = [")
        for coefficient in reversed(coefficients):
            print(f"    {float(coefficient)!r},")
        print("];")


if __name__ == "__main__":
    main()
