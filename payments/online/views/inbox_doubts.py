"""Refunds whose answer was lost, as items of the inbox."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.views import inbox_words
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
from payments.online.forms.online import SentByHand
from payments.online.models import GatewayRefund
from payments.online.queries import checkouts
from payments.online.services import refund_doubts
from payments.online.views import proving


def _reach(user: User) -> QuerySet[GatewayRefund]:
    return GatewayRefund.objects.filter(attempt__in=checkouts.visible_to(user))


def _waiting(user: User, _at: datetime) -> QuerySet[GatewayRefund]:
    return _reach(user).filter(state=GatewayRefund.State.DOUBT)


def _listed(found: QuerySet[GatewayRefund], _at: datetime) -> QuerySet[GatewayRefund]:
    return found.select_related("customer", "attempt__account").order_by("requested_at", "pk")


def _line(row: GatewayRefund) -> Line:
    return Line(
        what=_("Refund in doubt at %(gateway)s")
        % {"gateway": row.attempt.account.get_provider_display()},
        why=inbox_words.about(row.customer.name, row.words),
        since=row.requested_at,
        amount=row.amount,
    )


def _detail(_request: Request, row: GatewayRefund) -> Detail:
    amount = formats.money(row.amount)
    return Detail(
        question=_("Was this refund of %(amount)s sent?") % {"amount": amount},
        said=_(
            "The gateway's answer was lost. Look at its own pages: what goes out twice does "
            "not come back."
        ),
        facts=[
            inbox_words.whose(row.customer),
            Fact(_("Gateway"), row.attempt.account.name),
            Fact(_("Our number"), row.order, is_code=True),
            Fact(_("What is known"), row.words or "—"),
        ],
        effects=[_("%(amount)s is noted as paid back by the gateway.") % {"amount": amount}],
        url=reverse("staff_payments:checkout", args=[row.attempt.order]),
    )


def _sent(request: Request, row: GatewayRefund, given: Given) -> Done:
    proving.above_limit(request, row.amount)
    act = Act.now(request.user, reason=given["reason"])
    refund_doubts.was_sent(refund=row, reference=given["reference"], act=act)
    return Done(_("Noted."))


def _again(request: Request, row: GatewayRefund, given: Given) -> Done:
    proving.above_limit(request, row.amount)
    refund_doubts.send_again(refund=row, act=Act.now(request.user, reason=given["reason"]))
    return Done(_("It is on its way."))


def _verbs(_request: Request, row: Any) -> list[Verb]:
    again = [_("%(amount)s is sent once more.") % {"amount": formats.money(row.amount)}]
    return [
        Verb("sent", _("It was sent"), _sent, form=SentByHand),
        Verb("again", _("Send again"), _again, form=ReasonForm, is_refusal=True, effects=again),
    ]


def _decided(user: User, key: int) -> str | None:
    return decision(_reach(user), key, state="state", by=None)


DOUBTS = Source(
    kind="refund-doubt",
    label=gettext_lazy("Refund in doubt"),
    group=Group.MONEY,
    symbol="help-circle",
    capability="payments.refund",
    waiting=_waiting,
    listed=_listed,
    line=_line,
    detail=_detail,
    verbs=_verbs,
    decided=_decided,
)
