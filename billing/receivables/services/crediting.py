"""Credit an issued invoice, or write it off: the one door to a credit note.

A note never gives back more than was charged (`billing.ledger.rules.tax.credit_line`, and the
database again). An invoice that is paid first lets go of money: it stays the customer's, pays other
open invoices at once, and what is left of it is credit. See docs/adr/0010-credit-notes.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.allocation.services import room
from billing.dunning.services import dunning
from billing.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from billing.invoices.rules.credit_words import Cause
from billing.invoices.services import seller
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import credit_line, document_total
from billing.ledger.services import account_states, ledger
from billing.receivables.queries.credits import credited
from billing.receivables.services import credit_notices, spending
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import Taxed
from ispbill.core.services import numbering


class NotCreditable(DomainError):
    """Only an issued invoice can be credited, and only for what it has charged."""


class NothingToCredit(DomainError):
    """A credit note needs an amount above zero."""


@dataclass(frozen=True)
class Given:
    """What is given back of one line, in the company's currency, as a positive net amount.

    The tax follows from the line's rate unless it is given too. An amount above what is left of
    the line is held to that. `days` is half-open [start, end): what the amount was reckoned by.
    """

    line: InvoiceLine
    net: Decimal
    explanation: dict[str, Any] = field(default_factory=dict)
    days: tuple[date, date] | None = None
    tax: Decimal | None = None


@dataclass(frozen=True)
class Part:
    """A given amount, reckoned: what the note will say of one line."""

    given: Given
    amount: Taxed


@transaction.atomic
def credit(
    *,
    invoice: Invoice,
    given: Sequence[Given],
    kind: str = CreditNote.Kind.CREDIT,
    on: date,
    act: Act,
    is_told: bool = True,
    cause: Cause | None = None,
) -> CreditNote:
    """Issue one note: room, books, lines, number, account state, message; all or nothing.

    `cause` is what happened, in facts (`billing.invoices.rules.credit_words`): the customer
    reads it instead of the reason.

    `kind` WRITE_OFF gives up money that will not come: it books the loss, releases no payment and
    tells nobody. Lines with nothing left are passed over. Unless `is_told`, the caller tells the
    customer itself.

    Raises ReasonMissing, NotCreditable (a draft, a void invoice, somebody else's line, a write-off
    of what is paid) and NothingToCredit.
    """
    act = trail.begin_with_reason(act=act)
    # Lock. Whatever pays or credits this customer's invoices waits for the account state.
    account_states.lock([invoice.customer_id])
    invoice = Invoice.objects.select_related("customer").get(pk=invoice.pk)
    # Decide.
    parts = reckon(invoice, given)
    total = document_total(part.amount for part in parts)
    if total.gross <= 0:
        raise NothingToCredit(_("There is nothing left to credit on this invoice."))
    # Change.
    _make_room(invoice, total.gross, kind=kind, act=act.because(""))
    note = _issue(invoice, parts, total, kind=kind, cause=cause or {}, on=on, act=act)
    account_states.refresh([invoice.customer_id])
    spending.spend(customer_id=invoice.customer_id, act=act.because(""))
    dunning.reopen_if_settled(customer_id=invoice.customer_id, act=act)
    # Trail.
    _record(note, invoice, total, act=act)
    # After commit: the message is a row of this transaction.
    if is_told and not note.is_write_off:
        credit_notices.tell(note, invoice, at=act.at)
    return note


def _record(note: CreditNote, invoice: Invoice, total: Taxed, *, act: Act) -> None:
    events.record(
        act=act,
        action="invoice.written_off" if note.is_write_off else "invoice.credited",
        target=invoice,
        after={"note": note.number, "net": total.net, "tax": total.tax, "total": total.gross},
    )


def reckon(invoice: Invoice, given: Sequence[Given]) -> list[Part]:
    """Return what a note would say of each line; the same reckoning shows a preview.

    Raises NotCreditable.
    """
    if invoice.status != Invoice.Status.OPEN:
        raise NotCreditable(_("Only an issued invoice can be credited."))
    if any(one.line.invoice_id != invoice.pk for one in given):
        raise NotCreditable(_("A line belongs to another invoice."))
    if len({one.line.pk for one in given}) != len(given):
        raise NotCreditable(_("A line can be credited once on a note."))
    before = credited(invoice)
    parts = [Part(one, _amount(one, before.get(one.line.pk, Taxed.nothing()))) for one in given]
    return [part for part in parts if part.amount.net or part.amount.tax]


def _amount(given: Given, before: Taxed) -> Taxed:
    line = given.line
    charged = Taxed(line.net_amount, line.tax_amount)
    is_deduction = charged.gross < 0
    if is_deduction:
        charged, before = -charged, -before
    if given.net < 0 or (given.tax is not None and given.tax < 0):
        raise NotCreditable(_("A credit is an amount above zero."))
    if given.tax is None:
        amount = credit_line(charged=charged, credited=before, net=given.net, rate=line.tax_rate)
    else:
        left = charged - before
        amount = Taxed(min(given.net, left.net), min(given.tax, left.tax))
    return -amount if is_deduction else amount


def _make_room(invoice: Invoice, total: Decimal, *, kind: str, act: Act) -> None:
    """See to it that what is still due covers the note. Raises NotCreditable."""
    missing = total - invoice.amount_due
    if missing > 0 and kind == CreditNote.Kind.WRITE_OFF:
        raise NotCreditable(_("Only what is still due can be written off."))
    if missing > 0:
        room.release(invoice_id=invoice.pk, amount=missing, act=act)
        invoice.refresh_from_db(fields=["paid_amount", "credited_amount", "amount_due"])
        if invoice.amount_due < total:
            raise NotCreditable(_("What is paid on this invoice could not be released."))


def _issue(
    invoice: Invoice,
    parts: Sequence[Part],
    total: Taxed,
    *,
    kind: str,
    cause: Cause,
    on: date,
    act: Act,
) -> CreditNote:
    note = CreditNote(
        pk=_next_id(),
        kind=kind,
        invoice=invoice,
        customer_id=invoice.customer_id,
        branch_id=invoice.branch_id,
        issued_on=on,
        issued_at=act.at,
        currency=invoice.currency,
        language=invoice.customer.language,
        net_amount=total.net,
        tax_amount=total.tax,
        total_amount=total.gross,
        reason=act.reason,
        cause=cause,
        seller=seller.current(),
        buyer=invoice.buyer,
        created_by_id=act.actor.pk if act.actor is not None else None,
    )
    ledger.open_chart()
    # The lines come first: writing the note proves it, with them.
    CreditNoteLine.objects.bulk_create(_line(note, part) for part in parts)
    _book(note, parts, on=on, act=act)
    number = numbering.take(series="CN", year=on.year)
    note.number = numbering.written(series="CN", year=on.year, number=number)
    note.save(force_insert=True)
    return note


def _line(note: CreditNote, part: Part) -> CreditNoteLine:
    line = part.given.line
    return CreditNoteLine(
        note_id=note.pk,
        line=line,
        customer_id=note.customer_id,
        description=line.description,
        days=DateRange(*part.given.days) if part.given.days else None,
        net_amount=part.amount.net,
        tax_rate=line.tax_rate,
        tax_amount=part.amount.tax,
        account_id=int(Chart.WRITE_OFF) if note.is_write_off else line.account_id,
        explanation=part.given.explanation,
    )


def _book(note: CreditNote, parts: Sequence[Part], *, on: date, act: Act) -> None:
    """Book a credit against what the lines were booked to, a write-off as a loss with its tax.

    The tax of a bad debt stays payable: it fell due with the invoice, and where a law gives it
    back that is a claim of its own.
    """
    if note.is_write_off:
        sides = {int(Chart.WRITE_OFF): note.total_amount}
    else:
        sides = {int(Chart.TAX_PAYABLE): note.tax_amount}
        for part in parts:
            account = part.given.line.account_id
            sides[account] = sides.get(account, Decimal(0)) + part.amount.net
    ledger.post(
        ledger.Fact(
            kind="WRITE_OFF" if note.is_write_off else "CREDIT_NOTE",
            source_type="credit_note",
            source_id=note.pk,
            lines=[
                *(ledger.Line(account, amount) for account, amount in sides.items()),
                ledger.Line(Chart.RECEIVABLE, -note.total_amount, note.customer_id),
            ],
            posted_on=on,
            branch_id=note.branch_id,
            customer_id=note.customer_id,
            memo=f"{note.invoice.number}: {note.reason}",
        ),
        act=act,
    )


def _next_id() -> int:
    return int(
        statements.first("SELECT nextval(pg_get_serial_sequence('billing_creditnote', 'id'))")[0]
    )
