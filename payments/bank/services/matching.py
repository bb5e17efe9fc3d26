"""Say that a line of a statement is customers' payments (others: `linking`, `setting_aside`).

Locks: the customers' account states first, then the line, then what settling locks. Two people who
claim the same line wait for each other, and the second is told that it is done.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from billing.receivables.services import admission, settlement
from billing.receivables.services.admission import Asked
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.bank.models import StatementLine, StatementPart
from payments.bank.queries import match_hints
from payments.bank.rules.matching import NEAR_DAYS
from payments.bank.services import booking, payers
from payments.bank.services.booking import LineRefused

Kind = StatementPart.Kind


class PerhapsRecorded(DomainError):
    """This money may be in the books already: `payment` has its amount and nearly its day."""

    def __init__(self, message: str, payment: Payment) -> None:
        super().__init__(message)
        self.payment = payment


@dataclass(frozen=True)
class Share:
    """What of a line one customer paid, in the company's currency."""

    customer: Customer
    amount: Decimal
    invoices: Sequence[Invoice] = ()


@transaction.atomic
def match(
    *,
    line: StatementLine,
    shares: Sequence[Share],
    act: Act[User | None],
    remember: bool = False,
    is_repeat_confirmed: bool = False,
) -> list[Payment]:
    """Make a line the payments of these customers; what the shares leave stays open.

    Raises Stale when the line is done, LineRefused for shares that do not fit it, and
    PerhapsRecorded (unless confirmed) when a customer has an unclaimed payment of that amount
    around that day: it should be linked, or the same money would be there twice.
    """
    trail.begin(act=act.because(f"bank statement line {line.pk} matched"))
    account_states.lock(sorted({share.customer.pk for share in shares}))
    line = booking.lock(line.pk)
    booking.check_open(line)
    _check_shares(line, shares)
    if not is_repeat_confirmed:
        recorded = _unclaimed([line], {share.customer.pk for share in shares})
        for share in shares:
            _ask_about_recorded(line, share, recorded)
    if len(shares) > 1 or shares[0].amount != line.open_amount:
        booking.hold_unmatched(line, act=act)
    made = [_settle(line, share, act=act) for share in shares]
    # Settling has named its own reason; what follows belongs to the line again.
    trail.begin(act=act.because(f"bank statement line {line.pk} matched"))
    if remember and len({share.customer.pk for share in shares}) == 1:
        payers.remember(line=line, customer=shares[0].customer, act=act)
    booking.note(
        "statement_line.matched",
        line,
        act=act,
        payments=len(made),
        customers=[share.customer.pk for share in shares],
    )
    return made


@transaction.atomic
def match_all(
    wanted: Sequence[tuple[StatementLine, Customer]], *, act: Act[User | None]
) -> dict[int, Payment | DomainError]:
    """Make each of these lines, whole, the payment of one customer, each of another one.

    What `match` would raise for a line is returned in its place, by the line's id, and that line
    stays as it is.
    """
    reason = f"{len(wanted)} bank statement lines matched"
    customers = {customer.pk for _line, customer in wanted}
    # Lock.
    account_states.begin(customers, act=act.because(reason))
    lines = booking.lock_all([line.pk for line, _customer in wanted])
    # Decide.
    outcomes: dict[int, Payment | DomainError] = {}
    good: list[tuple[StatementLine, Share]] = []
    recorded = _unclaimed(list(lines.values()), customers)
    for given, customer in wanted:
        line = lines[given.pk]
        share = Share(customer, line.open_amount)
        try:
            booking.check_open(line)
            _check_shares(line, [share])
            _ask_about_recorded(line, share, recorded)
        except DomainError as refusal:
            outcomes[line.pk] = refusal
        else:
            good.append((line, share))
    # Change.
    made = _settle_all(good, act=act)
    trail.begin(act=act.because(reason))
    parts = [
        _part(line, share, payment, act=act)
        for line, share in good
        if isinstance(payment := made[line.pk], Payment)
    ]
    booking.add_parts(parts)
    # Trail.
    events.write([_matched(part, act=act) for part in parts])
    return outcomes | made


def received_at(line: StatementLine, *, at: datetime) -> datetime:
    """Return when a line's money counts as received: noon of its day, never later than now."""
    noon = datetime.combine(line.booked_on, time(12), tzinfo=clock.zone())
    return min(noon, at)


