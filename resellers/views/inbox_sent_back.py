"""Refused top-ups the gateway did not send back by itself, in the inbox."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.queries.sources import Detail, Done, Fact, Given, Group, Line, Source, Verb
from payments.online.services import other_orders
from resellers.forms.top_up import SentBack
from resellers.models import CheckoutRefund
from resellers.queries import wallets as queries
from resellers.services import sending_back


def _waiting(user: User, _at: datetime) -> QuerySet[CheckoutRefund]:
    return queries.visible_refunds(user).filter(state=CheckoutRefund.State.DOUBT)


def _listed(found: QuerySet[CheckoutRefund], _at: datetime) -> QuerySet[CheckoutRefund]:
    return found.order_by("pk")


def _line(row: CheckoutRefund) -> Line:
    return Line(
        what=row.checkout.reseller.name,
        why=row.words or row.checkout.account.name,
        since=row.requested_at,
        amount=row.amount,
    )


def _detail(_request: Request, row: CheckoutRefund) -> Detail:
    checkout = row.checkout
    return Detail(
        question=_("Has %(gateway)s sent %(amount)s back?")
        % {"gateway": checkout.account.name, "amount": formats.money(row.amount)},
        said=row.words,
        facts=[
            Fact(_("Reseller"), checkout.reseller.name),
            Fact(_("Payment at the gateway"), checkout.gateway_reference),
        ],
        url=reverse("staff_resellers:reseller", args=[checkout.reseller.number]),
    )


def _sent(request: Request, row: CheckoutRefund, given: Given) -> Done:
    act = Act.now(request.user)
    sending_back.was_sent(refund=row, reference=given["reference"], act=act)
    return Done(_("Noted: it has gone back."))


def _again(request: Request, row: CheckoutRefund, given: Given) -> Done:
    act = Act.now(request.user, reason=given["reason"])
    sending_back.send_again(refund=row, act=act)
    return Done(_("The gateway is asked again."))


def _verbs(_request: Request, row: CheckoutRefund) -> list[Verb]:
    verbs = [Verb("sent", _("It was sent back"), _sent, form=SentBack)]
    if other_orders.can_send_back(row.checkout.account):
        verbs.append(Verb("again", _("Ask the gateway again"), _again, form=ReasonForm))
    return verbs


def _decided(user: User, key: int) -> str | None:
    row = queries.visible_refunds(user).filter(pk=key).first()
    return row.get_state_display() if row is not None else None


SENT_BACK = Source(
    kind="top-up-refund",
    label=gettext_lazy("Refused top-up to send back"),
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
