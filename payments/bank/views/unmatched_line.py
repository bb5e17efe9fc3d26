"""/admin/unmatched/<id>/: one line of a statement: whose it may be, and saying what it is."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from billing.allocation.models import Payment, Refund
from billing.receivables.models import DepositMove
from billing.receivables.queries import desk
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.forms.bank import SetAside, Shares
from payments.bank.models import SettlementImport, StatementLine, StatementPart
from payments.bank.queries import unmatched
from payments.bank.services import accepting, linking, matching, setting_aside, undoing
from payments.bank.services.matching import PerhapsRecorded, Share

MOST_SHARES = 20


@require_GET
@vary_on_headers("HX-Request")
@staff_only("bank.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show a line. `?q=` looks for customers, each `?with=` is one who shares it."""
    context = _context(request, _line(pk))
    if responses.is_fragment(request, "line-hits"):
        return render(request, "payments/bank/staff/_line_hits.html", context)
    if responses.is_fragment(request, "line-match"):
        return render(request, "payments/bank/staff/_line_match.html", context)
    return render(request, "payments/bank/staff/unmatched_line.html", context)


@require_POST
@staff_only("bank.edit")
def accept(request: Request, pk: int) -> HttpResponse:
    """Accept a suggestion with one click (`rank`, 1 unless another was chosen)."""
    line = _line(pk)
    rank = request.POST.get("rank", "1")
    suggestion = get_object_or_404(
        line.suggestions.select_related(
            "line__account", "customer", "payment", "payout__bank_account"
        ),
        rank=int(rank) if rank.isascii() and rank.isdigit() and len(rank) < 3 else 0,
    )
    try:
        accepting.accept_suggestion(
            suggestion=suggestion,
            remember=request.POST.get("remember") == "on",
            act=Act.now(request.user),
        )
    except DomainError as refusal:
        return responses.go(request, _address(line), str(refusal), level="error")
    return responses.go(request, _unmatched(), _("Matched."))


@require_POST
@staff_only("bank.edit")
def match(request: Request, pk: int) -> HttpResponse:
    """Make the line payments of the customers given, with an amount each."""
    line = _line(pk)
    form = Shares(request.POST, user=request.user)
    context = _context(request, line) | {"form": form}
    if form.is_valid():
        shares = [Share(customer, amount) for customer, amount in form.shares]
        try:
            matching.match(
                line=line,
                shares=shares,
                remember=form.cleaned_data["remember"],
                is_repeat_confirmed=form.cleaned_data["confirmed"],
                act=Act.now(request.user),
            )
        except PerhapsRecorded as asked:
            context |= {"perhaps": str(asked), "perhaps_payment": asked.payment}
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return responses.go(request, _unmatched(), _("Matched."))
    posted = zip(request.POST.getlist("customer"), request.POST.getlist("amount"), strict=False)
    typed = dict(posted)
    context["shares"] = [
        share | {"amount": typed.get(share["customer"].number, share["amount"])}
        for share in _shares(request, line, list(typed))
    ]
    return render(request, "payments/bank/staff/unmatched_line.html", context, status=422)


