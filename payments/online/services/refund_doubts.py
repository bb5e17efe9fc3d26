"""Refunds whose answer was lost at a gateway that keeps no id of ours: a person decides.

Money that was sent twice does not come back. So such a refund is asked about, never sent again by
itself; when the gateway does not know it, somebody looks at the gateway's own pages and says what
is there.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.errors import GatewayDown, GatewayRefused
from payments.online.models import GatewayRefund
from payments.online.services import accounts, refund_totals, refunding

State = GatewayRefund.State


class NotAnswered(DomainError):
    """The gateway could not be asked."""


class SentAlready(DomainError):
    """What the gateway gave back in all is more than we know of."""


def was_sent(*, refund: GatewayRefund, reference: str, act: Act[User]) -> GatewayRefund:
    """Note that the gateway did send it back, under the number it gave. Raises Stale."""
    with transaction.atomic():
        row = _locked(refund, act=act)
        row.gateway_reference = reference.strip()[:80]
        return refunding.end(row, State.DONE, act=act)


def send_again(*, refund: GatewayRefund, act: Act[User]) -> GatewayRefund:
    """Send it once more: the gateway's pages do not have it.

    First the gateway is asked what it has given back of this payment in all; more than we know of
    is refused. Calls the gateway: never inside a transaction. Raises SentAlready, NotAnswered,
    Stale, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    refuse_transaction("a gateway")
    told, known = _told(refund, at=act.at), _known(refund)
    if told is not None and told > known:
        raise SentAlready(
            _(
                "The gateway says it has given back %(told)s of this payment, we know of %(known)s."
                " It was sent: note its number instead."
            )
            % {"told": formats.money(told), "known": formats.money(known)}
        )
    with transaction.atomic():
        row = _locked(refund, act=act)
        row.is_cleared, row.state, row.next_check_at = True, State.PROCESSING, act.at
        row.checks = 0
        row.save(update_fields=["is_cleared", "state", "next_check_at", "checks"])
        _record(row, "gateway_refund.sent_again", act=act)
    return row


def _told(refund: GatewayRefund, *, at: datetime) -> Decimal | None:
    gateway = accounts.gateway_of(refund.attempt.account, at=at)
    try:
        return gateway.given_back(refunding.order_of(refund))
    except (GatewayDown, GatewayRefused) as error:
        raise NotAnswered(
            _("The gateway was asked what it has given back, and did not say: %(why)s")
            % {"why": str(error)}
        ) from error


def _known(refund: GatewayRefund) -> Decimal:
    """What of this payment has gone back as far as we know, in its currency."""
    ours = GatewayRefund.objects.filter(attempt=refund.attempt).exclude(pk=refund.pk)
    return refund_totals.gone(ours)


def _locked(refund: GatewayRefund, *, act: Act[User]) -> GatewayRefund:
    act = trail.begin_with_reason(act=act)
    account_states.lock([refund.customer_id])
    row = (
        GatewayRefund.objects.select_for_update(of=("self",))
        .select_related("attempt__payment", "attempt__account", "customer")
        .get(pk=refund.pk)
    )
    if row.state != State.DOUBT:
        raise Stale(_("Somebody has already decided this."))
    return row


def _record(row: GatewayRefund, action: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=row,
        branch_id=row.attempt.branch_id,
        after={"amount": str(row.amount)},
    )
