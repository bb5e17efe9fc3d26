"""Cash with a place: yesterday counted, short of twenty taka and closed; today under way.

The cash of the history lies in the safes; most of it goes to the bank, with a slip.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from billing.allocation.rules import limits
from billing.invoices.models import Invoice
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.tills.models import Handover, Shift
from customers.models import Subscription
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.clock import local_date
from ispbill.devtools.demo.days import ZONE, moment
from ispbill.devtools.demo.ground import HQ, Ground
from payments.desk.queries import tills as facts
from payments.desk.services import banking, days, handovers, shifts

FLOAT = Decimal("2000.00")
KEPT = Decimal("20000.00")
MISSING = Decimal("20.00")


def yesterday(base: Ground, *, today: date) -> None:
    """Let the cashier and a collector work a day, hand over, count, have it signed and closed."""
    on, branch = today - timedelta(days=1), base.branches[HQ]
    cashier, collector = base.cashier, base.staff["billing@demo.test"]
    _bank(base, at=moment(on, 9))
    desk = _open(cashier, Shift.Kind.DESK, base, at=moment(on, 9, 30))
    _open(collector, Shift.Kind.ROUND, base, at=moment(on, 9, 40))
    doors = _who_owes(base, 5)
    for place, invoice in enumerate(doors):
        person = collector if place % 2 else cashier
        _take(invoice, person, at=moment(on, 10 + place, 15))
    round_ = facts.open_of(collector)
    if round_ is not None and round_.held_amount:
        offered = handovers.offer(
            shift=round_,
            to_person=cashier,
            amount=round_.held_amount,
            note="",
            act=Act(collector, moment(on, 18)),
        )
        handovers.accept(
            handover=offered, counted=offered.amount, act=Act(cashier, moment(on, 18, 5))
        )
    for number, (shift, missing) in enumerate(((desk, MISSING), (round_, Decimal(0)))):
        if shift is None:
            continue
        shift.refresh_from_db()
        there = max(shift.held_amount - missing, Decimal(0))
        counted = shifts.count(
            shift=shift,
            pieces={},
            loose=there,
            act=Act(
                shift.person,
                moment(on, 18, 20 + number),
                reason="A twenty-taka note too much was given as change" if missing else "",
            ),
        )
        shifts.sign_off(
            shift=counted, seen_amount=there, act=Act(base.owner, moment(on, 18, 40 + number))
        )
    days.close(
        branch=branch,
        day=on,
        note="Rain in the afternoon, few came.",
        act=Act(base.owner, moment(on, 19)),
    )


def today(base: Ground, *, now: datetime) -> None:
    """Open drawers of today: the cashier's, and a round whose cash waits to be counted."""
    cashier, collector = base.cashier, base.staff["billing@demo.test"]
    now = _earlier_today(now)
    if facts.open_of(cashier) is None:
        _open(cashier, Shift.Kind.DESK, base, at=now)
    for place, invoice in enumerate(_who_owes(base, 3)):
        _take(invoice, collector if place == 1 else cashier, at=now)
    round_ = facts.open_of(collector)
    if (
        round_ is not None
        and round_.held_amount
        and not Handover.objects.filter(from_shift=round_).exists()
    ):
        handovers.offer(
            shift=round_,
            to_person=cashier,
            amount=round_.held_amount,
            note="From the morning round",
            act=Act(collector, now),
        )


def _earlier_today(now: datetime) -> datetime:
    """Return half past nine, or midnight when it is not so late yet: seeds made twice agree."""
    on = now.astimezone(ZONE).date()
    morning = moment(on, 9, 30)
    return morning if morning <= now else moment(on, 0)


def put_away(base: Ground, *, at: datetime) -> None:
    """Count every open drawer of the past, exactly, and put its cash into the safe."""
    for shift in Shift.objects.filter(state=Shift.State.OPEN).order_by("pk"):
        signer = base.owner if shift.person_id != base.owner.pk else base.staff["billing@demo.test"]
        counted = shifts.count(
            shift=shift, pieces={}, loose=shift.held_amount, act=Act(shift.person, at)
        )
        shifts.sign_off(shift=counted, seen_amount=shift.held_amount, act=Act(signer, at))


def _open(person: User, kind: str, base: Ground, *, at: datetime) -> Shift:
    has_float = kind == Shift.Kind.DESK and facts.safe_amount(base.branches[HQ].pk) >= FLOAT
    return shifts.open_shift(
        person=person,
        kind=kind,
        branch=base.branches[HQ],
        float_amount=FLOAT if has_float else Decimal(0),
        at=at,
    )


def _bank(base: Ground, *, at: datetime) -> None:
    """Take the cash of each safe to the bank, with as many slips as its sum needs."""
    slip = count()
    for branch in base.branches.values():
        spare = facts.safe_amount(branch.pk) - KEPT
        while spare >= 1000:
            number, amount = next(slip), min(spare - spare % 1000, limits.LARGEST)
            banking.move(
                branch=branch,
                way="TO_BANK",
                amount=amount,
                slip_number=f"DBBL-{7001 + number}",
                idempotency_key=f"demo-slip-{number}",
                act=Act(base.owner, at),
            )
            spare -= amount


def _who_owes(base: Ground, many: int) -> list[Invoice]:
    owing = Invoice.objects.filter(
        status=Invoice.Status.OPEN,
        amount_due__gt=0,
        branch=base.branches[HQ],
        customer__is_duplicate_suspect=False,
    )
    # Who is cut off and pays is on line again, with days nobody has billed before tonight.
    cut_off = Subscription.objects.filter(status=Subscription.Status.SUSPENDED)
    owing = owing.exclude(customer__in=cut_off.values("customer"))
    # The latest bills, of people who are not late: the queues of the late stay as they are.
    return list(owing.select_related("customer").order_by("-due_date", "customer__number")[:many])


def _take(invoice: Invoice, person: User, *, at: datetime) -> None:
    # This bill and no older one: what is left open of it would be collected again today.
    key = f"demo-till-{local_date(at)}-{invoice.number}"
    settlement.settle(
        Asked(
            customer_id=invoice.customer.pk,
            amount=invoice.amount_due,
            method="CASH",
            received_by=person,
            received_at=at,
            key=key,
            is_repeat_confirmed=True,
            chosen=[invoice.pk for invoice in [invoice]],
            act=Act(person, at),
        )
    )
