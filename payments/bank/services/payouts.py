"""Payouts of payment providers: taken in, read (`payout_reading`) and booked.

Bank ← what the provider held for us, its fee is an expense. What it paid that we do not know
becomes unmatched money (2330) and leaves it once its payment is known. So does what it took back,
until it is judged (`chargebacks`).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import CLEARING_OF
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.bank.models import BadRow, BankAccount, SettlementImport, SettlementLine
from payments.bank.rules import payout_rows
from payments.bank.rules.statement_rows import Layout
from payments.bank.services import chargebacks, files, payout_matching, payout_reading
from payments.bank.services.payout_reading import PayoutRefused

SOURCE, BOOKED = "payout", "PAYOUT"
State = SettlementImport.State


@dataclass(frozen=True)
class NewPayout:
    """A payout as a person tells of it: whose, where it arrived, when, under which number."""

    provider: str
    bank_account: BankAccount
    reference: str
    paid_on: date


def upload(*, wanted: NewPayout, name: str, content: bytes, act: Act[User]) -> SettlementImport:
    """Keep a settlement file and guess its columns. Raises FileRefused, PayoutRefused."""
    files.check(content)
    digest = files.digest(content)
    layout = payout_reading.layout(wanted.provider, content)
    path = files.keep(content, folder="settlements")
    try:
        with transaction.atomic():
            trail.begin(act=act)
            payout = SettlementImport.objects.create(
                provider=SettlementImport.Provider(wanted.provider).value,
                bank_account=wanted.bank_account,
                reference=wanted.reference.strip()[:80],
                paid_on=wanted.paid_on,
                file_name=name[-120:],
                file_hash=digest,
                path=path,
                layout=layout.kept(),
                uploaded_at=act.at,
                uploaded_by=act.actor,
            )
            _note("payout.uploaded", payout, act=act)
    except IntegrityError as error:
        files.forget(path)
        raise PayoutRefused(_("This file has been taken in already.")) from error
    return payout


@transaction.atomic
def read(*, payout: SettlementImport, layout: Layout, act: Act[User]) -> SettlementImport:
    """Read the transactions of a payout that is not booked, anew each time it is asked.

    Raises PayoutRefused for columns that do not make a payout, Stale when it is booked.
    """
    trail.begin(act=act)
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


def book(*, payout: SettlementImport, act: Act[User]) -> SettlementImport:
    """Book a payout that was read: bank and fees against what the provider held.

    What was charged back in it is judged afterwards, a transaction for each. Raises Stale when it
    is booked already, PayoutRefused when nothing was paid out.
    """
    payout = _book(payout, act=act)
    chargebacks.judge_all(act=act, payout=payout)
    return payout


@transaction.atomic
def _book(payout: SettlementImport, *, act: Act[User]) -> SettlementImport:
    trail.begin(act=act.because(f"payout {payout.reference} booked"))
    payout = _locked(payout)
    if payout.state != State.READ:
        raise Stale(_("Read the file first."))
    if payout.net_amount <= 0:
        raise PayoutRefused(_("This file pays nothing out."))
    lines = list(
        SettlementLine.objects.select_for_update().filter(settlement=payout).order_by("pk")
    )
    payout_matching.match_again(payout.provider, lines)
    held_unmatched = [line for line in lines if _is_held_unmatched(line)]
    for line in held_unmatched:
        line.is_held_unmatched = True
        if line.is_chargeback:
            line.became = SettlementLine.Became.OPEN
    SettlementLine.objects.bulk_update(
        lines, ["is_held_unmatched", "state", "payment", "attempt", "became"]
    )
    owed = sum((line.gross_amount for line in held_unmatched), Decimal(0))
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind=BOOKED,
            source_type=SOURCE,
            source_id=payout.pk,
            lines=[
                Line(payout.bank_account.account_id, payout.net_amount),
                Line(Chart.GATEWAY_FEES, payout.fee_amount),
                Line(CLEARING_OF[payout.provider], owed - payout.gross_amount),
                Line(Chart.UNMATCHED_MONEY, -owed),
            ],
            posted_on=payout.paid_on,
            branch_id=payout.bank_account.branch_id,
            customer_id=None,
            memo=f"{payout.provider} {payout.reference}",
        ),
        act=act,
    )
    payout.state, payout.booked_at, payout.booked_by = State.BOOKED, act.at, act.actor
    payout.save(update_fields=["state", "booked_at", "booked_by"])
    _note("payout.booked", payout, act=act)
    return payout


@transaction.atomic
def discard(*, payout: SettlementImport, act: Act[User]) -> None:
    """Throw a file away that is not booked. Raises ReasonMissing, Stale."""
    act = trail.begin_with_reason(act=act)
    payout = _locked(payout)
    _note("payout.discarded", payout, act=act)
    path = payout.path
    payout.delete()
    transaction.on_commit(lambda: files.forget(path))


def _is_held_unmatched(line: SettlementLine) -> bool:
    return line.is_chargeback or line.state == SettlementLine.State.UNKNOWN


def _locked(payout: SettlementImport) -> SettlementImport:
    found = (
        SettlementImport.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .get(pk=payout.pk)
    )
    if found.state == State.BOOKED:
        raise Stale(_("This payout is booked already."))
    return found


def _note(action: str, payout: SettlementImport, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=payout,
        branch_id=payout.bank_account.branch_id,
        after={"net": str(payout.net_amount), "fee": str(payout.fee_amount)},
    )
