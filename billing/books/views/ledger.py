"""The books in the console: trial balance, journal, accounts, entries, days."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.books.forms.ledger import AccountForm, JournalForm, SpanForm
from billing.books.queries import closing, sources
from billing.books.views import ledger_words
from billing.ledger.models import Account, LedgerSeal
from billing.ledger.queries import books, trial
from billing.ledger.rules.chart import ACCOUNTS
from billing.ledger.rules.entry_kinds import KINDS
from billing.ledger.services import accounts as chart
from billing.ledger.views import answers
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_GET
@staff_only("ledger.view")
def index(request: Request) -> HttpResponse:
    """Show the trial balance at the end of a day, or over some days, of all or of one branch."""
    form = SpanForm(request.GET)
    read = form.read()
    end = read.get("end") or clock.today()
    start = read.get("start")
    start = min(start, end) if start else None
    context = {
        "form": form,
        "start": start,
        "end": end,
        "branch": form.chosen_branch,
        "trial": trial.trial_balance(start=start, end=end, branch_id=form.chosen_branch),
        "check": _check(),
        "closed_through": closing.closed_through(),
        "tabs": ledger_words.tabs(request),
    }
    return responses.varied(render(request, "billing/books/staff/trial.html", context))


@require_GET
@staff_only("ledger.view")
def journal(request: Request) -> HttpResponse:
    """Show the entries of some days, latest first, by account, kind, customer and branch."""
    form = JournalForm(request.GET, kinds=[(key, _(words)) for key, words in KINDS.items()])
    wanted = _wanted(form)
    found = books.page(wanted, after=request.GET.get("after", ""))
    context = {
        "form": form,
        "wanted": wanted,
        "rows": _rows(found.entries),
        "older": found.older,
        "is_first_page": not request.GET.get("after"),
        "turnover": books.turnover(wanted),
        "export_query": request.GET.urlencode(),
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/journal.html", context)


@require_GET
@staff_only("ledger.view")
def accounts(request: Request) -> HttpResponse:
    """Show the chart of accounts with today's balances."""
    balances = trial.trial_balance(end=clock.today()).balances
    context = {
        "rows": [{"balance": one, "is_own": one.account.code not in ACCOUNTS} for one in balances],
        "may_add": may(request.user, "ledger.edit"),
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/accounts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("ledger.edit")
def add_account(request: Request) -> HttpResponse:
    """Ask for a new account, and add it."""
    form = AccountForm(request.POST or None)
    back = reverse("staff_billing:ledger-accounts")
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            made = chart.add(**form.cleaned_data, act=Act.now(request.user))
            text = _("Account %(account)s is there.") % {"account": made}
            return answers.done(request, text, back=back)
    context = {
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Add account"),
        "heading": _("Add account"),
        "back_url": back,
        "is_possible": True,
        "effects": [_("An account stays for good: it is never removed and keeps its kind.")],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


@require_GET
@staff_only("ledger.view")
def account(request: Request, code: int) -> HttpResponse:
    """Show what moved an account in a span of days, from its opening to its closing balance."""
    found = get_object_or_404(Account, code=code)
    form = SpanForm(request.GET)
    start, end = form.span(today=clock.today(), days=31)
    branch = form.chosen_branch
    after = request.GET.get("after", "")
    before = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    rows = list(
        books.postings(found, start=start, end=end, branch_id=branch, before=before)[
            : books.PER_PAGE + 1
        ]
    )
    shown = rows[: books.PER_PAGE]
    about = sources.of(row.entry for row in shown)
    context = {
        "account": found,
        "form": form,
        "start": start,
        "end": end,
        "branch": branch,
        "rows": [
            {
                "posting": row,
                "kind": row.entry.kind_words,
                "source": about[row.entry_id],
                "url": ledger_words.link(about[row.entry_id]),
            }
            for row in shown
        ],
        "balance": trial.of_account(found, start=start, end=end, branch_id=branch),
        "older": str(shown[-1].entry_id) if len(rows) > books.PER_PAGE else "",
        "is_first_page": before is None,
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/account.html", context)


@require_GET
@staff_only("ledger.view")
def entry(request: Request, pk: int) -> HttpResponse:
    """Show one entry with its postings and the document it came from."""
    found = get_object_or_404(books.entries(), pk=pk)
    source = sources.of([found])[found.pk]
    context = {
        "entry": found,
        "kind": found.kind_words,
        "reversal": books.entries().filter(reverses=found).first(),
        "source": source,
        "source_url": ledger_words.link(source),
        "customer_url": links.address("staff_customers:customer", found.customer.number)
        if found.customer
        else "",
        "seal": LedgerSeal.objects.filter(first_id__lte=found.pk, last_id__gte=found.pk).first(),
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/entry.html", context)


@require_GET
@staff_only("ledger.view")
def days(request: Request) -> HttpResponse:
    """Show what each day came to, by kind of entry, and the seals of the journal."""
    form = SpanForm(request.GET)
    start, end = form.span(today=clock.today(), days=31)
    moves = trial.by_day(start=start, end=end, branch_id=form.chosen_branch)
    kinds = sorted({move.kind for move in moves})
    by_day: dict[Any, dict[str, Any]] = {}
    for move in moves:
        by_day.setdefault(move.on, {})[move.kind] = move.turnover
    context = {
        "form": form,
        "start": start,
        "end": end,
        "kinds": [_(KINDS.get(kind, kind)) for kind in kinds],
        "rows": [
            {"on": on, "amounts": [of.get(kind) for kind in kinds], "total": sum(of.values())}
            for on, of in by_day.items()
        ],
        "closed_through": closing.closed_through(),
        "seals": LedgerSeal.objects.order_by("-pk")[:10],
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/days.html", context)


def _wanted(form: JournalForm) -> books.Wanted:
    start, end = form.span(today=clock.today(), days=31)
    read = form.read()
    return books.Wanted(
        start=start,
        end=end,
        account=read.get("account"),
        kind=read.get("kind", ""),
        customer=read.get("customer", "").strip(),
        branch=read.get("branch"),
    )


def _rows(entries: list[Any]) -> list[dict[str, Any]]:
    about = sources.of(entries)
    return [
        {
            "entry": one,
            "kind": one.kind_words,
            "source": about[one.pk],
            "url": ledger_words.link(about[one.pk]),
            "postings": list(one.postings.all()),
            "turnover": sum(posting.debit for posting in one.postings.all()),
        }
        for one in entries
    ]


def _check() -> dict[str, Any]:
    last = books.last_check()
    return {
        "last": last,
        "ago": ago(last.finished_at) if last is not None and last.finished_at else "",
        "is_sound": last is not None and last.status == last.Status.COMPLETED and not last.failed,
        "is_running": books.running_check() is not None,
        "url": links.address("staff_books:proofs"),
    }


def ago(moment: Any) -> str:
    """Say how long ago a moment was."""
    return formats.duration(clock.now() - min(moment, clock.now()), get_language() or "en")
