"""Money nobody is known to have paid, as items of the inbox: whose it may be, and saying so."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing.receivables.queries import desk
from customers.models import Customer
from customers.queries import directory, urgency
from customers.views import inbox_words
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.inbox.queries.sources import (
    Change,
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decided_words,
)
from payments.bank.forms.bank import SetAside
from payments.bank.models import StatementLine, StatementPart, StatementSuggestion
from payments.bank.queries import unmatched
from payments.bank.services import accepting, matching, setting_aside
from payments.bank.services.matching import PerhapsRecorded, Share

_NOON = time(12)


class NobodyChosen(DomainError):
    """The line was to be accepted for nobody."""


@dataclass(frozen=True)
class Choice:
    """Whom the money may be of: a suggestion by its rank, or a customer somebody looked up."""

    value: str  # "rank:1", or "CT-2026-00012"
    suggestion: StatementSuggestion | None = None
    customer: Customer | None = None

    @property
    def name(self) -> str:
        if self.customer is not None:
            return self.customer.name
        if self.owner:
            return self.owner
        payout = self.suggestion.payout if self.suggestion is not None else None
        return f"{payout.get_provider_display()} {payout.reference}" if payout is not None else ""

    @property
    def owner(self) -> str:
        """Return who it is of that is no customer: a reseller; "" for customers and payouts."""
        return self.suggestion.owner_label if self.suggestion is not None else ""

    @property
    def owes(self) -> bool:
        return self.customer is not None and self.customer.account_state.balance_amount > 0

    @property
    def balance(self) -> str:
        """Say the customer's balance as staff read it."""
        return _balance(self.customer.account_state.balance_amount) if self.customer else ""

    @property
    def is_new(self) -> bool:
        """Tell whether a payment is made of the line; else it is in the books already."""
        one = self.suggestion
        return one is None or (one.payment_id is None and one.payout_id is None)

    @property
    def missing(self) -> list[str]:
        """Say what does not speak for a suggestion."""
        if self.suggestion is None or self.suggestion.customer_id is None:
            return []
        codes = {reason[0] for reason in self.suggestion.reasons}
        said = []
        if not codes & {"AMOUNT", "DAY"}:
            said.append(_("Owes another amount"))
        if not codes & {"NUMBER", "INVOICE", "REFERENCE"}:
            said.append(_("No customer number in the text"))
        return said


def _waiting(_user: User, _at: datetime) -> QuerySet[StatementLine]:
    return unmatched.waiting()


def _listed(found: QuerySet[StatementLine], at: datetime) -> QuerySet[StatementLine]:
    suggestions = StatementSuggestion.objects.select_related(
        "customer__account_state", "customer__area", "payment", "payout"
    ).order_by("rank")
    first = StatementSuggestion.objects.filter(line=OuterRef("pk"), rank=1)
    return urgency.ranked(
        found.select_related("account").annotate(likely=Subquery(first.values("customer")[:1])),
        at=at,
        since="booked_on",
        customer="likely",
    ).prefetch_related(Prefetch("suggestions", suggestions))


def _line(row: Any) -> Line:
    payer = row.counterparty or row.description or row.reference
    return Line(
        what=", ".join(filter(None, (row.account.get_method_display(), payer))),
        why=inbox_words.about(_likely(row), inbox_words.cost(row)),
        since=datetime.combine(row.booked_on, _NOON, tzinfo=clock.zone()),
        amount=row.open_amount,
        urgency=row.urgency,
    )


def _likely(row: Any) -> str:
    first = next(iter(row.suggestions.all()), None)
    if first is None:
        return _("No suggestion")
    if first.owner_key:
        return _("Likely %(name)s") % {"name": first.owner_label}
    if first.customer is None:
        return _("Likely a payout")
    return _("Likely %(name)s") % {"name": first.customer.name}


def _detail(request: Request, row: Any) -> Detail:
    choices = _choices(request, row)
    chosen = _chosen(request, choices)
    text = request.GET.get("q", "").strip()[:120]
    hits = desk.find(desk.visible_to(request.user), text, on=clock.today()) if text else []
    found = [Choice(hit.number, customer=hit) for hit in hits]
    amount = formats.money(row.open_amount)
    day = formats.day(row.booked_on, get_language() or "en")
    payer = " ".join(filter(None, (row.counterparty, row.payer_mask)))
    return Detail(
        question=_("Whose is this %(amount)s?") % {"amount": amount},
        said=_("It came in on %(day)s and is unassigned since then.") % {"day": day},
        facts=[
            Fact(_("Bank"), row.account.name),
            Fact(_("As the bank wrote it"), row.description or row.reference or "—", is_code=True),
            Fact(_("From"), payer or "—"),
            Fact(_("Day, amount"), f"{day}, {amount}"),
        ],
        changes=_changes(row, chosen),
        effects=_effects(chosen),
        url=reverse("staff_payments:unmatched-line", args=[row.pk]),
        template="payments/bank/staff/_inbox_line.html",
        context={"choices": choices, "chosen": chosen, "hits": found, "q": text},
    )


