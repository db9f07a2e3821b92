"""The kernels' source text, made from the table of shapes and the table of operations below.

A kernel is one shape, one operation and one method. All kernels of an operation share arguments,
documentation and body, so that 70 functions are nine table rows times four operations (and a path, which has
commands instead of numbers). `astroapers.kernels` executes the text; the stub generator writes the same
signatures to `kernels.pyi`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from textwrap import indent, wrap
from typing import NamedTuple

from astroapers._shapes import SHAPES, Example, Parameter, Shape

_LINE_LENGTH = 110


class Argument(NamedTuple):
    """
    An argument of a kernel.

    Attributes
    ----------
    name, annotation : str
        As in the signature.
    kind, meaning : str
        As in the documentation: type, shape and unit; what it does.
    default : str, optional
        As in the signature.
    """

    name: str
    annotation: str
    kind: str
    meaning: str
    default: str | None = None

    @property
    def source(self) -> str:
        """The argument in a signature."""
        text = f"{self.name}: {self.annotation}"
        return text if self.default is None else f"{text} = {self.default}"


class Operation(NamedTuple):
    """
    What a family of kernels does.

    Attributes
    ----------
    name : str
        First part of the functions' names, and the function of `astroapers._operations` that does the work.
    summary : str
        First line of the documentation, for a shape's title.
    methods : tuple of str
        "exact" and "center", or nothing where the method does not matter.
    leading, trailing : tuple of Argument
        Arguments before the geometry, and keyword-only ones after it.
    defaults : bool
        Whether geometry parameters have defaults.
    returns : str
        Return annotation.
    returns_doc : str
        The section "Returns".
    example : str
        Lines of the section "Examples", to be filled in from the shape's `Example`.
    """

    name: str
    summary: str
    methods: tuple[str, ...]
    leading: tuple[Argument, ...]
    trailing: tuple[Argument, ...]
    defaults: bool
    returns: str
    returns_doc: str
    example: str


_DATA = Argument(
    "data",
    "ArrayLike",
    "array_like, shape (ny, nx)",
    "Image of any real dtype, byte order and stride, read where it lies; the mask of a"
    " `numpy.ma.MaskedArray` counts. Pixel `(x, y)` is `data[y, x]`.",
)
_X = Argument("x", "ArrayLike", "array_like", "Positions in pixels: a scalar, or an array of any shape.")
_Y = Argument("y", "ArrayLike", "array_like", "Positions in pixels, in the shape of `x`.")
_MASK = Argument(
    "mask",
    "ArrayLike | None",
    "array_like, shape (ny, nx), optional",
    "True or nonzero excludes a pixel.",
    default="None",
)
_RETURN_NPIX = Argument(
    "return_npix", "bool", "bool, optional", "Whether to return the pixel counts too.", default="True"
)
_SHAPE = Argument("shape", "tuple[int, int]", "(ny, nx)", "Shape of the image.")
_VALIDATE = Argument(
    "validate",
    "bool",
    "bool, optional",
    "False skips the checks of positions and per-position geometry; a bad position then gives NaN, an empty box"
    " and empty weights, instead of an error.",
    default="True",
)

_BOTH = ("exact", "center")

OPERATIONS = (
    Operation(
        "apsum",
        "Sum an image over {title} at each position, {how}.",
        _BOTH,
        (_DATA, _X, _Y),
        (_MASK, _RETURN_NPIX, _VALIDATE),
        True,
        "FloatArray | tuple[FloatArray, FloatArray]",
        """\
sums : ndarray of float64
    Sum of weight times value at each position, in the image's unit, in the shape of `x`; (1,) for a scalar.
npix : ndarray of float64
    Sum of the weights, in pixels, in the same shape; only if `return_npix`.
""",
        """\
>>> image = np.full((11, 11), 2.0)
>>> sums, npix = {name}(image, [5.0], [5.0], {arguments})
>>> print((sums / 2.0).round(4), npix.round(4))
{sums} {sums}
""",
    ),
    Operation(
        "npix",
        "Count the pixels of an image in {title} at each position, {how}.",
        _BOTH,
        (_X, _Y),
        (_SHAPE, _MASK, _VALIDATE),
        True,
        "FloatArray",
        """\
ndarray of float64
    Sum of the weights of the unmasked pixels at each position, in the shape of `x`; (1,) for a scalar.
""",
        """\
>>> npix = {name}([5.0], [5.0], {arguments}, shape=(11, 11))
>>> print(npix.round(4))
{sums}
""",
    ),
    Operation(
        "weights",
        "Weights of the pixels in {title} at each position, {how}.",
        _BOTH,
        (_X, _Y),
        (_VALIDATE,),
        False,
        "tuple[list[FloatArray], list[BoundingBox]]",
        """\
