"""The role of single backticks in docstrings: a link where the name is documented, else code."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole


class NameRole(XRefRole):
    """A reference to a Python name that may be anything."""

    def process_link(
        self, env: BuildEnvironment, refnode: nodes.Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """Remember where the text stands, so that a class's own attributes are found."""
        refnode["refdomain"], refnode["reftype"] = "py", "obj"
        refnode["py:module"] = env.ref_context.get("py:module")
        refnode["py:class"] = env.ref_context.get("py:class")
        refnode["may_be_missing"] = True
        return title, target


def leave_as_code(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, contnode: nodes.Element
) -> nodes.Element | None:
    """Leave what is no documented name as it is."""
    return contnode if node.get("may_be_missing") else None


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the role `name`."""
    app.add_role("name", NameRole(innernodeclass=nodes.literal), override=True)
    app.connect("missing-reference", leave_as_code, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