@require_POST
@staff_only("bank.edit")
def link(request: Request, pk: int) -> HttpResponse:
    """Say that the line is something that is in the books: `what` and `which`."""
    line = _line(pk)
    which = request.POST.get("which", "")
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 19 else 0
    what = request.POST.get("what", "")
    target: dict[str, Any]
    if what == "payment":
        target = {"payment": get_object_or_404(Payment, pk=number)}
    elif what == "payout":
        payouts = SettlementImport.objects.select_related("bank_account")
        target = {"payout": get_object_or_404(payouts, pk=number)}
    elif what == "refund":
        target = {"refund": get_object_or_404(Refund, pk=number)}
    elif what == "deposit":
        target = {"deposit_move": get_object_or_404(DepositMove, pk=number)}
    elif what == "returned":
        parts = StatementPart.objects.select_related("line__account")
        target = {"paid_back": get_object_or_404(parts, pk=number, kind="RETURNED")}
    else:
        raise Http404
    try:
        linking.link(
            line=line,
            remember=request.POST.get("remember") == "on",
            act=Act.now(request.user),
            **target,
        )
    except DomainError as refusal:
        return responses.go(request, _address(line), str(refusal), level="error")
    return responses.go(request, _unmatched(), _("Linked. Nothing was booked twice."))


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def set_aside(request: Request, pk: int) -> HttpResponse:
    """Say that the line is no customer's money."""
    line = _line(pk)
    kind = "TRANSFER" if line.is_money_in else "CHARGES"
    form = SetAside(request.POST or None, initial={"kind": kind})
    if form.is_valid():
        with responses.refusals_in(form):
            setting_aside.set_aside(
                line=line,
                act=Act.now(request.user, reason=form.cleaned_data.pop("reason")),
                **form.cleaned_data,
            )
            return responses.go(request, _unmatched(), _("Set aside."))
    heading = _("Set %(amount)s aside?") % {"amount": formats.money(line.open_amount)}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Set aside"),
        back=_address(line),
        effects=[_("It is no longer listed as unmatched. It can be undone.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def pay_back(request: Request, pk: int) -> HttpResponse:
    """Book that the money was sent back to whoever it came from."""
    line = _line(pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            setting_aside.pay_back(
                line=line, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.go(request, _unmatched(), _("Booked as paid back."))
    heading = _("Pay %(amount)s back?") % {"amount": formats.money(line.open_amount)}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Pay back"),
        back=_address(line),
        danger=True,
        effects=[
            _("It leaves the bank's account in the books."),
            _("Make the transfer at the bank; link its line when the statement shows it."),
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def undo(request: Request, pk: int, part: int) -> HttpResponse:
    """Undo what the line, or a part of it, had become."""
    line = _line(pk)
    found = get_object_or_404(
        StatementPart.objects.select_related("payment", "customer"), pk=part, line=line
    )
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            undoing.undo(part=found, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return responses.go(request, _address(line), _("Undone. The line is nobody's again."))
    effects = [_("The line is unmatched again.")]
    if found.is_made and found.payment is not None:
        said = _("%(receipt)s is reversed; the customer gets a message with the reason.")
        effects.insert(0, said % {"receipt": found.payment.receipt_number})
    return responses.dialog(
        request,
        form,
        heading=_("Undo this match?"),
        label=_("Undo"),
        back=_address(line),
        effects=effects,
        danger=True,
    )


def _context(request: Request, line: StatementLine) -> dict[str, Any]:
    text = request.GET.get("q", "").strip()[:120]
    chosen = list(dict.fromkeys(request.GET.getlist("with")[:MOST_SHARES]))
    shares = _shares(request, line, chosen)
    hits: list[Customer] = []
    if text:
        hits = desk.find(desk.visible_to(request.user), text, on=clock.today())
    return {
        "line": line,
        "q": text,
        "hits": hits,
        "shares": shares,
        "chosen": [share["customer"].number for share in shares],
        "suggestions": line.suggestions.select_related(
            "customer__area", "customer__account_state", "payment", "payout"
        ).order_by("rank"),
        "linkable": unmatched.linkable(line) if line.is_open else {},
        "parts": line.parts.select_related(
            "customer",
            "payment",
            "refund",
            "deposit_move",
            "payout",
            "account",
            "by",
            "undone_by",
            "returns__line",
        ).order_by("pk"),
        "may_edit": may(request.user, "bank.edit"),
    }


def _shares(request: Request, line: StatementLine, numbers: list[str]) -> list[dict[str, Any]]:
    """Return the customers who share the line with an amount each: what is owed, and for the last
    the rest."""
    visible = directory.visible_to(request.user).select_related("account_state", "area")
    known = {one.number: one for one in visible.filter(number__in=numbers)}
    customers = [known[number] for number in numbers if number in known]
    left, shares = line.open_amount, []
    for place, customer in enumerate(customers, start=1):
        owed = max(customer.account_state.balance_amount, Decimal(0))
        amount = left if place == len(customers) else min(owed, left)
        left -= amount
        others = [one.number for one in customers if one != customer]
        shares.append({"customer": customer, "amount": f"{amount:.2f}", "others": others})
    return shares


def _line(pk: int) -> StatementLine:
    lines = StatementLine.objects.select_related("account__account", "statement")
    return get_object_or_404(lines, pk=pk)


def _address(line: StatementLine) -> str:
    return reverse("staff_payments:unmatched-line", args=[line.pk])


def _unmatched() -> str:
    return reverse("staff_payments:unmatched")
