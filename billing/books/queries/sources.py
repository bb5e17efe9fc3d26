"""What an entry in the books is about: the document's number, and the page that shows it.

Billing knows its own documents. An upper app says how its own are found by registering, as it does
for papers, so that the journal can lead to a receipt without knowing payments.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from billing.invoices.models import CreditNote, Invoice
from billing.ledger.models import JournalEntry, Recognition


@dataclass(frozen=True)
class Source:
    """A business document: how people call it, and its page (URL name and argument)."""

    label: str
    url_name: str = ""
    argument: str = ""


Finder = Callable[[Sequence[int]], Mapping[int, Source]]
_finders: dict[str, Finder] = {}


def register(source_type: str, finder: Finder) -> None:
    """Let an app say what its entries are about: ids in, a source for each id that was found."""
    _finders[source_type] = finder


def of(entries: Iterable[JournalEntry]) -> dict[int, Source]:
    """Return what each entry (by id) is about; one query a kind of document."""
    rows = list(entries)
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.source_type, set()).add(row.source_id)
    found = {
        source_type: _finders[source_type](sorted(ids)) if source_type in _finders else {}
        for source_type, ids in wanted.items()
    }
    return {
        row.pk: found[row.source_type].get(row.source_id)
        or Source(label=f"{row.source_type} {row.source_id}")
        for row in rows
    }


def invoices(ids: Sequence[int]) -> dict[int, Source]:
    """Find invoices by id."""
    return {
        pk: Source(number or f"draft {pk}", "staff_billing:invoice" if number else "", number or "")
        for pk, number in Invoice.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def credit_notes(ids: Sequence[int]) -> dict[int, Source]:
    """Find credit notes and write-offs by id."""
    return {
        pk: Source(number, "staff_billing:credit-note", number)
        for pk, number in CreditNote.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def recognitions(ids: Sequence[int]) -> dict[int, Source]:
    """Find nights' recognitions of revenue by id."""
    return {
        pk: Source(as_of.isoformat(), "staff_billing:deferred")
        for pk, as_of in Recognition.objects.filter(pk__in=ids).values_list("pk", "as_of")
    }


register("invoice", invoices)
register("credit_note", credit_notes)
register("recognition", recognitions)
