"""Payouts to resellers that wait for a second person, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.access import demand_proof
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.forms.confirm import Confirm
from ispbill.inbox.queries.sources import (
    Detail,
    Done,
    Fact,
    Given,
    Group,
    Line,
    Source,
    Verb,
    decision,
)
from resellers.models import Payout
from resellers.queries import commissions as queries
from resellers.services import payouts


def _waiting(user: User, _at: datetime) -> QuerySet[Payout]:
    found = queries.visible_payouts(user).filter(status=Payout.Status.WAITING)
    return found.exclude(prepared_by=user)


def _listed(found: QuerySet[Payout], _at: datetime) -> QuerySet[Payout]:
    return found.order_by("prepared_at", "pk")


def _line(row: Payout) -> Line:
    return Line(
        what=_("Payout to %(name)s") % {"name": row.reseller.name},
        why=_("Prepared by %(who)s") % {"who": row.prepared_by.name},
        since=row.prepared_at,
        amount=row.amount,
    )


def _detail(_request: Request, row: Payout) -> Detail:
    amount = formats.money(row.amount)
    return Detail(
        question=_("Pay %(amount)s to %(name)s?") % {"amount": amount, "name": row.reseller.name},
        said=row.note,
        facts=[
            Fact(_("Prepared by"), row.prepared_by.name),
            Fact(_("Commissions"), formats.money(row.earned_amount)),
            Fact(_("Deducted"), formats.money(row.claimed_amount)),
            Fact(_("Paid by"), f"{row.get_method_display()} {row.reference}".strip()),
        ],
        effects=[
            _("%(amount)s is booked as paid to %(name)s.")
            % {"amount": amount, "name": row.reseller.name}
        ],
        url=reverse("staff_resellers:payout", args=[row.number]),
    )


def _approve(request: Request, row: Payout, _given: Given) -> Done:
    if row.needs_second:
        demand_proof(request)
    payouts.approve(payout=row, act=Act.now(request.user))
    return Done(_("%(number)s is paid.") % {"number": row.number})


def _withdraw(request: Request, row: Payout, _given: Given) -> Done:
    payouts.withdraw(payout=row, act=Act.now(request.user))
    return Done(_("%(number)s is withdrawn.") % {"number": row.number})


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    again = [_("Its commissions are approved as before; it can be prepared anew.")]
    return [
        Verb("approve", _("Approve"), _approve),
        Verb("withdraw", _("Withdraw"), _withdraw, form=Confirm, is_refusal=True, effects=again),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(queries.visible_payouts(user), key)


PAYOUTS = Source(
    kind="payout",
    label=gettext_lazy("Payout to approve"),
    group=Group.MONEY,
    symbol="building-store",
    capability="payouts.pay",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
