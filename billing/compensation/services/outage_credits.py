"""Give customers back what an outage took: proposed, decided, and written as credit notes."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from billing.compensation.models import OutageCredit, OutageCrediting
from billing.compensation.queries import outage_credits as queries
from billing.compensation.queries.outage_credits import Piece
from billing.invoices.models import CreditNote, Invoice
from billing.invoices.rules import credit_words
from billing.ledger.services import account_states
from billing.receivables.services import crediting
from billing.receivables.services.crediting import Given
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import jobs, live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.outages.models import Outage, OutageSettings
from network.outages.rules import moves
from network.outages.services import moving

SETTLED_AFTER = moving.REOPENED_WITHIN  # until then an outage may be opened again
LOOKED_BACK = timedelta(days=60)
State = OutageCrediting.State


class CreditRefused(DomainError):
    """The credit of this outage is decided already."""


def propose_due(*, at: datetime) -> int:
    """Work out the credit of outages that are over; return how many were looked at.

    Proposed, given at once or left, as the company has chosen.
    """
    settings = OutageSettings.current()
    if settings.credit == OutageSettings.Credit.OFF:
        return 0
    due = Outage.objects.filter(
        state__in=moves.OVER,
        severity=Outage.Severity.DOWN,
        is_creditable=True,
        restored_at__lte=at - SETTLED_AFTER,
        restored_at__gte=at - LOOKED_BACK,
    ).exclude(pk__in=OutageCrediting.objects.values("outage"))
    found = list(due.order_by("pk"))
    for outage in found:
        _propose(outage, is_auto=settings.credit == OutageSettings.Credit.AUTO, at=at)
    return len(found)


@transaction.atomic
def _propose(outage: Outage, *, is_auto: bool, at: datetime) -> None:
    act = Act(None, at)
    trail.begin(act=act)
    total = queries.total(outage)
    state = State.DONE if not total.services else State.ORDERED if is_auto else State.PROPOSED
    row, is_new = OutageCrediting.objects.get_or_create(
        outage=outage,
        defaults={
            "state": state,
            "services": total.services,
            "net_amount": total.net,
            "made_at": at,
        },
    )
    if is_new and total.services:
        _note(row, "credit_proposed" if state == State.PROPOSED else "credit_ordered", act=act)
        if state == State.ORDERED:
            jobs.after_commit("billing.credit_outages")


@transaction.atomic
def order(*, crediting_row: OutageCrediting, act: Act[User]) -> OutageCrediting:
    """Decide to give the credit; the notes are written by a worker. Raises CreditRefused."""
    act = act.because(trail.required_reason(act.reason))
    row = _decided(crediting_row, State.ORDERED, act=act)
    _note(row, "credit_ordered", act=act)
    jobs.after_commit("billing.credit_outages")
    return row


@transaction.atomic
def drop(*, crediting_row: OutageCrediting, act: Act[User]) -> OutageCrediting:
    """Decide that nobody gets credit, with a reason. Raises CreditRefused, ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    row = _decided(crediting_row, State.DROPPED, act=act)
    _note(row, "credit_dropped", act=act)
    return row


def credit_ordered(*, at: datetime) -> int:
    """Write the notes of what was decided, a transaction a customer; return how many notes.

    May be repeated: minutes that were given are left out.
    """
    count = 0
    for row in OutageCrediting.objects.filter(state=State.ORDERED).select_related("outage"):
        outage = row.outage
        moving.mark_credited(outage=outage, at=at)
        for chunk in queries.chunks(outage):
            by_invoice: dict[int, list[Piece]] = defaultdict(list)
            for piece in queries.pieces(outage, chunk):
                by_invoice[piece.line.invoice_id].append(piece)
            for invoice_id in sorted(by_invoice):
                count += _credit(outage, invoice_id, chunk, act=Act(row.decided_by, at))
        _finish(row, at=at)
    return count


@transaction.atomic
def _credit(outage: Outage, invoice_id: int, chunk: list[int], *, act: Act) -> bool:
    """Write one note; the pieces are worked out again with the customer's account locked."""
    customer_id = Invoice.objects.values_list("customer_id", flat=True).get(pk=invoice_id)
    account_states.lock([customer_id])
    mine = [
        one
        for one in queries.pieces(outage, chunk)
        if one.line.invoice_id == invoice_id and one.customer_id == customer_id
    ]
    if not mine:
        return False
    invoice = mine[0].line.invoice
    nets: dict[int, Decimal] = defaultdict(Decimal)
    for piece in mine:
        nets[piece.line.pk] += piece.net
    lines = {piece.line.pk: piece.line for piece in mine}
    minutes = sum(piece.minutes for piece in mine)
    given = [
        Given(line=lines[pk], net=net, explanation={"outage": outage.number, "minutes": minutes})
        for pk, net in sorted(nets.items())
    ]
    start = min(piece.span[0] for piece in mine)
    try:
        note = crediting.credit(
            invoice=invoice,
            given=given,
            on=act.on,
            act=act.because(f"Outage {outage.number}: {minutes} minutes without connection"),
            cause=credit_words.outage(on=Act(None, start).on, minutes=minutes),
        )
    except (crediting.NothingToCredit, crediting.NotCreditable):
        return False  # the line was credited otherwise meanwhile, up to what it charged
    _keep(outage, mine, note, at=act.at)
    return True


def _keep(outage: Outage, mine: list[Piece], note: CreditNote, *, at: datetime) -> None:
    OutageCredit.objects.bulk_create(
        [
            OutageCredit(
                outage=outage,
                subscription_id=piece.subscription_id,
                customer_id=piece.customer_id,
                span=TimestamptzRange(*piece.span),
                minutes=piece.minutes,
                net_amount=piece.net,
                note=note,
                made_at=at,
            )
            for piece in mine
        ]
    )


@transaction.atomic
def _finish(row: OutageCrediting, *, at: datetime) -> None:
    given = OutageCredit.objects.filter(outage=row.outage)
    row = OutageCrediting.objects.select_for_update(of=("self",)).get(pk=row.pk)
    row.state = State.DONE
    row.services = given.values("subscription").distinct().count()
    row.net_amount = sum(given.values_list("net_amount", flat=True), start=Decimal("0.00"))
    row.save(update_fields=["state", "services", "net_amount"])
    _note(row, "credited", act=Act(row.decided_by, at))


def _decided(row: OutageCrediting, state: str, *, act: Act[User]) -> OutageCrediting:
    trail.begin(act=act)
    row = OutageCrediting.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state != State.PROPOSED:
        raise CreditRefused(_("The credit of this outage is decided already."))
    row.state, row.decided_at, row.decided_by = state, act.at, act.actor
    row.reason = act.reason
    row.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    return row


def _note(row: OutageCrediting, what: str, *, act: Act) -> None:
    live.changed("outage")
    events.record(
        act=act,
        action=f"outage.{what}",
        target=row.outage,
        after={"services": row.services, "net": f"{row.net_amount:f}"},
    )
