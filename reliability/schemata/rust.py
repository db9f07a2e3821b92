"""
Mutants of Rust sources.

What is changed: arithmetic, comparison and logical operators; conditions (always true, always false); signs and
negations; numbers, and named constants where they are used; `min`, `max`, `floor`, `ceil`, `abs`, `clamp` and
comparisons of vectors; statements that are left out; arms of a `match`; what a function returns. What is not: macros
(`dispatch!`, assertions), constant functions, patterns, and everything that is compiled for tests alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from typing import TYPE_CHECKING

from . import SWITCH, TRACE, Mutant

if TYPE_CHECKING:
    from tree_sitter import Node

ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "/", "<<": ">>", ">>": "<<", "&": "|", "|": "&"}
COMPARISON: dict[str, str | None] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": None, "!=": None}
ASSIGNMENT = {"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "&=": "|=", "|=": "&="}
METHOD = {
    "min": "max",
    "max": "min",
    "simd_lt": "simd_le",
    "simd_le": "simd_lt",
    "simd_gt": "simd_ge",
    "simd_ge": "simd_gt",
}
METHOD_OF_NOTHING = {"floor": "ceil", "ceil": "floor", "round": "floor"}
LEFT_OUT = ("abs", "half", "clamp")
QUANTIFIER = {"any": "all", "all": "any"}
RETURNED = {"f64": ["0.0"], "usize": ["0"], "i64": ["0"], "bool": ["true", "false"], "": ["()"]}

SMALL = 1e-3
"""A constant below this is a tolerance: it is set to 0; others are taken half as large again."""

NOT_CODE = {
    "macro_invocation",
    "macro_definition",
    "attribute_item",
    "inner_attribute_item",
    "const_item",
    "static_item",
    "array_type",
    "type_arguments",
    "const_block",
    "token_tree",
    "use_declaration",
    "struct_item",
    "enum_item",
    "type_parameters",
    "parameters",
    "tuple_struct_pattern",
    "struct_pattern",
    "or_pattern",
    "range_pattern",
    "slice_pattern",
    "tuple_pattern",
    "line_comment",
    "block_comment",
    "string_literal",
    "where_clause",
    "scoped_type_identifier",
    "generic_type",
    "reference_type",
    "let_condition_pattern",
}

SWITCHES = f"""//! Which mutant is switched on.
use std::io::Write;
use std::sync::atomic::{{AtomicU32, AtomicU8, Ordering::Relaxed}};

const UNKNOWN: u32 = u32::MAX;
const TRACED: u32 = u32::MAX - 1;
static ACTIVE: AtomicU32 = AtomicU32::new(UNKNOWN);
static MET: [AtomicU8; 1 << 16] = [const {{ AtomicU8::new(0) }}; 1 << 16];

/// Whether this one is.
#[inline(always)]
pub(crate) fn on(number: u32) -> bool {{
    let active = ACTIVE.load(Relaxed);
    if active >= TRACED {{ unlikely(active, number) }} else {{ active == number }}
}}

