"""Money a provider took back of which a person decides, as items of the inbox."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.views import inbox_words
from ispbill.accounts.access import may
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import (
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
from payments.bank.models import SettlementLine
from payments.bank.queries import clearing
from payments.bank.services import chargebacks


def _waiting(user: User, _at: datetime) -> QuerySet[SettlementLine]:
    """Those who see payouts; who may only reverse payments does not."""
    found = clearing.chargebacks()
    return found if may(user, "bank.view") else found.none()


def _listed(found: QuerySet[SettlementLine], _at: datetime) -> QuerySet[SettlementLine]:
    return found


def _line(row: Any) -> Line:
    day = row.happened_on or row.settlement.paid_on
    return Line(
        what=_("Chargeback of %(provider)s") % {"provider": row.get_provider_display()},
        why=inbox_words.about(_name(row), row.transaction_id),
        since=datetime.combine(day, time(12), tzinfo=clock.zone()),
        amount=-row.gross_amount,
    )


def _detail(_request: Request, row: Any) -> Detail:
    amount = formats.money(-row.gross_amount)
    facts = [
        Fact(_("Transaction"), row.transaction_id, is_code=True),
        Fact(
            _("Payout"),
            row.settlement.reference,
            reverse("staff_payments:payout", args=[row.settlement_id]),
        ),
    ]
    if row.happened_on is not None:
        facts.append(Fact(_("Day"), formats.day(row.happened_on, get_language() or "en")))
    effects = [_("Its payment is not in our books: find it first, or bear it.")]
    if row.payment is not None:
        number = row.payment.receipt_number
        url = reverse("staff_payments:detail", args=[number])
        facts.insert(0, Fact(_("Receipt"), number, url, is_code=True))
        facts.insert(0, inbox_words.whose(row.payment.customer))
        effects = [
            _("%(receipt)s of %(name)s is reversed, and its rest is credited again.")
            % {"receipt": number, "name": row.payment.customer.name},
            _("Bills it paid may be open again, and the customer is told."),
        ]
    return Detail(
        question=_("Who bears the %(amount)s that %(provider)s took back?")
        % {"amount": amount, "provider": row.get_provider_display()},
        facts=facts,
        effects=effects,
        url=reverse("staff_payments:payout", args=[row.settlement_id]),
    )


def _run(deed: Callable[..., SettlementLine], said: Callable[[], str]) -> Any:
    def run(request: Request, row: Any, given: Given) -> Done:
        deed(line=row, act=Act.now(request.user, reason=given["reason"]))
        return Done(said())

    return run


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    borne = [_("It is written off; the customer owes nothing more.")]
    return [
        Verb(
            "take",
            _("Take it from the payment"),
            _run(chargebacks.take, lambda: _("Taken from the customer's payment.")),
            form=ReasonForm,
        ),
        Verb(
            "bear",
            _("The company bears it"),
            _run(chargebacks.bear, lambda: _("Borne by the company.")),
            form=ReasonForm,
            is_refusal=True,
            effects=borne,
        ),
    ]


def _name(row: Any) -> str:
    if row.payment is not None:
        return str(row.payment.customer.name)
    return str(row.attempt.customer.name) if row.attempt is not None else _("Not in our books")


def _decided(user: User, key: int) -> str | None:
    row = SettlementLine.objects.filter(pk=key, is_chargeback=True).first()
    if row is None or not may(user, "bank.view"):
        return None
    return decided_words(row.get_became_display(), None)


CHARGEBACKS = Source(
    kind="chargeback",
    label=gettext_lazy("Chargeback"),
    group=Group.MONEY,
    symbol="rotate-clockwise",
    capability="payments.reverse",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