def _settle(line: StatementLine, share: Share, *, act: Act[User | None]) -> Payment:
    tries = StatementPart.objects.filter(line=line).count()
    settled = settlement.settle_all([_asked(line, share, tries=tries, act=act)])[0]
    if isinstance(settled, DomainError):
        raise settled
    part = _part(line, share, settled.payment, act=act)
    # The payment's own entry has moved the money already.
    booking.add_part(line, part, stands_at=booking.source_of(line), act=act)
    return settled.payment


def _settle_all(
    shares: Sequence[tuple[StatementLine, Share]], *, act: Act[User | None]
) -> dict[int, Payment | DomainError]:
    """Settle whole lines together; return what became of each, by the line's id."""
    if not shares:
        return {}
    before = StatementPart.objects.filter(line__in=[line.pk for line, _share in shares])
    tries = dict(before.values_list("line").annotate(Count("pk")))
    settled = settlement.settle_all(
        [_asked(line, share, tries=tries.get(line.pk, 0), act=act) for line, share in shares]
    )
    return {
        line.pk: one if isinstance(one, DomainError) else one.payment
        for (line, _share), one in zip(shares, settled, strict=True)
    }


def _asked(line: StatementLine, share: Share, *, tries: int, act: Act[User | None]) -> Asked:
    """Return the payment a share of a line is; `tries` parts were made of the line before."""
    return Asked(
        customer_id=share.customer.pk,
        amount=share.amount,
        method=line.account.method,
        received_by=None,
        received_at=received_at(line, at=act.at),
        reference=(line.reference or line.bank_id or line.description)[:80],
        note=f"{line.account.name} {line.booked_on}",
        chosen=[invoice.pk for invoice in share.invoices],
        key=f"bank-{line.fingerprint[:40]}-{tries + 1}",
        is_repeat_confirmed=True,
        account_no=booking.source_of(line),
        act=act,
    )


def _part(
    line: StatementLine, share: Share, payment: Payment, *, act: Act[User | None]
) -> StatementPart:
    return StatementPart(
        line=line,
        kind=Kind.PAYMENT,
        amount=share.amount,
        customer=share.customer,
        payment=payment,
        is_made=True,
        at=act.at,
        by=act.actor,
    )


def _check_shares(line: StatementLine, shares: Sequence[Share]) -> None:
    if not shares:
        raise LineRefused(_("Choose a customer."))
    if not line.is_money_in:
        raise LineRefused(_("Only money that came in can be a payment."))
    for share in shares:
        admission.check_amount(share.amount)
    total = sum((share.amount for share in shares), Decimal(0))
    if total > line.open_amount:
        raise LineRefused(
            _("The shares are %(total)s; of this line %(open)s are left.")
            % {"total": formats.money(total), "open": formats.money(line.open_amount)}
        )


# What a line turns out to be: each names it in the part and returns the account it stands at.


def _unclaimed(
    lines: Sequence[StatementLine], customers: Collection[int]
) -> dict[str, list[Payment]]:
    """Return what no line has claimed of these customers' payments around these days, by account.

    By the kind of the account the lines are of; the latest first.
    """
    near = (
        min(line.booked_on for line in lines) - timedelta(days=NEAR_DAYS),
        max(line.booked_on for line in lines) + timedelta(days=NEAR_DAYS),
    )
    return {
        method: list(
            match_hints.unclaimed(method)
            .filter(customer__in=customers, posted_on__range=near)
            .order_by("-pk")
        )
        for method in {line.account.method for line in lines}
    }


def _ask_about_recorded(
    line: StatementLine, share: Share, unclaimed: Mapping[str, Sequence[Payment]]
) -> None:
    for twin in unclaimed[line.account.method]:
        if (twin.customer_id, twin.amount) != (share.customer.pk, share.amount):
            continue
        if abs(twin.posted_on - line.booked_on) <= timedelta(days=NEAR_DAYS):
            raise PerhapsRecorded(
                _("%(name)s has a payment of this amount already: %(receipt)s. Is it this one?")
                % {"name": share.customer.name, "receipt": twin.receipt_number},
                twin,
            )


def _matched(part: StatementPart, *, act: Act[User | None]) -> AuditEvent:
    return booking.said(
        "statement_line.matched",
        part.line,
        act=act,
        payments=1,
        customers=[part.customer_id] if part.customer_id else [],
    )