weights : list of ndarray of float64
    For each position, in C order, the weight of each pixel of its bounding box, in [0, 1].
boxes : list of BoundingBox
    Where those pixels lie.
""",
        """\
>>> weights, boxes = {name}([5.0], [5.0], {arguments})
>>> weights[0].shape == boxes[0].shape == {box}
True
>>> print(weights[0].sum().round(4))
{sum}
""",
    ),
    Operation(
        "bboxes",
        "Bounding boxes of {title} at each position.",
        ("",),
        (_X, _Y),
        (_VALIDATE,),
        True,
        "list[BoundingBox]",
        """\
list of BoundingBox
    One per position, in C order.
""",
        """\
>>> boxes = {name}([5.0], [5.0], {arguments})
>>> boxes[0].shape
{box}
""",
    ),
)

_HOW = {"exact": "by exact overlap", "center": "by pixel centres", "": ""}

_NOTES = {
    "exact": """\
A pixel's weight is the area of its overlap with the shape, a boundary integral by Green's theorem over the
pieces between the grid lines that the boundary crosses; nothing is sampled.
""",
    "center": """\
A pixel's weight is 1 if its centre lies inside the shape, else 0. A centre exactly on an outer edge is
outside, on the edge of a hole inside.
""",
    "": "",
}

_RAISES = """\
TypeError
    If an argument is not of real numbers.
ValueError
    If shapes do not match, a geometry parameter breaks its rule, or a position is not finite.
"""

#: A path's rows: its commands take the place of geometry parameters.
_PATH = Shape(
    "path",
    "a path of lines and arcs",
    (),
    "",
    Example(
        "outline",
        3.92,
        6.0,
        (4, 4),
        'outline = [("move", -1.2, -1.2), ("line", 1.6, -1.2), ("line", -1.2, 1.6), ("close",)]',
    ),
)
_COMMANDS_DOC = (
    'Commands of the outline: `("move", x, y)`, `("line", x, y)`, `("arc", cx, cy, r, theta0, dtheta)`,'
    ' which starts where the last command ended and turns by less than 2 pi, and `("close",)`; offsets from the'
    " position in pixels, angles in radians. Or an integer array (n,) of the commands' kinds: 0 move, 1 line, 2 arc,"
    " 3 close."
)
_HOLES_DOC = (
    "Holes, each a sequence of commands; or, if kinds were given, a float array (n, 6) of their numbers,"
    " padded with zeros."
)


class Kernel(NamedTuple):
    """
    One function of `astroapers.kernels`.

    Attributes
    ----------
    operation : Operation
        What it does.
    shape : Shape
        Over what.
    method : str
        "exact", "center" or nothing.
    """

    operation: Operation
    shape: Shape
    method: str

    @property
    def name(self) -> str:
        """The function's name."""
        return "_".join(part for part in (self.operation.name, self.shape.tag, self.method) if part)

    @property
    def geometry(self) -> tuple[Argument, ...]:
        """Arguments that describe the shape."""
        if self.shape is _PATH:
            names = (
                ("segments_or_kinds", "holes_or_data") if self.operation.name == "weights" else ("segments", "holes")
            )
            return (
                Argument(names[0], "Sequence[Command] | NDArray[Any]", "sequence", _COMMANDS_DOC),
                Argument(
                    names[1],
                    "Sequence[Sequence[Command]] | NDArray[Any] | None",
                    "sequence, optional",
                    _HOLES_DOC,
                    default="None",
                ),
            )
        defaults = self.operation.defaults and not (self.operation.name == "bboxes" and self.shape.box_needs_angle)
        return tuple(_geometry_argument(parameter, defaults) for parameter in self.shape.parameters)

    @property
    def arguments(self) -> str:
        """The signature's arguments, one per line."""
        positional = [argument.source for argument in self.operation.leading + self.geometry]
        keywords = [argument.source for argument in self.operation.trailing]
        return "".join(f"    {line},\n" for line in (*positional, "*", *keywords))

    @property
    def source(self) -> str:
        """The function's definition, without documentation."""
        values = [self._value(argument, parameter) for argument, parameter in self._pairs()]
        given = [argument.name for argument in self.operation.leading]
        passed = [
            repr(self.shape.tag),
            *([repr(self.method)] if self.method else []),
            *given,
            f"({', '.join(values)},)",
            *(argument.name for argument in self.operation.trailing),
        ]
        body = f"    return _operations.{self.operation.name}({', '.join(passed)})\n"
        return f"def {self.name}(\n{self.arguments}) -> {self.operation.returns}:\n{body}"

    def _pairs(self) -> Iterator[tuple[Argument, Parameter | None]]:
        parameters = self.shape.parameters or (None,) * len(self.geometry)
        return iter(zip(self.geometry, parameters, strict=True))

    @staticmethod
    def _value(argument: Argument, parameter: Parameter | None) -> str:
        if parameter is None or parameter.same_as is None:
            return argument.name
        return f"{parameter.same_as} if {argument.name} is None else {argument.name}"

    @property
    def doc(self) -> str:
        """The function's documentation, in numpydoc's sections."""
        operation, example = self.operation, self.shape.example
        total = example.centres if self.method == "center" else example.area
        summary = operation.summary.format(title=self.shape.title, how=_HOW[self.method])
        notes = _NOTES[self.method]
        if self.shape.area and self.method == "exact":
            notes += "\n" + "\n".join(wrap(f"The area is ``{self.shape.area}``.", _LINE_LENGTH)) + "\n"
        lines = operation.example.format(
            name=self.name,
            arguments=example.arguments,
            sum=total,
            sums=f"[{total!r}".removesuffix("0") + "]",
            box=example.box,
        )
        setup = [
            "import numpy as np" if "np." in lines else "",
            f"from astroapers.kernels import {self.name}",
            example.setup,
        ]
        sections = [
            ("Parameters", "".join(map(_documented, operation.leading + self.geometry + operation.trailing))),
            ("Returns", operation.returns_doc),
            ("Raises", _RAISES),
            ("Notes", notes),
            ("Examples", "".join(f">>> {line}\n" for line in setup if line) + lines),
        ]
        text = "".join(f"\n{title}\n{'-' * len(title)}\n{body}" for title, body in sections if body)
        return f"\n{summary}\n{text}"


