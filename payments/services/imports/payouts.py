"""Payouts of payment providers: taken in, read (`payout_reading`) and booked.

Bank ← what the provider held for us, its fee is an expense. What it paid that we do not know
becomes unmatched money (2330) and leaves it once its payment is known. So does what it took back,
until it is judged (`taken_back`).
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from billing.rules.chart import Chart
from billing.services import ledger, standings
from billing.services.ledger import Line
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.errors import Stale
from payments.models import (
    BadRow,
    BankAccount,
    Payment,
    PaymentAttempt,
    SettlementImport,
    SettlementLine,
)
from payments.rules import payout_rows
from payments.rules.accounts import CLEARING_OF
from payments.rules.statement_rows import Layout
from payments.services import settlement
from payments.services.imports import files, payout_matching, payout_reading, taken_back
from payments.services.imports.payout_reading import PayoutRefused

SOURCE, SOURCE_LINE = "payout", taken_back.SOURCE_LINE
BOOKED, RECOGNISED = "PAYOUT", "RECOGNISED"
State = SettlementImport.State
_METHOD_OF = {"SSLCOMMERZ": "CARD", "BKASH": "BKASH", "NAGAD": "NAGAD"}


@dataclass(frozen=True)
class NewPayout:
    """A payout as a person tells of it: whose, where it arrived, when, under which number."""

    provider: str
    bank_account: BankAccount
    reference: str
    paid_on: date


def upload(
    *, wanted: NewPayout, name: str, content: bytes, at: datetime, actor: User
) -> SettlementImport:
    """Keep a settlement file and guess its columns. Raises FileRefused, PayoutRefused."""
    files.check(content)
    digest = files.digest(content)
    layout = payout_reading.layout(wanted.provider, content)
    path = files.keep(content, folder="settlements")
    try:
        with transaction.atomic():
            trail.begin(actor=actor, at=at)
            payout = SettlementImport.objects.create(
                provider=SettlementImport.Provider(wanted.provider).value,
                bank_account=wanted.bank_account, reference=wanted.reference.strip()[:80],
                paid_on=wanted.paid_on, file_name=name[-120:], file_hash=digest, path=path,
                layout=layout.kept(), uploaded_at=at, uploaded_by=actor,
            )  # fmt: skip
            _note("payout.uploaded", payout, at=at, actor=actor)
    except IntegrityError as error:
        files.forget(path)
        raise PayoutRefused(_("This file has been taken in already.")) from error
    return payout


@transaction.atomic
def read(
    *, payout: SettlementImport, layout: Layout, at: datetime, actor: User
) -> SettlementImport:
    """Read the transactions of a payout that is not booked, anew each time it is asked.

    Raises PayoutRefused for columns that do not make a payout, Stale when it is booked.
    """
    trail.begin(actor=actor, at=at)
    payout = _locked(payout)
    if lacking := payout_rows.missing(layout):
        raise PayoutRefused(_(lacking))
    SettlementLine.objects.filter(settlement=payout).delete()
    BadRow.objects.filter(settlement=payout).delete()
    good, bad = payout_reading.rows(payout, layout)
    if not good:
        raise PayoutRefused(_("No row of this file could be read in these columns."))
    known = payout_matching.known(payout.provider, [row.transaction_id for row in good])
    taken = payout_matching.paid_out(known)
    lines = [payout_reading.line(payout, row, known, taken) for row in good]
    SettlementLine.objects.bulk_create(lines)
    BadRow.objects.bulk_create(
        BadRow(settlement=payout, row_no=one.row_no, cells=one.cells, problem=one.problem)
        for one in bad
    )
    payout.layout, payout.state, payout.bad_count = layout.kept(), State.READ, len(bad)
    payout.gross_amount = sum((row.gross for row in good), Decimal(0))
    payout.fee_amount = sum((row.fee for row in good), Decimal(0))
    payout.net_amount = payout.gross_amount - payout.fee_amount
    payout.save()
    return payout


def book(*, payout: SettlementImport, at: datetime, actor: User) -> SettlementImport:
    """Book a payout that was read: bank and fees against what the provider held.

    What was taken back in it is judged afterwards, a transaction for each. Raises Stale when it
    is booked already, PayoutRefused when nothing was paid out.
    """
    payout = _book(payout, at=at, actor=actor)
    taken_back.judge_all(at=at, actor=actor, payout=payout)
    return payout


@transaction.atomic
def _book(payout: SettlementImport, *, at: datetime, actor: User) -> SettlementImport:
    trail.begin(actor=actor, at=at, reason=f"payout {payout.reference} booked")
    payout = _locked(payout)
    if payout.state != State.READ:
        raise Stale(_("Read the file first."))
    if payout.net_amount <= 0:
        raise PayoutRefused(_("This file pays nothing out."))
    lines = list(
        SettlementLine.objects.select_for_update().filter(settlement=payout).order_by("pk")
    )
    payout_matching.match_again(payout.provider, lines)
    parked = [line for line in lines if _is_parked(line)]
    for line in parked:
        line.is_parked = True
        if line.is_taken_back:
            line.became = SettlementLine.Became.OPEN
    SettlementLine.objects.bulk_update(
        lines, ["is_parked", "state", "payment", "attempt", "became"]
    )
    owed = sum((line.gross_amount for line in parked), Decimal(0))
    ledger.open_chart()
    ledger.post(
        kind=BOOKED, source_type=SOURCE, source_id=payout.pk,
        lines=[
            Line(payout.bank_account.account_id, payout.net_amount),
            Line(Chart.GATEWAY_FEES, payout.fee_amount),
            Line(CLEARING_OF[payout.provider], owed - payout.gross_amount),
            Line(Chart.UNMATCHED_MONEY, -owed),
        ],
        posted_on=payout.paid_on, at=at, branch_id=payout.bank_account.branch_id,
        customer_id=None, actor=actor, memo=f"{payout.provider} {payout.reference}",
    )  # fmt: skip
    payout.state, payout.booked_at, payout.booked_by = State.BOOKED, at, actor
    payout.save(update_fields=["state", "booked_at", "booked_by"])
    _note("payout.booked", payout, at=at, actor=actor)
    return payout


@transaction.atomic
def discard(*, payout: SettlementImport, reason: str, at: datetime, actor: User) -> None:
    """Throw a file away that is not booked. Raises ReasonMissing, Stale."""
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    payout = _locked(payout)
    _note("payout.discarded", payout, at=at, actor=actor, reason=reason)
    path = payout.path
    payout.delete()
    transaction.on_commit(lambda: files.forget(path))


def recognise(*, at: datetime, actor: User | None = None) -> int:
    """Match transactions that were unknown when they were paid out; return how many are now.

    Each is a transaction of its own: its money leaves 2330 for the provider's account, where its
    payment has put it meanwhile. What was taken back of one that is known now is judged.
    """
    waiting = SettlementLine.objects.filter(
        state=SettlementLine.State.UNKNOWN, settlement__state=State.BOOKED
    )
    found = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        found += _recognise(pk, at=at, actor=actor)
    taken_back.judge_all(at=at, actor=actor)
    return found


@transaction.atomic
def _recognise(pk: int, *, at: datetime, actor: User | None) -> int:
    line = (
        SettlementLine.objects.select_for_update(of=("self",))
        .select_related("settlement__bank_account")
        .get(pk=pk)
    )
    if line.state != SettlementLine.State.UNKNOWN:
        return 0
    trail.begin(actor=actor, at=at, reason=f"payout line {pk} recognised")
    payout_matching.match_again(line.provider, [line])
    found = line.payment or line.attempt
    if found is None:
        return 0
    line.matched_at, line.matched_by = at, actor
    line.save(update_fields=["state", "payment", "attempt", "matched_at", "matched_by"])
    if line.is_parked and not line.is_taken_back:
        payout = line.settlement
        ledger.post(
            kind=RECOGNISED, source_type=SOURCE_LINE, source_id=line.pk,
            lines=[
                Line(Chart.UNMATCHED_MONEY, line.gross_amount),
                Line(CLEARING_OF[line.provider], -line.gross_amount),
            ],
            posted_on=payout.paid_on, at=at, branch_id=payout.bank_account.branch_id,
            customer_id=None, actor=actor, memo=f"{line.provider} {line.transaction_id}",
        )  # fmt: skip
    events.record(
        at=at, actor=actor, action="payout_line.recognised", target=line,
        label=line.transaction_id, customer_id=found.customer_id,
        after={"amount": str(line.gross_amount), "of": str(found)},
    )  # fmt: skip
    return 1


def claim(*, line: SettlementLine, customer: Customer, at: datetime, actor: User) -> Payment:
    """Say which customer an unknown transaction came from: it becomes a payment of theirs.

    Raises PayoutRefused for one that is known, was taken back, or belongs to a try to pay online
    (that is settled by asking the gateway, or the money would be there twice).
    """
    with transaction.atomic():
        trail.begin(actor=actor, at=at, reason=f"payout line {line.pk} claimed")
        standings.lock([customer.pk])
        line = SettlementLine.objects.select_for_update(of=("self",)).select_related(
            "settlement__bank_account"
        ).get(pk=line.pk)  # fmt: skip
        if line.state != SettlementLine.State.UNKNOWN or line.is_taken_back:
            raise PayoutRefused(_("This transaction is known already."))
        own = Q(gateway_reference=line.transaction_id) | Q(bank_reference=line.transaction_id)
        if PaymentAttempt.objects.filter(own | Q(order=line.transaction_id)).exists():
            raise PayoutRefused(_("This was a payment online. Ask the gateway about it first."))
        day = line.happened_on or line.settlement.paid_on
        noon = datetime.combine(day, time(12), tzinfo=clock.zone())
        settled = settlement.settle(
            customer=customer, amount=line.gross_amount, method=_METHOD_OF[line.provider],
            received_by=None, received_at=min(noon, at), at=at, actor=actor,
            reference=line.transaction_id, note=str(line.settlement), is_repeat_confirmed=True,
            idempotency_key=f"payout-{line.provider}-{line.pk}",
            into=CLEARING_OF[line.provider],
        )  # fmt: skip
        _recognise(line.pk, at=at, actor=actor)
    return settled.payment


def _is_parked(line: SettlementLine) -> bool:
    return line.is_taken_back or line.state == SettlementLine.State.UNKNOWN


def _locked(payout: SettlementImport) -> SettlementImport:
    found = (
        SettlementImport.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .get(pk=payout.pk)
    )
    if found.state == State.BOOKED:
        raise Stale(_("This payout is booked already."))
    return found


def _note(
    action: str, payout: SettlementImport, *, at: datetime, actor: User, reason: str = ""
) -> None:
    events.record(
        at=at, actor=actor, action=action, target=payout, label=str(payout), reason=reason,
        branch_id=payout.bank_account.branch_id,
        after={"net": str(payout.net_amount), "fee": str(payout.fee_amount)},
    )  # fmt: skip
