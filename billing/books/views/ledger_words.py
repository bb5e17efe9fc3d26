"""The books in words: kinds of entries, the pages of the books, the checklist of a closing."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.books.queries.closing import Item
from billing.books.queries.sources import Source
from customers.views import links
from ispbill.accounts.access import may
from ispbill.accounts.http import Request

# The pages of the books: URL name, words. Those of upper apps are left out where they are missing.
_PAGES = (
    ("staff_billing:ledger", _("Trial balance")),
    ("staff_billing:journal", _("Journal")),
    ("staff_billing:ledger-accounts", _("Accounts")),
    ("staff_billing:ledger-days", _("Days")),
    ("staff_billing:closing", _("Closing")),
    ("staff_billing:deferred", _("Deferred revenue")),
    ("staff_billing:tax-report", _("Tax report")),
    ("staff_billing:books-export", _("Export")),
    ("staff_books:proofs", _("Proofs")),
    ("staff_books:coverage", _("Uncovered days")),
    ("staff_books:findings", _("Revenue leaks")),
)

_ITEMS: dict[str, tuple[str | Promise, str, str]] = {  # words, page that helps, job that does it
    "over": (_("The month is over"), "", ""),
    "balanced": (_("Every entry is balanced"), "", "check_ledger"),
    "sealed": (_("Every entry is sealed"), "", "seal_ledger"),
    "runs": (_("No billing run is unfinished"), "staff_billing:runs", ""),
    "recognised": (_("Deferred revenue is recognised"), "staff_billing:deferred",
                   "recognise_revenue"),
    "proven": (_("The latest proof of the books found nothing"), "staff_books:proofs",
               "check_ledger"),
    "allocated": (_("All money received is applied to open bills"), "staff_payments:index",
                  "allocate-credit"),
    "drafts": (_("No invoice is a draft"), "staff_billing:invoices", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Check:
    """A line of the checklist as shown."""

    item: Item
    label: str
    url: str
    run_url: str


def link(source: Source) -> str:
    """Return the address of a document's page, or "" while there is none."""
    if not source.url_name:
        return ""
    return links.address(source.url_name, *([source.argument] if source.argument else []))


def tabs(request: Request) -> list[dict[str, object]]:
    """Return the pages of the books, the present one marked."""
    found = []
    for name, label in _PAGES:
        url = links.address(name)
        if url:
            found.append({"label": label, "url": url, "current": request.path == url})
    return found


def checks(request: Request, items: list[Item]) -> list[Check]:
    """Return the checklist with the page or the job that helps with what is not done."""
    may_run = may(request.user, "jobs.run")
    shown = []
    for item in items:
        label, page, job = _ITEMS[item.key]
        run_url = reverse("staff_audit:run-now", args=[job]) if job and may_run else ""
        shown.append(Check(item, str(label), links.address(page) if page else "", run_url))
    return shown
