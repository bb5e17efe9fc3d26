"""Mutants of plain rules: one small thing of one function made wrong, in place, in this process.

A mutant swaps the code of a function for one compiled from a changed syntax tree, so that it bites
wherever the function was imported to. What stands outside functions (tables, constants) is left.
"""

import ast
import copy
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType, ModuleType

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
RECKONED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A change: the module's name, the line, and in words what became what."""

    module: str
    place: int  # the number of the change in the module
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.words}"


class _Changer(ast.NodeTransformer):
    """Counts what can be changed, and changes the one that is wanted."""

    def __init__(self, wanted: int | None) -> None:
        self.wanted, self.count = wanted, 0
        self.found: list[tuple[int, str]] = []
        self.depth = 0

    def _is_it(self, node: ast.AST, words: str) -> bool:
        if not self.depth:
            return False
        place = self.count
        self.count += 1
        self.found.append((getattr(node, "lineno", 0), words))
        return place == self.wanted

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.depth += 1
        node.body = [self.visit(one) for one in node.body]
        self.depth -= 1
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        for number, operator in enumerate(node.ops):
            other = COMPARED[type(operator)]
            if self._is_it(node, f"{type(operator).__name__} → {other.__name__}"):
                node.ops[number] = other()
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        other = RECKONED.get(type(node.op))
        is_text = any(
            isinstance(side, ast.JoinedStr)
            or (isinstance(side, ast.Constant) and isinstance(side.value, str))
            for side in (node.left, node.right)
        )
        if (
            other
            and not is_text
            and self._is_it(node, f"{type(node.op).__name__} → {other.__name__}")
        ):
            node.op = other()
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        if self._is_it(node, "and ↔ or"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not | ast.USub) and self._is_it(node, "not x → x"):
            return node.operand
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, bool):
            if self._is_it(node, f"{node.value} → {not node.value}"):
                return ast.copy_location(ast.Constant(not node.value), node)
        elif isinstance(node.value, int) and self._is_it(node, f"{node.value} → +1"):
            return ast.copy_location(ast.Constant(node.value + 1), node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in SWAPPED:
            other = SWAPPED[node.func.id]
            if self._is_it(node, f"{node.func.id} → {other}"):
                node.func = ast.copy_location(ast.Name(other, ast.Load()), node.func)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if self._is_it(node, "a if … else b → b if … else a"):
            node.body, node.orelse = node.orelse, node.body
        return node


def of(module: ModuleType) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    changer = _Changer(None)
    changer.visit(ast.parse(inspect.getsource(module)))
    return [
        Mutant(module.__name__, place, line, words)
        for place, (line, words) in enumerate(changer.found)
    ]


@contextmanager
def alive(mutant: Mutant, module: ModuleType) -> Iterator[None]:
    """Let the mutant live for a while: every function of the module has its code."""
    tree = _Changer(mutant.place).visit(copy.deepcopy(ast.parse(inspect.getsource(module))))
    ast.fix_missing_locations(tree)
    code = compile(tree, inspect.getfile(module), "exec")
    changed = dict(_codes(code, ""))
    before: list[tuple[FunctionType, CodeType]] = []
    for function in _functions(module):
        new = changed.get(function.__qualname__)
        if new is not None and new.co_freevars == function.__code__.co_freevars:
            before.append((function, function.__code__))
            function.__code__ = new
    try:
        yield
    finally:
        for function, own in before:
            function.__code__ = own


def _codes(code: CodeType, _within: str) -> Iterator[tuple[str, CodeType]]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant.co_qualname, constant
            yield from _codes(constant, constant.co_qualname)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for one in vars(module).values():
        if inspect.isfunction(one) and one.__module__ == module.__name__:
            yield inspect.unwrap(one)
        elif inspect.isclass(one) and one.__module__ == module.__name__:
            for member in vars(one).values():
                plain = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if inspect.isfunction(plain):
                    yield plain
        elif hasattr(one, "__wrapped__") and getattr(one, "__module__", "") == module.__name__:
            yield one.__wrapped__
