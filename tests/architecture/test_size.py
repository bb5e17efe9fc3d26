"""Small enough to be read on one screen: functions, modules, and what the formatter lays out."""

import ast
import io
import re
import textwrap
import tokenize

import pytest

from tests.architecture import test_house
from tests.architecture.test_house import APPS, ROOT, relative

PRODUCT = ("customers", "network", "billing", "payments", "tickets", "resellers", "ispbill")
MOST_IN_A_FUNCTION = 50
MOST_IN_A_MODULE = 300
# Tables: long because there is much to say, not because much is done.
TABLES = {
    "ispbill/core/badges.py": "a word and its colour, one a row",
    "ispbill/notifications/rules/events.py": "the occasions of messages and their placeholders",
    "ispbill/notifications/rules/shipped_bn.py": "the texts of messages",
    "ispbill/notifications/rules/shipped_en.py": "the texts of messages",
    "ispbill/portals/menus.py": "the entries of the menus",
    "ispbill/portals/views/act_words.py": "things and verbs of the trail",
    "ispbill/reports/queries/lists.py": "columns of the tables that leave as files",
    "ispbill/schedule.py": "the timetable, one job an entry",
    "ispbill/settings.py": "what the environment may say, in sections",
    "network/gateways/base.py": "the words routers are spoken to in: errors, rows, desired states",
    "payments/online/gateways/netcash/contract.py": "the words of NetCash's protocol",
}
SKIP = re.compile(r"# fmt: skip\b")


def product():
    return [
        path
        for app in PRODUCT
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and "devtools" not in path.parts
    ]


def long_functions(path):
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [
        f"{relative(path)}:{node.lineno} {node.name}"
        for node in functions
        if node.end_lineno - node.lineno + 1 > MOST_IN_A_FUNCTION
    ]


def lines_of(path):
    return len(path.read_text().splitlines())


def is_data(node, *, inside):
    """Whether a value is written out: literals, constants by name, and texts to translate.

    `inside` a function a lower-case name is a variable, and a call is work.
    """
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return not inside or not name.islower()
        case ast.UnaryOp(operand=one) | ast.Starred(value=one) | ast.Attribute(value=one):
            return is_data(one, inside=inside)
        case ast.Dict(keys=keys, values=values):
            parts = [key for key in keys if key is not None] + values
            return all(is_data(one, inside=inside) for one in parts)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(is_data(one, inside=inside) for one in parts)
        case ast.Call(func=ast.Name(id="_")):
            return True
        case _:
            return not inside


def literal(node):
    """Return the collection that is written out, also when it is then frozen."""
    match node:
        case ast.Call(func=ast.Name(id="frozenset"), args=[one], keywords=[]):
            return literal(one)
        case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
            return node
        case _:
            return None


def skipped_without_a_table(path):
    """Return the lines whose layout is kept by hand though they are no table of data."""
    text = path.read_text()
    if not SKIP.search(text):
        return []
    marked = [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and SKIP.search(token.string)
    ]
    tables = set()

    def look(node, inside):
        for child in ast.iter_child_nodes(node):
            value = literal(getattr(child, "value", None))
            if isinstance(child, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr) and (
                value is not None and is_data(value, inside=inside)
            ):
                tables.add(child.end_lineno)
            look(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef))

    look(ast.parse(text), False)
    return [f"{relative(path)}:{number}" for number in marked if number not in tables]


def test_a_function_fits_on_a_screen():
    assert [found for path in product() for found in long_functions(path)] == []


def test_a_module_is_short_or_a_table():
    long = {relative(path) for path in product() if lines_of(path) > MOST_IN_A_MODULE}

    assert long == set(TABLES)


def test_only_tables_of_data_are_laid_out_by_hand():
    files = [
        path
        for root in (*APPS, "tests")
        for path in sorted((ROOT / root).rglob("*.py"))
        if "migrations" not in path.parts
    ]

    assert [found for path in files for found in skipped_without_a_table(path)] == []


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """A module with what a test of this file has to find."""
    monkeypatch.setattr(test_house, "ROOT", tmp_path)

    def plant(text):
        path = tmp_path / "planted.py"
        path.write_text(text)
        return path

    return plant


def test_a_long_function_would_be_found(planted):
    def of(lines):
        return "def long():\n" + "    work()\n" * (lines - 1)

    assert long_functions(planted(of(MOST_IN_A_FUNCTION))) == []
    assert long_functions(planted(of(MOST_IN_A_FUNCTION + 1))) == ["planted.py:1 long"]
    method = "class Is:\n" + textwrap.indent(of(MOST_IN_A_FUNCTION + 1), "    ")
    assert long_functions(planted(method)) == ["planted.py:2 long"]


@pytest.mark.parametrize(
    "text",
    [
        "ROWS = [\n    (1, 'a'), (2, DAYS[1]),\n]  # fmt: skip\n",
        "NAMES = frozenset({\n    'a', 'b',\n})  # fmt: skip\n",
        "def head():\n    return [\n        _('Day'), _('Amount'),\n    ]  # fmt: skip\n",
        "def rows():\n    return {Kind.FEE: (-1, *MORE)}  # fmt: skip\n",
    ],
)
def test_a_table_may_be_laid_out_by_hand(planted, text):
    assert skipped_without_a_table(planted(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "def show():\n    context = {'rows': rows}  # fmt: skip\n",
        "def show():\n    return [day.name, 'a']  # fmt: skip\n",
        "def show():\n    return ['a', work()]  # fmt: skip\n",
        "FOUND = look(['a', 'b'])  # fmt: skip\n",
        "def show(one, two): return one  # fmt: skip\n",
        "LENGTH = 1  # fmt: skip\n",
    ],
)
def test_other_code_laid_out_by_hand_would_be_found(planted, text):
    (found,) = skipped_without_a_table(planted(text))

    assert found.startswith("planted.py:")
