"""The table of shapes: their names, geometry parameters, units, rules and defaults.

Everything in the Python layer that depends on which shapes exist is made from these rows: the functions of
`astroapers.kernels`, their type stubs and documentation, and the names in error messages. A new shape is one
row here and one aperture class.
"""

from __future__ import annotations

from typing import NamedTuple


class Parameter(NamedTuple):
    """
    A geometry parameter of a shape.

    Attributes
    ----------
    name : str
        Its name in every signature.
    meaning : str
        What it measures, with its unit and rule.
    default : str, optional
        Its default, as source text.
    same_as : str, optional
        The parameter whose value it takes when it is None.
    """

    name: str
    meaning: str
    default: str | None = None
    same_as: str | None = None


class Example(NamedTuple):
    """
    Arguments of a shape's documented examples, and what they give far from an image's edges.

    Attributes
    ----------
    arguments : str
        Geometry arguments, as source text.
    area : float
        Area, to four places.
    centres : float
        Number of pixel centres inside, at position (5, 5).
    box : tuple of int
        Shape of the bounding box at that position.
    setup : str
        A statement to run before.
    """

    arguments: str
    area: float
    centres: float
    box: tuple[int, int]
    setup: str = ""


class Shape(NamedTuple):
    """
    A shape of the kernels.

    Attributes
    ----------
    tag : str
        Its name in function names, and the extension's name for it.
    title : str
        What it is, with its article.
    parameters : tuple of Parameter
        In the order of signatures, which is also the extension's.
    area : str
        The formula of its area.
    example : Example
        Arguments and results of the documentation's examples.
    box_needs_angle : bool
        Whether `bboxes_*` has no default for the angle.
    """

    tag: str
    title: str
    parameters: tuple[Parameter, ...]
    area: str
    example: Example
    box_needs_angle: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the geometry parameters, in order."""
        return tuple(parameter.name for parameter in self.parameters)


def _length(name: str, what: str) -> Parameter:
    return Parameter(name, f"{what} in pixels, greater than 0")


def _inner(name: str, what: str, outer: str) -> Parameter:
    return Parameter(name, f"{what} in pixels, greater than 0, at most `{outer}`")


_ANGLE = "in radians, counter-clockwise from +x"
_THETA = Parameter("theta", f"Rotation {_ANGLE}", default="0.0")
_THETA_IN = Parameter("theta_in", f"Rotation of the inner shape {_ANGLE}", default="0.0")
_THETA_OUT = Parameter(
    "theta_out",
    f"Rotation of the outer shape {_ANGLE}; None takes `theta_in`",
    default="None",
    same_as="theta_in",
)

SHAPES: dict[str, Shape] = {
    shape.tag: shape
    for shape in (
        Shape(
            "circ",
            "a circle",
            (_length("r", "Radius"),),
            "pi r^2",
            Example("2.0", 12.5664, 9.0, (5, 5)),
        ),
        Shape(
            "ellip",
            "a rotated ellipse",
            (
                _length("a", "Semi-axis along the direction `theta`"),
                _length("b", "Semi-axis across it"),
                _THETA,
            ),
            "pi a b",
            Example("3.0, 2.0, 0.5", 18.8496, 19.0, (5, 7)),
            box_needs_angle=True,
        ),
        Shape(
            "rect",
            "a rotated rectangle",
            (
                _length("w", "Full width along the direction `theta`"),
                _length("h", "Full height across it"),
                _THETA,
            ),
            "w h",
            Example("4.0, 3.0, 0.5", 12.0, 13.0, (5, 5)),
            box_needs_angle=True,
        ),
        Shape(
            "pill",
            "a rotated pill",
            (
                _length("w", "Full width of the straight part along the direction `theta`"),
                _length("a", "Semi-axis of the half-ellipse caps along the pill"),
                _length("b", "Semi-axis of the caps across it, half the height of the straight part"),
                _THETA,
            ),
            "2 w b + pi a b",
            Example("3.0, 1.0, 1.5, 0.5", 13.7124, 15.0, (5, 5)),
        ),
        Shape(
            "wedge",
            "a wedge of an annulus",
            (
                Parameter("r_in", "Radius of the inner arc in pixels, at least 0 (a slice of a disc)"),
                Parameter("r_out", "Radius of the outer arc in pixels, greater than `r_in`"),
                Parameter("theta_in", f"Direction of the middle of the inner arc {_ANGLE}"),
                Parameter("dtheta_in", "Full angular width of the inner arc in radians, in (0, 2 pi)"),
                Parameter(
                    "theta_out",
                    f"Direction of the middle of the outer arc {_ANGLE}; None takes `theta_in`",
                    default="None",
                    same_as="theta_in",
                ),
                Parameter(
                    "dtheta_out",
                    "Full angular width of the outer arc in radians, in (0, 2 pi); None takes `dtheta_in`",
                    default="None",
                    same_as="dtheta_in",
                ),
            ),
            "(r_out^2 dtheta_out - r_in^2 dtheta_in) / 2"
            " + r_in r_out sin((dtheta_in - dtheta_out) / 2) cos(theta_in - theta_out)",
            Example("2.0, 4.0, 0.5, 1.0, 0.5, 1.0", 6.0, 5.0, (4, 4)),
        ),
        Shape(
            "circ_ann",
            "a circular annulus",
            (
                Parameter("r_in", "Inner radius in pixels, at least 0, smaller than `r_out`"),
                _length("r_out", "Outer radius"),
            ),
            "pi (r_out^2 - r_in^2)",
            Example("2.0, 4.0", 37.6991, 36.0, (9, 9)),
        ),
        Shape(
            "ellip_ann",
            "an elliptical annulus",
            (
                _inner("a_in", "Inner semi-axis along the direction `theta_in`", "a_out"),
                _inner("b_in", "Inner semi-axis across it", "b_out"),
                _length("a_out", "Outer semi-axis along the direction `theta_out`"),
                _length("b_out", "Outer semi-axis across it"),
                _THETA_IN,
                _THETA_OUT,
            ),
            "pi (a_out b_out - a_in b_in) if the ellipses do not cross",
            Example("2.0, 1.0, 4.0, 3.0, 0.5, 0.5", 31.4159, 32.0, (7, 9)),
        ),
        Shape(
            "rect_ann",
            "a rectangular annulus",
            (
                _inner("w_in", "Inner full width along the direction `theta_in`", "w_out"),
                _inner("h_in", "Inner full height across it", "h_out"),
                _length("w_out", "Outer full width along the direction `theta_out`"),
                _length("h_out", "Outer full height across it"),
                _THETA_IN,
                _THETA_OUT,
            ),
            "w_out h_out - w_in h_in if the rectangles do not cross",
            Example("2.0, 1.0, 5.0, 4.0, 0.5, 0.5", 18.0, 16.0, (7, 7)),
        ),
        Shape(
            "pill_ann",
            "an annulus of two pills",
            (
                _inner("w_in", "Full width of the inner pill's straight part along `theta_in`", "w_out"),
                _inner("a_in", "Semi-axis of the inner pill's caps along it", "a_out"),
                _inner("b_in", "Semi-axis of the inner pill's caps across it", "b_out"),
                _length("w_out", "Full width of the outer pill's straight part along `theta_out`"),
                _length("a_out", "Semi-axis of the outer pill's caps along it"),
                _length("b_out", "Semi-axis of the outer pill's caps across it"),
                _THETA_IN,
                _THETA_OUT,
            ),
            "2 (w_out b_out - w_in b_in) + pi (a_out b_out - a_in b_in) if the pills do not cross",
            Example("1.0, 0.5, 0.5, 3.0, 1.5, 2.0, 0.5, 0.5", 19.6394, 20.0, (7, 7)),
        ),
    )
}