def _geometry_argument(parameter: Parameter, defaults: bool) -> Argument:
    return Argument(
        parameter.name,
        "Geometry | None" if parameter.same_as else "Geometry",
        "float or array_like, optional" if parameter.default and defaults else "float or array_like",
        f"{parameter.meaning}; one value for all positions, or one per position.",
        default=parameter.default if defaults else None,
    )


@cache
def _documented(argument: Argument) -> str:
    text = "\n".join(wrap(argument.meaning, _LINE_LENGTH - 4))
    return f"{argument.name} : {argument.kind}\n{indent(text, '    ')}\n"


#: Every generated kernel, in the order of operation, shape and method.
KERNELS: tuple[Kernel, ...] = tuple(
    Kernel(operation, shape, method)
    for operation in OPERATIONS
    for shape in (*SHAPES.values(), _PATH)
    for method in operation.methods
)

_STUB_HEAD = '''\
"""Aperture sums, pixel counts, weights and bounding boxes. Made by tools/make_kernel_stubs.py."""

from collections.abc import Sequence
from typing import Any, Literal, overload

from numpy.typing import ArrayLike, NDArray

from astroapers._farthest import farthest_mask_pixel as farthest_mask_pixel
from astroapers._threads import get_parallel_threshold as get_parallel_threshold
from astroapers._threads import set_parallel_threshold as set_parallel_threshold
from astroapers._typing import Command, FloatArray, Geometry
from astroapers.bbox import BoundingBox

__all__: list[str]
'''

_FLAG = "return_npix: bool = True"


def _stub(kernel: Kernel) -> str:
    plain = f"\ndef {kernel.name}(\n{kernel.arguments}) -> {{}}: ...\n"
    if _FLAG not in kernel.arguments:
        return plain.format(kernel.operation.returns)
    pair = plain.replace(_FLAG, "return_npix: Literal[True] = True").format("tuple[FloatArray, FloatArray]")
    single = plain.replace(_FLAG, "return_npix: Literal[False]").format("FloatArray")
    either = plain.replace(_FLAG, "return_npix: bool = True").format(kernel.operation.returns)
    return "".join(text.replace("\ndef", "\n@overload\ndef") for text in (pair, single, either))


def stubs() -> str:
    """
    Type stubs of `astroapers.kernels`.

    Returns
    -------
    str
        The text of ``kernels.pyi``.

    Examples
    --------
    >>> "def apsum_circ_exact(" in stubs()
    True
    """
    return _STUB_HEAD + "".join(map(_stub, KERNELS))


def module_source() -> str:
    """
    Definitions of all kernels, without documentation.

    Returns
    -------
    str
        Source text.

    Examples
    --------
    >>> sum(line.startswith("def ") for line in module_source().splitlines())
    70
    """
    return "from __future__ import annotations\n" + "\n\n".join(["", *(kernel.source for kernel in KERNELS)])
