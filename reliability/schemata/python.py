"""
Mutants of Python sources.

What is changed: arithmetic, comparison and logical operators; conditions (always true, always false); signs and
negations; numbers; statements that are left out, errors that are not raised; what a function returns. What is not:
strings, annotations, decorators.
"""

from __future__ import annotations

import ast

from . import SWITCH, TRACE, Mutant

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISON: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}

NAME = "_mutation"

SWITCHES = f'''"""Which mutant is switched on."""
import os

_met = set()


def on(number):
    if "{TRACE}" in os.environ and number not in _met:
        _met.add(number)
        with open(os.environ["{TRACE}"], "a") as out:
            out.write(f"{{number}}\\\\n")
    return os.environ.get("{SWITCH}") == str(number)
'''.replace("\\\\n", "\\n")


class Schema(ast.NodeTransformer):
    """
    One source, rewritten to hold its mutants.

    Parameters
    ----------
    file : str
        The source, from the root of the repository.
    text : str
        What is in it.
    first : int
        The number of the first mutant.
    """

    def __init__(self, file: str, text: str, first: int) -> None:
        self.file, self.next = file, first
        self.lines = text.splitlines()
        self.mutants: list[Mutant] = []
        self.where: list[str] = []
        tree = self.visit(ast.parse(text))
        begin = 1 if ast.get_docstring(tree) else 0
        while begin < len(tree.body) and getattr(tree.body[begin], "module", "") == "__future__":
            begin += 1
        tree.body.insert(begin, ast.parse(f"from astroapers import {NAME}").body[0])
        self.written = ast.unparse(ast.fix_missing_locations(tree)) + "\n"

    def offer(self, node: ast.AST, change: str) -> ast.expr:
        """
        Give a number to a mutant.

        Parameters
        ----------
        node : AST
            Its place.
        change : str
            What it does.

        Returns
        -------
        expr
            The question whether it is switched on.
        """
        line = node.lineno  # type: ignore[attr-defined]
        self.mutants.append(
            Mutant(self.next, self.file, line, ".".join(self.where), self.lines[line - 1].strip(), change)
        )
        self.next += 1
        return ast.parse(f"{NAME}.on({self.next - 1})", mode="eval").body

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.where.append(node.name)
        node.body = self.statements(node.body)
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        self.where.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.where.append(node.name)
        node.body = self.statements(node.body)
        self.where.pop()
        return node

    def statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            out.extend(new if isinstance(new, list) else [new])
        return out

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def left_out(self, node: ast.stmt, change: str) -> ast.AST:
        """
        Leave a statement out.

        Parameters
        ----------
        node : stmt
            The statement.
        change : str
            What it is called.

        Returns
        -------
        AST
            The statement, unless the mutant is on.
        """
        question = self.offer(node, change)
        new = self.generic_visit(node)
        assert isinstance(new, ast.stmt)
        return ast.If(ast.UnaryOp(ast.Not(), question), [new], [])

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return self.left_out(node, "does not raise")

    def visit_Continue(self, node: ast.Continue) -> ast.AST:
        return self.left_out(node, "without continue")

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Call):
            return self.left_out(node, f"without {_short(node.value)}")
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
            return node
        question = self.offer(node, f"returns None for {_short(node.value)}")
        node.value = ast.IfExp(question, ast.Constant(None), self.visit(node.value))
        return node

    def tested(self, test: ast.expr) -> ast.expr:
        """
        Make a condition hold always, or never.

        Parameters
        ----------
        test : expr
            The condition.

        Returns
        -------
        expr
            The same, with two mutants.
        """
        always, never = self.offer(test, f"{_short(test)} -> true"), self.offer(test, f"{_short(test)} -> false")
        new = self.visit(test)
        # The condition comes first: it may assign.
        return ast.BoolOp(ast.And(), [ast.BoolOp(ast.Or(), [new, always]), ast.UnaryOp(ast.Not(), never)])

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self.tested(node.test)
        node.body, node.orelse = self.statements(node.body), self.statements(node.orelse)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.test = self.tested(node.test)
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        other = ARITHMETIC.get(type(node.op))
        if other is None or (
            isinstance(node.left, (ast.JoinedStr, ast.Constant)) and isinstance(getattr(node.left, "value", ""), str)
        ):
            return self.generic_visit(node)
        question = self.offer(node, f"{_short(node)} -> {_symbol(other())}")
        left, right = self.visit(node.left), self.visit(node.right)
        return ast.IfExp(question, ast.BinOp(left, other(), right), ast.BinOp(left, node.op, right))

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if len(node.ops) != 1:
            return self.generic_visit(node)
        other = COMPARISON[type(node.ops[0])]
        question = self.offer(node, f"{_short(node)} -> {other.__name__}")
        left, right = self.visit(node.left), self.visit(node.comparators[0])
        same = ast.Compare(left, node.ops, [right])
        if any(isinstance(part, ast.NamedExpr) for part in ast.walk(node)):
            return ast.IfExp(question, ast.Compare(left, [other()], [right]), same)
        return ast.IfExp(question, ast.Compare(left, [other()], [right]), same)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        name = "or" if isinstance(node.op, ast.And) else "and"
        question = self.offer(node, f"{_short(node)} -> {name}")
        values = [self.visit(value) for value in node.values]
        return ast.IfExp(
            question,
            ast.BoolOp(ast.Or() if name == "or" else ast.And(), values),
            ast.BoolOp(node.op, values),
        )

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if not isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
            return self.generic_visit(node)
        question = self.offer(node, f"{_short(node)} -> without {_symbol(node.op)}")
        value = self.visit(node.operand)
        return ast.IfExp(question, value, ast.UnaryOp(node.op, value))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            other: float = not node.value
        elif isinstance(node.value, int):
            other = node.value + 1
        elif isinstance(node.value, float):
            other = 1.5 * node.value if node.value else 1.0
        else:
            return node
        return ast.IfExp(
            self.offer(node, f"{node.value!r} -> {other!r}"), ast.Constant(other), ast.Constant(node.value)
        )

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_match_case(self, node: ast.match_case) -> ast.AST:
        node.body = self.statements(node.body)
        return node


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _symbol(operator: ast.AST) -> str:
    return type(operator).__name__