def _choices(request: Request, row: Any) -> list[Choice]:
    """Return the suggestions, and the customer who was looked up when there is one."""
    found = [Choice(f"rank:{one.rank}", one, one.customer) for one in row.suggestions.all()]
    wanted = request.GET.get("choice", "") or request.POST.get("choice", "")
    if wanted and not wanted.startswith("rank:"):
        reach = directory.visible_to(request.user).select_related("account_state", "area")
        customer = reach.filter(number=wanted[:30]).first()
        if customer is not None:
            found.append(Choice(customer.number, customer=customer))
    return found


def _chosen(request: Request, choices: list[Choice]) -> Choice | None:
    wanted = request.POST.get("choice", "") or request.GET.get("choice", "")
    if not wanted:
        return choices[0] if choices else None
    return next((one for one in choices if one.value == wanted), None)


def _changes(row: Any, chosen: Choice | None) -> list[Change]:
    if chosen is None or chosen.customer is None or not chosen.is_new:
        return []
    before = chosen.customer.account_state.balance_amount
    changes = [Change(chosen.customer.name, _balance(before), _balance(before - row.open_amount))]
    if row.is_off and chosen.customer.pk == row.likely:
        after = _("Switched on again") if before <= row.open_amount else _("Stays suspended")
        changes.append(Change(_("Internet"), _("Suspended"), after))
    return changes


def _effects(chosen: Choice | None) -> list[str]:
    if chosen is None:
        return []
    if not chosen.is_new:
        return [_("It is linked to what is in the books already. Nothing is booked twice.")]
    if chosen.owner:
        return [_("It is booked as the reseller's top-up or remittance.")]
    return [_("The oldest bills are paid first."), _("The customer gets a receipt.")]


def _balance(amount: Decimal) -> str:
    if amount > 0:
        return _("Owes %(amount)s") % {"amount": formats.money(amount)}
    if amount < 0:
        return _("Overpaid %(amount)s (credit)") % {"amount": formats.money(-amount)}
    return _("Settled")


def _accept(request: Request, row: Any, _given: Given) -> Done:
    chosen = _chosen(request, _choices(request, row))
    if chosen is None:
        raise NobodyChosen(_("Choose whose money it is."))
    act = Act.now(request.user)
    if chosen.suggestion is not None:
        accepting.accept_suggestion(suggestion=chosen.suggestion, act=act)
    elif chosen.customer is not None:
        try:
            matching.match(line=row, shares=[Share(chosen.customer, row.open_amount)], act=act)
        except PerhapsRecorded as asked:
            more = _("Open the full page to link it, or to say that it is other money.")
            raise NobodyChosen(f"{asked} {more}") from asked
    said = {"amount": formats.money(row.open_amount), "name": chosen.name}
    return Done(_("%(amount)s booked to %(name)s.") % said, _undo_url(row))


def _set_aside(request: Request, row: Any, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    setting_aside.set_aside(line=row, kind=given["kind"], account=given["account"], act=act)
    amount = formats.money(row.open_amount)
    return Done(_("%(amount)s set aside.") % {"amount": amount}, _undo_url(row))


def _pay_back(request: Request, row: Any, given: Given) -> Done:
    setting_aside.pay_back(line=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("Booked as paid back."), _undo_url(row))


def _undo_url(row: Any) -> str:
    part = StatementPart.objects.filter(line=row, undone_at__isnull=True).order_by("-pk").first()
    return reverse("staff_payments:undo-line", args=[row.pk, part.pk]) if part is not None else ""


def _verbs(request: Request, row: Any) -> list[Verb]:
    chosen = _chosen(request, _choices(request, row))
    label = _("Accept for %(name)s") % {"name": chosen.name} if chosen is not None else _("Accept")
    aside = [_("It is no longer listed as unmatched. It can be undone.")]
    back = [
        _("It leaves the bank's account in the books."),
        _("Make the transfer at the bank; link its line when the statement shows it."),
    ]
    return [
        Verb("accept", label, _accept, is_possible=chosen is not None),
        Verb(
            "set-aside",
            _("Not a customer's money"),
            _set_aside,
            form=_aside_form,
            is_refusal=True,
            effects=aside,
        ),
        Verb("pay-back", _("Pay back"), _pay_back, form=ReasonForm, effects=back),
    ]


def _aside_form(data: Any) -> SetAside:
    """Money that came in is an own transfer more often than a charge."""
    return SetAside(data, initial={"kind": StatementPart.Kind.TRANSFER.value})


def _decided(_user: User, key: int) -> str | None:
    row = StatementLine.objects.filter(pk=key).first()
    if row is None:
        return None
    last = StatementPart.objects.filter(line=row, undone_at__isnull=True).select_related("by")
    part = last.order_by("-pk").first()
    return decided_words(row.get_state_display(), part.by if part is not None else None)


UNMATCHED = Source(
    kind="unmatched",
    label=gettext_lazy("Money without a customer"),
    group=Group.MONEY,
    symbol="cash",
    capability="bank.edit",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
