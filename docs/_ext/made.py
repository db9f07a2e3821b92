"""Sources of the documentation that are made from the package's own tables when it is built.

They go to ``docs/_made``, which the hand-written pages include, and to ``docs/reference/kernels``, one page per shape.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

import drawings

from astroapers import _rust
from astroapers._fits import command, options
from astroapers._kernel_source import KERNELS, OPERATIONS, Kernel
from reliability import record

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What each shape is, by its name in function names.
_TITLES = {kernel.shape.tag: kernel.shape.title for kernel in KERNELS}

#: Sections of the raw functions, by the first part of their names.
_RAW_TITLES = {
    "apsum": "Sums",
    "npix": "Pixel counts",
    "weights": "Weights",
    "bboxes": "Bounding boxes",
    "": "Threads",
}


def figure(name: str, alt: str) -> str:
    """
    MyST source that shows a figure in the colours of the page.

    Parameters
    ----------
    name : str
        A key of `drawings.DRAWINGS`.
    alt : str
        What those read who do not see it.

    Returns
    -------
    str
        Two images, of which the page's theme shows one.
    """
    images = [
        f"```{{image}} /_made/figures/{name}-{theme.name}.svg\n:class: only-{theme.name}\n:alt: {alt}\n```\n"
        for theme in drawings.THEMES
    ]
    return "\n".join(images)


def gallery() -> str:
    """Write the sections of the gallery: a picture and its code for every shape."""
    parts = []
    for picture in drawings.GALLERY:
        alt = f"{picture.title}: exact weights, and the pixels whose centres lie inside"
        code = f"```python\n{picture.code}\n```\n"
        name = type(picture.aperture()).__name__
        text = f"{picture.caption} See {{py:class}}`~astroapers.{name}`.\n"
        shown = figure(f"gallery-{picture.name}", alt)
        parts.append(f"## {picture.title}\n\n{text}\n{code}\n{shown}")
    return "\n".join(parts)


def command_options() -> str:
    """Write the examples and the options of ``astroapers phot``, a table for each group."""
    parts = []
    for about, words in command.EXAMPLES:
        lines = " \\\n    ".join((f"{command.NAME} {words[0]}", *words[1:]))
        parts.append(f"{about}\n\n```sh\n{lines}\n```\n")
    for group in options.GROUPS:
        rows = [f"| `{_typed(option)}` | {_escaped(option.text)} |" for option in group.options]
        parts.append("\n".join([f"## {group.title}\n", "| option | |", "|---|---|", *rows, ""]))
    return "\n".join(parts)


def _typed(option: options.Option) -> str:
    short = "-o, " if option.name == "output" else ""
    return f"{short}--{option.name} {option.metavar}".strip().replace("|", "\\|")


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "\\[").replace("{", "\\{")


def _link(kernel: Kernel) -> str:
    return f"{{py:func}}`{kernel.method or 'boxes'} <astroapers.kernels.{kernel.name}>`"


def kernel_table() -> str:
    """Write the table of all kernels, a row per shape and a column per operation, and list their pages."""
    names = [operation.name for operation in OPERATIONS]
    lines = [f"| shape | {' | '.join(f'`{name}_*`' for name in names)} |", "|---" * (1 + len(names)) + "|"]
    for tag, title in _TITLES.items():
        cells = [
            ", ".join(_link(k) for k in KERNELS if k.shape.tag == tag and k.operation.name == name) for name in names
        ]
        lines.append(f"| [{title.partition(' ')[2]}](kernels/{tag}.md) | {' | '.join(cells)} |")
    pages = "\n".join(f"kernels/{tag}" for tag in _TITLES)
    return "\n".join(lines) + f"\n\n```{{toctree}}\n:hidden:\n\n{pages}\n```\n"


def kernel_page(tag: str) -> str:
    """Write the reference of the kernels of one shape."""
    title = _TITLES[tag].partition(" ")[2].capitalize()
    functions = [f".. autofunction:: {kernel.name}\n" for kernel in KERNELS if kernel.shape.tag == tag]
    return (
        f"# {title}\n\n```{{eval-rst}}\n.. py:currentmodule:: astroapers.kernels\n\n" + "\n".join(functions) + "```\n"
    )


def raw_functions() -> str:
    """Write the reference of the raw functions, grouped by what they do."""
    module = vars(_rust)
    groups: dict[str, list[str]] = {title: [] for title in _RAW_TITLES.values()}
    for name in sorted(name for name in module if inspect.isbuiltin(module[name]) and not name.startswith("_")):
        groups[_RAW_TITLES.get(name.partition("_")[0], "Threads")].append(name)

    parts = []
    for title, members in groups.items():
        parts.append(f"## {title}\n")
        alike: dict[str, list[str]] = {}
        for name in members:
            alike.setdefault(str(module[name].__doc__), []).append(f"{name}{module[name].__text_signature__}")
        for doc, signatures in alike.items():
            function = ".. py:function:: " + ("\n" + " " * 17).join(signatures)
            text = indent(doc.replace("`", "``"), "   ")
            parts.append(f"```{{eval-rst}}\n.. py:currentmodule:: astroapers._rust\n\n{function}\n\n{text}\n```\n")
    return "\n".join(parts)


#: Fragments that pages include, by file name.
FRAGMENTS: dict[str, Callable[[], str]] = {
    "gallery.md": gallery,
    "command.md": command_options,
    "kernels.md": kernel_table,
    "raw.md": raw_functions,
}


def make(source: Path) -> None:
    """
    Write everything.

    Parameters
    ----------
    source : Path
        The folder of the documentation.
    """
    made, kernels = source / "_made", source / "reference" / "kernels"
    drawings.draw_all(made / "figures")
    for name, fragment in FRAGMENTS.items():
        (made / name).write_text(fragment(), encoding="utf-8")
    for name in sorted(path.stem for path in record.RESULTS.glob("*.json")):
        (made / f"reliability-{name}.md").write_text(record.markdown(record.load(name)), encoding="utf-8")
    for name in drawings.DRAWINGS:
        if not name.startswith("gallery-"):
            alt = str(drawings.DRAWINGS[name].__doc__).removeprefix("Show ")
            (made / f"{name}.md").write_text(figure(name, alt), encoding="utf-8")
    shutil.rmtree(kernels, ignore_errors=True)
    kernels.mkdir(parents=True)
    for tag in _TITLES:
        (kernels / f"{tag}.md").write_text(kernel_page(tag), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the sources before Sphinx looks for them."""
    app.connect("config-inited", lambda app, config: make(Path(app.srcdir)))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
