"""What a person decides about debits: try one again, put a statement line aside, send a link."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.errors import DomainError, Stale
from payments.gateways.netcash.contract import NetcashError
from payments.models import DebitBatch, DebitOrder, DebitStatementLine, Mandate
from payments.services.debits import connection, following, mandates, telling

State = DebitOrder.State
FAILED = (State.UNPAID, State.REJECTED)


@transaction.atomic
def try_again(*, order: DebitOrder, reason: str, at: datetime, actor: User) -> DebitOrder:
    """Let the next run collect again what failed. Raises Stale, MandateRefused, ReasonMissing."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    mandate = mandates.locked(order.mandate)
    order = DebitOrder.objects.select_for_update().get(pk=order.pk)
    if order.state not in FAILED or order.is_retried:
        raise Stale(_("This debit does not wait to be tried again."))
    if mandate.state != Mandate.State.ACTIVE:
        raise mandates.MandateRefused(_("The mandate is not active."))
    order.is_retried = True
    order.save(update_fields=["is_retried"])
    events.record(
        at=at, actor=actor, action="debit_order.tried_again", target=order, label=order.reference,
        customer_id=order.customer_id, branch_id=mandate.customer.branch_id, reason=reason,
    )  # fmt: skip
    return order


@transaction.atomic
def settle_dispute(*, order: DebitOrder, reason: str, at: datetime, actor: User) -> DebitOrder:
    """Say how a dispute was dealt with. Raises Stale, ReasonMissing."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    mandate = mandates.locked(order.mandate)
    order = DebitOrder.objects.select_for_update().get(pk=order.pk)
    if order.state != State.DISPUTED or order.settled_at is not None:
        raise Stale(_("This debit is not in dispute any more."))
    order.settled_at = at
    order.save(update_fields=["settled_at"])
    events.record(
        at=at, actor=actor, action="debit_order.dispute_settled", target=order,
        label=order.reference, customer_id=order.customer_id,
        branch_id=mandate.customer.branch_id, reason=reason,
    )  # fmt: skip
    return order


@transaction.atomic
def put_aside(
    *, line: DebitStatementLine, reason: str, at: datetime, actor: User
) -> DebitStatementLine:
    """Say that a held line was dealt with otherwise. Raises Stale, ReasonMissing."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    line = DebitStatementLine.objects.select_for_update().get(pk=line.pk)
    if line.outcome != DebitStatementLine.Outcome.HELD:
        raise Stale(_("This line does not wait for a decision any more."))
    line.outcome, line.note = DebitStatementLine.Outcome.NOTED, reason[:200]
    line.save(update_fields=["outcome", "note"])
    events.record(
        at=at, actor=actor, action="debit_line.put_aside", target=line, reason=reason,
        after={"amount": line.effect_amount, "code": line.code},
    )  # fmt: skip
    return line


@transaction.atomic
def send_link_again(*, mandate: Mandate, at: datetime, actor: User) -> None:
    """Send the customer the link to sign once more, at most once a minute. Raises Stale."""
    trail.begin(actor=actor, at=at, reason="link to sign sent again")
    mandate = mandates.locked(mandate)
    if mandate.state != Mandate.State.SENT:
        raise Stale(_("This mandate does not wait for a signature."))
    telling.to_sign(mandate, at=at, again=f"{at:%Y%m%d%H%M}")
    mandates.record("mandate.link_sent", mandate, at=at, actor=actor)


def authorise(*, batch: DebitBatch, at: datetime, actor: User) -> str:
    """Ask NetCash to carry out a batch, again where it wanted it done by hand before.

    Returns the batch's state then. Raises Stale, NotConnected, DomainError with NetCash's words.
    """
    netcash = connection.client()
    try:
        rows = following.batch_rows(netcash=netcash, at=at)
        return following.authorise(
            batch=batch, netcash=netcash, rows=rows, at=at, actor=actor, is_asked=True
        )
    except NetcashError as error:
        raise DomainError(str(error)) from error