#[cold]
#[inline(never)]
fn unlikely(active: u32, number: u32) -> bool {{
    if active == UNKNOWN {{
        let chosen = std::env::var("{SWITCH}").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
        ACTIVE.store(if std::env::var_os("{TRACE}").is_some() {{ TRACED }} else {{ chosen }}, Relaxed);
        return on(number);
    }}
    if MET[number as usize].swap(1, Relaxed) == 0 {{
        let path = std::env::var_os("{TRACE}").expect("it was there");
        let mut file = std::fs::File::options().append(true).create(true).open(path).expect("it can be written");
        file.write_all(format!("{{number}}\\n").as_bytes()).expect("it can be written");
    }}
    false
}}
"""


Place = tuple[str, int, str]
"""File, byte and change: what names a mutant before it has a number."""


class Schema:
    """
    One source, rewritten to hold its mutants.

    Parameters
    ----------
    file : str
        The source, from the root of the repository.
    text : bytes
        What is in it.
    first : int
        The number of the first mutant.
    left_out : set of tuple
        Keys and places of mutants that the compiler refused.
    """

    def __init__(self, file: str, text: bytes, first: int, left_out: Set[Place] = frozenset()) -> None:
        import tree_sitter
        import tree_sitter_rust

        self.file, self.source, self.next, self.left_out = file, text, first, left_out
        self.lines = text.decode().splitlines()
        self.mutants: list[Mutant] = []
        self.unviable: list[Place] = []
        self.places: dict[int, Place] = {}
        self.rendered: dict[int, str] = {}
        self.where: list[str] = []
        root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language())).parse(text).root_node
        self.constants = {
            _text(child.child_by_field_name("name")): (
                _text(child.child_by_field_name("type")),
                _text(child.child_by_field_name("value")),
            )
            for child in root.children
            if child.type == "const_item"
        }
        self.written = self.render(root)

    def render(self, node: Node) -> str:
        """
        Write a part of the source with its mutants.

        Parameters
        ----------
        node : Node
            The part.

        Returns
        -------
        str
            Its new text.
        """
        if not self.is_code(node):
            return _text(node)
        named = self.name_of(node)
        if named:
            self.where.append(named)
        position, tested = node.start_byte, False
        pieces: list[str] = []
        for child in node.children:
            pieces.append(self.source[position : child.start_byte].decode())
            raw = tested or (node.type == "match_pattern" and child != node.child_by_field_name("condition"))
            own = _text(child) if raw else self.render(child)
            tested = child.type == "attribute_item" and "cfg(test)" in _text(child)
            self.rendered[child.id] = own
            pieces.append(own)
            position = child.end_byte
        pieces.append(self.source[position : node.end_byte].decode())
        own = "".join(pieces)
        handler: Callable[[Node, str], str] | None = getattr(self, f"of_{node.type}", None)
        own = handler(node, own) if handler else own
        if named:
            self.where.pop()
        return own

    def is_code(self, node: Node) -> bool:
        if node.type in NOT_CODE or (node.type.endswith("_pattern") and node.type != "match_pattern"):
            return False
        if node.type == "function_item":
            modifiers = [_text(child) for child in node.children if child.type == "function_modifiers"]
            return not any("const" in words for words in modifiers)
        return True

    @staticmethod
    def name_of(node: Node) -> str | None:
        if node.type == "function_item":
            return _text(node.child_by_field_name("name"))
        if node.type == "impl_item":
            return re.sub(r"<.*", "", _text(node.child_by_field_name("type")))
        return None

    # ------------------------------------------------------------------------------------------ a site and its mutants

    def offer(self, node: Node, changes: list[str]) -> Iterator[tuple[int, str]]:
        """
        Give numbers to the mutants of one place.

        Parameters
        ----------
        node : Node
            The place.
        changes : list of str
            What each does.

        Yields
        ------
        int
            The number.
        str
            The change.
        """
        line = node.start_point[0]
        for change in changes:
            place = (self.file, node.start_byte, change)
            if place in self.left_out:
                self.unviable.append(place)
                continue
            name = "::".join(self.where)
            self.mutants.append(Mutant(self.next, self.file, line + 1, name, self.lines[line].strip(), change))
            self.places[self.next] = place
            self.next += 1
            yield self.next - 1, change

    @staticmethod
    def site(numbers: list[int], text: str) -> str:
        """
        Mark a rewritten place, so that an error of the compiler leads back to it.

        Parameters
        ----------
        numbers : list of int
            Its mutants.
        text : str
            What it became.

        Returns
        -------
        str
            The text between marks.
        """
        marks = ",".join(map(str, numbers))
        return f"/*[{marks}*/{text}/*]*/" if numbers else text

    def child(self, node: Node, field: str) -> str:
        found = node.child_by_field_name(field)
        assert found is not None
        return self.rendered[found.id]

    # --------------------------------------------------------------------------------------------------- kinds of nodes

    def of_binary_expression(self, node: Node, text: str) -> str:
        operator = _text(node.child_by_field_name("operator"))
        left, right = self.child(node, "left"), self.child(node, "right")
        if operator in ARITHMETIC:
            return self.arithmetic(node, operator, ARITHMETIC[operator], left, right)
        if operator in COMPARISON:
            return self.comparison(node, operator, left, right)
        if operator in ("&&", "||") and not any(_lets(child) for child in node.children):
            return self.logical(node, operator, left, right)
        return text

    def arithmetic(self, node: Node, operator: str, other: str, left: str, right: str) -> str:
        numbers = list(self.offer(node, [f"{operator} -> {other}"]))
        if not numbers:
            return f"({left} {operator} {right})"
        n = numbers[0][0]
        arm = f"if crate::mutation::on({n}) {{ l {other} r }} else {{ l {operator} r }}"
        return self.site([n], f"(match ({left}, {right}) {{ (l, r) => {arm} }})")

    def comparison(self, node: Node, operator: str, left: str, right: str) -> str:
        boundary = COMPARISON[operator]
        changes = [f"{operator} -> {boundary}"] if boundary else []
        looping = node.parent is not None and _in_condition_of_while(node)
        changes += [f"{_short(node)} -> false"] if looping else [f"{_short(node)} -> true", f"{_short(node)} -> false"]
        numbers = list(self.offer(node, changes))
        if not numbers:
            return f"({left} {operator} {right})"
        choice = ""
        for n, change in numbers:
            value = change.rpartition(" -> ")[2]
            choice += (
                f"if crate::mutation::on({n}) {{ {value if value in ('true', 'false') else f'*l {value} *r'} }} else "
            )
        body = f"(match (&({left}), &({right})) {{ (l, r) => {choice}{{ *l {operator} *r }} }})"
        return self.site([n for n, _ in numbers], body)

    def logical(self, node: Node, operator: str, left: str, right: str) -> str:
        other = "||" if operator == "&&" else "&&"
        numbers = list(self.offer(node, [f"{operator} -> {other}"]))
        if not numbers:
            return f"(({left}) {operator} ({right}))"
        n = numbers[0][0]
        flip = f"crate::mutation::on({n})"
        # a || b is !(!a && !b): so the right side is looked at when it would be.
        return self.site([n], f"(((({left}) != {flip}) {operator} (({right}) != {flip})) != {flip})")

    def of_compound_assignment_expr(self, node: Node, text: str) -> str:
        operator = _text(node.child_by_field_name("operator"))
        if operator not in ASSIGNMENT:
            return text
        left, right = self.child(node, "left"), self.child(node, "right")
        other = ASSIGNMENT[operator]
        numbers = list(self.offer(node, [f"{operator} -> {other}"]))
        if not numbers:
            return text
        n = numbers[0][0]
        return self.site(
            [n], f"{{ if crate::mutation::on({n}) {{ {left} {other} {right} }} else {{ {left} {operator} {right} }} }}"
        )

    def of_unary_expression(self, node: Node, text: str) -> str:
        operator, operand = node.children[0].type, self.rendered[node.children[1].id]
        if operator not in ("-", "!"):
            return text
        numbers = list(self.offer(node, [f"{_short(node)} -> without {operator}"]))
        if not numbers:
            return text
        n = numbers[0][0]
        return self.site(
            [n], f"(match {operand} {{ v => if crate::mutation::on({n}) {{ v }} else {{ {operator}v }} }})"
        )

    def of_integer_literal(self, node: Node, text: str) -> str:
        parent = node.parent
        if parent is None or parent.type in ("field_expression", "field_initializer"):
            return text
        if parent.type == "array_expression" and parent.child_by_field_name("length") == node:
            return text
        if re.search(r"f(32|64)$", text):
            return self.number(node, text, f"({text} + 1.0)")
        if parent.type == "unary_expression":
            return text
        return self.number(node, text, f"{text} + 1")

    def of_float_literal(self, node: Node, text: str) -> str:
        value = float(re.sub(r"_?f(32|64)$", "", text).replace("_", ""))
        if value == 0.0:
            return self.number(node, text, "1.0")
        return self.number(node, text, "0.0" if value < SMALL else f"(1.5 * {text})")

    def number(self, node: Node, text: str, other: str) -> str:
        numbers = list(self.offer(node, [f"{text} -> {other.strip('()')}"]))
        if not numbers:
            return text
        n = numbers[0][0]
        return self.site([n], f"(if crate::mutation::on({n}) {{ {other} }} else {{ {text} }})")

    def of_field_expression(self, node: Node, text: str) -> str:
        return self.condition(node, text)

    def of_identifier(self, node: Node, text: str) -> str:
        text = self.condition(node, text)
        if text not in self.constants or node.parent is None or node.parent.type in ("scoped_identifier", "const_item"):
            return text
        if node.parent.type == "array_expression" and node.parent.child_by_field_name("length") == node:
            return text
        kind, value = self.constants[text]
        if kind == "f64":
            try:
                small = float(value.replace("_", "")) < SMALL
            except ValueError:
                small = False
            return self.number(node, text, "0.0" if small else f"(1.5 * {text})")
        if kind in ("usize", "i64", "u32", "i32"):
            return self.number(node, text, f"({text} + 1)")
        return text

    def of_call_expression(self, node: Node, text: str) -> str:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        if function is None or arguments is None or function.type != "field_expression":
            return self.condition(node, text)
        method = _text(function.child_by_field_name("field"))
        receiver = function.child_by_field_name("value")
        assert receiver is not None
        value = self.rendered[receiver.id]
        given = [child for child in arguments.named_children if "comment" not in child.type]
        shown = [self.rendered[child.id] for child in given]
        if method in METHOD and len(given) == 1:
            return self.method(node, method, METHOD[method], value, shown[0])
        if method in METHOD_OF_NOTHING and not given:
            other = METHOD_OF_NOTHING[method]
            return self.choice(node, value, f".{method} -> .{other}", f"v.{other}()", f"v.{method}()")
        if method in LEFT_OUT:
            return self.choice(node, value, f"without .{method}", "v", f"v.{method}({', '.join(shown)})")
        if method in QUANTIFIER and len(given) == 1:
            numbers = list(self.offer(node, [f".{method} -> .{QUANTIFIER[method]}"]))
            if numbers:
                n = numbers[0][0]
                other = f"{value}.{QUANTIFIER[method]}({shown[0]})"
                return self.site([n], f"(if crate::mutation::on({n}) {{ {other} }} else {{ {text} }})")
        return self.condition(node, text)

    def method(self, node: Node, method: str, other: str, value: str, argument: str) -> str:
        numbers = list(self.offer(node, [f".{method} -> .{other}"]))
        if not numbers:
            return f"{value}.{method}({argument})"
        n = numbers[0][0]
        arms = f"if crate::mutation::on({n}) {{ l.{other}(r) }} else {{ l.{method}(r) }}"
        return self.site([n], f"(match ({value}, {argument}) {{ (l, r) => {arms} }})")

    def choice(self, node: Node, value: str, change: str, other: str, original: str) -> str:
        numbers = list(self.offer(node, [change]))
        if not numbers:
            return f"(match {value} {{ v => {original} }})"
        n = numbers[0][0]
        return self.site(
            [n], f"(match {value} {{ v => if crate::mutation::on({n}) {{ {other} }} else {{ {original} }} }})"
        )

    def condition(self, node: Node, text: str) -> str:
        parent = node.parent
        if parent is None or parent.type != "if_expression" or parent.child_by_field_name("condition") != node:
            return text
        return self.truth(node, text)

    def truth(self, node: Node, text: str) -> str:
        numbers = list(self.offer(node, [f"{_short(node)} -> true", f"{_short(node)} -> false"]))
        for n, change in numbers:
            text = (
                f"(crate::mutation::on({n}) || {text})"
                if change.endswith("true")
                else f"(!crate::mutation::on({n}) && {text})"
            )
        return self.site([n for n, _ in numbers], text)

    def of_expression_statement(self, node: Node, text: str) -> str:
        if not text.rstrip().endswith(";"):
            return text
        inner = node.named_children[0].type
        if inner == "try_expression":
            inner = node.named_children[0].named_children[0].type
        if inner not in (
            "call_expression",
            "assignment_expression",
            "continue_expression",
            "break_expression",
            "return_expression",
        ):
            return text
        if node.parent is not None and node.parent.parent is not None and node.parent.parent.type == "let_declaration":
            return text  # the block after `else` has to leave
        numbers = list(self.offer(node, [f"without {_short(node)}"]))
        if not numbers:
            return text
        n = numbers[0][0]
        return self.site([n], f"if !crate::mutation::on({n}) {{ {text} }}")

    def of_match_arm(self, node: Node, text: str) -> str:
        block = node.parent
        pattern = node.child_by_field_name("pattern")
        if block is None or pattern is None or _text(pattern) == "_":
            return text
        others = [_text(arm.child_by_field_name("pattern")) for arm in block.named_children if arm.type == "match_arm"]
        if "_" not in others:
            return text
        numbers = list(self.offer(node, [f"without the arm {_short(pattern)}"]))
        if not numbers:
            return text
        n = numbers[0][0]
        shown = self.rendered[pattern.id]
        guard = f" && !crate::mutation::on({n})" if " if " in _text(pattern) else f" if !crate::mutation::on({n})"
        return text.replace(shown, f"{shown} /*[{n}*/{guard}/*]*/", 1)

    def of_match_pattern(self, node: Node, text: str) -> str:
        condition = node.child_by_field_name("condition")
        if condition is None:
            return _text(node)
        start = self.source[node.start_byte : condition.start_byte].decode()
        return f"{start}({self.rendered[condition.id]})" if not _lets(condition) else _text(node)

    def of_function_item(self, node: Node, text: str) -> str:
        body = node.child_by_field_name("body")
        returned = node.child_by_field_name("return_type")
        kind = _text(returned) if returned else ""
        values = ["None"] if kind.startswith("Option<") else RETURNED.get(kind, [])
        if body is None or not values:
            return text
        numbers = list(
            self.offer(node, [f"{_text(node.child_by_field_name('name'))} returns {value}" for value in values])
        )
        early = "".join(
            f"/*[{n}*/if crate::mutation::on({n}) {{ return {change.rpartition(' ')[2]}; }}/*]*/ "
            for n, change in numbers
        )
        shown = self.rendered[body.id]
        return text.replace(shown, "{ " + early + shown[1:], 1)


def _text(node: Node | None) -> str:
    return "" if node is None or node.text is None else node.text.decode()


def _short(node: Node) -> str:
    text = " ".join(_text(node).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _lets(node: Node) -> bool:
    return node.type in ("let_condition", "let_chain") or any(_lets(child) for child in node.children)


def _in_condition_of_while(node: Node) -> bool:
    current = node
    while current.parent is not None:
        parent = current.parent
        if parent.type == "while_expression":
            return bool(parent.child_by_field_name("condition") == current)
        if parent.type in ("block", "function_item", "closure_expression"):
            return False
        current = parent
    return False
