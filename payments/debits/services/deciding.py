"""What a person decides about debits: try one again, put a statement line aside, send a link."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.debits.models import DebitBatch, DebitOrder, DebitStatementLine, Mandate
from payments.debits.services import mandates, notices, polling
from payments.online.gateways.netcash.contract import NetcashError
from payments.online.services import connection

State = DebitOrder.State
FAILED = (State.UNPAID, State.REJECTED)


@transaction.atomic
def try_again(*, order: DebitOrder, act: Act[User]) -> DebitOrder:
    """Let the next run collect again what failed. Raises Stale, MandateRefused, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    mandate = mandates.locked(order.mandate)
    order = DebitOrder.objects.select_for_update().get(pk=order.pk)
    if order.state not in FAILED or order.is_retried:
        raise Stale(_("This debit does not wait to be tried again."))
    if mandate.state != Mandate.State.ACTIVE:
        raise mandates.MandateRefused(_("The mandate is not active."))
    order.is_retried = True
    order.save(update_fields=["is_retried"])
    events.record(
        act=act,
        action="debit_order.tried_again",
        target=order,
        branch_id=mandate.customer.branch_id,
    )
    return order


@transaction.atomic
def settle_dispute(*, order: DebitOrder, act: Act[User]) -> DebitOrder:
    """Say how a dispute was dealt with. Raises Stale, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    mandate = mandates.locked(order.mandate)
    order = DebitOrder.objects.select_for_update().get(pk=order.pk)
    if order.state != State.DISPUTED or order.settled_at is not None:
        raise Stale(_("This debit is not in dispute any more."))
    order.settled_at = act.at
    order.save(update_fields=["settled_at"])
    events.record(
        act=act,
        action="debit_order.dispute_settled",
        target=order,
        branch_id=mandate.customer.branch_id,
    )
    return order


@transaction.atomic
def put_aside(*, line: DebitStatementLine, act: Act[User]) -> DebitStatementLine:
    """Say that a held line was dealt with otherwise. Raises Stale, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    line = DebitStatementLine.objects.select_for_update().get(pk=line.pk)
    if line.outcome != DebitStatementLine.Outcome.HELD:
        raise Stale(_("This line does not wait for a decision any more."))
    line.outcome, line.note = DebitStatementLine.Outcome.NOTED, act.reason[:200]
    line.save(update_fields=["outcome", "note"])
    events.record(
        act=act,
        action="debit_line.put_aside",
        target=line,
        after={"amount": line.effect_amount, "code": line.code},
    )
    return line


@transaction.atomic
def send_link_again(*, mandate: Mandate, act: Act[User]) -> None:
    """Send the customer the link to sign once more, at most once a minute. Raises Stale."""
    trail.begin(act=act.because("link to sign sent again"))
    mandate = mandates.locked(mandate)
    if mandate.state != Mandate.State.SENT:
        raise Stale(_("This mandate does not wait for a signature."))
    notices.to_sign(mandate, at=act.at, again=f"{act.at:%Y%m%d%H%M}")
    mandates.record("mandate.link_sent", mandate, act=act)


def authorise(*, batch: DebitBatch, act: Act[User]) -> str:
    """Ask NetCash to carry out a batch, again where it wanted it done by hand before.

    Returns the batch's state then. Raises Stale, NotConnected, DomainError with NetCash's words.
    """
    netcash = connection.client()
    try:
        rows = polling.batch_rows(netcash=netcash, at=act.at)
        return polling.authorise(batch=batch, netcash=netcash, rows=rows, act=act, is_asked=True)
    except NetcashError as error:
        raise DomainError(str(error)) from error
