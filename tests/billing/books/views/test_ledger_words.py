"""Every kind of entry the product books has its words."""

import ast
import importlib

from billing.ledger.models import JournalEntry
from billing.ledger.rules.entry_kinds import KINDS
from tests.architecture.test_size import ROOT, product


def test_every_kind_of_entry_that_is_booked_has_words():
    booked = {kind for path in product() for kind in kinds(path)}

    assert {"INVOICE", "CASH_BANKING", "CHARGEBACK", "WRITE_OFF"} <= booked
    assert booked - set(KINDS) == set()


def kinds(path):
    """The kinds a module gives its facts: as they stand there, or by the name of a constant."""
    text = path.read_text()
    if "Fact(" not in text or "services" not in path.parts:
        return
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for call in ast.walk(ast.parse(text)):
        named = isinstance(call, ast.Call) and getattr(
            call.func, "attr", getattr(call.func, "id", "")
        )
        for part in call.keywords if named == "Fact" else ():
            if part.arg == "kind":
                value = part.value
                choices = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
                yield from filter(None, (said(one, module) for one in choices))


def said(one, module):
    if isinstance(one, ast.Constant):
        return one.value
    return getattr(module, one.id, None) if isinstance(one, ast.Name) else None


def test_an_entry_says_in_words_what_it_is_about():
    assert JournalEntry(kind="CREDIT_NOTE").kind_words == "Credit note"
    assert JournalEntry(kind="OF_BEFORE").kind_words == "OF_BEFORE"
