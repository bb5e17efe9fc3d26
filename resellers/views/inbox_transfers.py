"""Money on its way from resellers, and refunds of wallets, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.access import demand_proof
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
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
    decision,
)
from resellers.models import Transfer
from resellers.queries import wallets as queries
from resellers.services import transfers


def _waiting(user: User, _at: datetime) -> QuerySet[Transfer]:
    found = queries.visible_transfers(user).filter(status=Transfer.Status.SENT)
    return found.exclude(Q(kind=Transfer.Kind.REFUND) & Q(sent_by=user))


def _listed(found: QuerySet[Transfer], _at: datetime) -> QuerySet[Transfer]:
    return found.order_by("sent_at", "pk")


def _line(row: Transfer) -> Line:
    return Line(
        what=f"{row.get_kind_display()}: {row.reseller.name}",
        why=f"{row.get_method_display()} {row.reference}".strip(),
        since=row.sent_at,
        amount=row.amount,
    )


def _detail(_request: Request, row: Transfer) -> Detail:
    amount = formats.money(row.amount)
    is_refund = row.kind == Transfer.Kind.REFUND
    asked = _("Pay %(amount)s back to %(name)s?") if is_refund else _("Did %(amount)s arrive?")
    return Detail(
        question=asked % {"amount": amount, "name": row.reseller.name},
        said="",
        facts=[
            Fact(_("Reseller"), row.reseller.name),
            Fact(_("Sent by"), row.sent_by.name),
            Fact(_("Paid by"), f"{row.get_method_display()} {row.reference}".strip()),
        ],
        effects=[_("The books and the reseller's sum move at once.")],
        url=reverse("staff_resellers:reseller", args=[row.reseller.number]),
    )


def _confirm(request: Request, row: Transfer, _given: Given) -> Done:
    if row.kind == Transfer.Kind.REFUND:
        demand_proof(request)
    transfers.confirm(transfer=row, act=Act.now(request.user))
    return Done(_("%(number)s is booked.") % {"number": row.number})


def _reject(request: Request, row: Transfer, given: Given) -> Done:
    transfers.reject(transfer=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("%(number)s is rejected.") % {"number": row.number})


def _verbs(_request: Request, _row: Any) -> list[Verb]:
    nothing = [_("Nothing moves; the reseller reads the reason.")]
    return [
        Verb("confirm", _("Confirm"), _confirm),
        Verb("reject", _("Reject"), _reject, form=ReasonForm, is_refusal=True, effects=nothing),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(queries.visible_transfers(user), key)


TRANSFERS = Source(
    kind="reseller-money",
    label=gettext_lazy("Money of a reseller"),
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
