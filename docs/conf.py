"""How the documentation is built; see the target ``docs`` of the Makefile."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import inventories  # noqa: E402

import astroapers  # noqa: E402

project = "astroapers"
author = "The astroapers developers"
copyright = author
version = release = astroapers.__version__
language = "en-GB"
highlight_language = "none"  # what names no language is no Python

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx_copybutton",
    "sphinx_design",
    "made",
    "mathml",
    "names",
]
exclude_patterns = ["_build", "_ext", "_made", "**.ipynb_checkpoints"]
templates_path = ["_templates"]
nitpicky = True  # a link to nothing is a warning, and the build stops at warnings
default_role = "name"
add_module_names = False
toc_object_entries_show_parents = "hide"

# ---------------------------------------------------------------- notebooks and formulae

myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
nb_execution_mode = "cache"  # executed again when a notebook changes; `make docs` begins with an empty cache
nb_execution_cache_path = str(HERE / "_build" / "notebooks")
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type"]
html_math_renderer = "mathml"

# ---------------------------------------------------------------- reference

autosummary_generate = True
autodoc_typehints = "none"  # the sections "Parameters" name types, with shapes and units
autodoc_default_options = {"no-value": True, "member-order": "bysource"}
numpydoc_show_class_members = False
numpydoc_xref_param_type = True
numpydoc_xref_aliases = {
    **{name: f":class:`{name}`" for name in ("bool", "dict", "float", "int", "list", "slice", "str", "tuple")},
    "array_like": ":term:`numpy:array_like`",
    "ndarray": "numpy.ndarray",
    "Patch": "matplotlib.patches.Patch",
    "Axes": "matplotlib.axes.Axes",
    "BoundingBox": "astroapers.BoundingBox",
    "OverlapSlices": "astroapers.OverlapSlices",
    "PathAp": "astroapers.PathAp",
    "PixelAp": "astroapers.PixelAp",
    "Photometry": "astroapers.Photometry",
    "Magnitudes": "astroapers.Magnitudes",
    "ParallelThresholdCalibration": "astroapers.ParallelThresholdCalibration",
    "callable": ":term:`python:callable`",
    "sequence": ":term:`python:sequence`",
    "iterable": ":term:`python:iterable`",
}
numpydoc_xref_ignore = "all"  # link the words above, and no other word of a description
intersphinx_mapping = inventories.mapping(HERE / "_made" / "inventories")

# ---------------------------------------------------------------- pages

html_theme = "pydata_sphinx_theme"
html_title = f"astroapers {version}"
html_static_path = ["_static"]
html_css_files = ["astroapers.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "astroapers"},
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "show_nav_level": 1,
    "navigation_with_keys": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"changelog": [], "gallery": [], "mathematics": [], "differences": [], "migrating": []}
