"""Shifts, hand-overs and safes: who may see which, and what lies where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from billing.allocation.models import Payment
from billing.tills.models import CashMove, DayClose, Handover, Shift
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import Branch, User
from ispbill.core.money import ZERO


def visible_to(user: User) -> QuerySet[Shift]:
    """Return the shifts a member of staff may open: everybody's, or only the own ones."""
    shifts = Shift.objects.select_related("person", "branch", "counted_by", "signed_by")
    if not may(user, "cash.view"):
        return shifts.filter(person=user)
    branch = branch_scope(user)
    return shifts if branch is None else shifts.filter(branch_id=branch)


def branches(user: User) -> QuerySet[Branch]:
    """Return the branches whose cash this person may see or collect, by name."""
    found = Branch.objects.filter(archived_at=None).order_by("name")
    own = branch_scope(user)
    return found if own is None else found.filter(pk=own)


def open_of(user: User) -> Shift | None:
    """Return a person's open shift."""
    return (
        Shift.objects.select_related("branch", "person")
        .filter(person=user, state=Shift.State.OPEN)
        .first()
    )


def safe_amount(branch_id: int) -> Decimal:
    """Return what lies in a branch's safe by the books: at the last closing, and moved since."""
    last = DayClose.objects.filter(branch=branch_id).order_by("-day").first()
    moves = CashMove.objects.filter(branch=branch_id, shift=None)
    if last is not None:
        moves = moves.filter(moved_on__gt=last.day)
    moved = moves.aggregate(sum=Sum("amount"))["sum"] or ZERO
    return moved + (last.safe_amount if last is not None else ZERO)


def waiting_for(user: User) -> QuerySet[Handover]:
    """Return the cash others say they gave this person, to be counted; oldest first."""
    return (
        Handover.objects.filter(to_person=user, state=Handover.State.OFFERED)
        .select_related("from_shift__person")
        .order_by("pk")
    )


def to_sign(user: User, *, branch_id: int | None = None) -> QuerySet[Shift]:
    """Return the counted shifts this supervisor may sign: neither held nor counted by themselves.

    `branch_id` is the branch looked at, if one is chosen.
    """
    counted = visible_to(user).filter(state=Shift.State.COUNTED)
    if branch_id is not None:
        counted = counted.filter(branch_id=branch_id)
    return counted.exclude(person=user).exclude(counted_by=user)


def offered_by(shift: Shift) -> Handover | None:
    """Return the hand-over of a shift that waits to be counted."""
    return (
        Handover.objects.filter(from_shift=shift, state=Handover.State.OFFERED)
        .select_related("to_person", "from_shift")
        .first()
    )


def receivers(shift: Shift) -> QuerySet[User]:
    """Return the people a shift's cash can be handed to: others of its branch, or of none, by
    name."""
    takers = [role for role in User.Role.values if may(_as(role), "payments.take")]
    return (
        User.objects.filter(role__in=takers, is_active=True)
        .filter(Q(branch=shift.branch_id) | Q(branch=None))
        .exclude(pk=shift.person_id)
        .order_by("name")
    )


def _as(role: str) -> User:
    return User(role=role)


@dataclass(frozen=True)
class MethodSum:
    """What was taken by one method that is not cash; reversed payments left out."""

    label: str
    count: int
    amount: Decimal


def other_methods(shift: Shift) -> list[MethodSum]:
    """Return what the person took during the shift that was not cash."""
    taken = Payment.objects.filter(
        received_by=shift.person_id,
        status=Payment.Status.COMPLETED,
        received_at__gte=shift.opened_at,
    ).exclude(method=Payment.Method.CASH)
    if shift.counted_at is not None:
        taken = taken.filter(received_at__lte=shift.counted_at)
    rows = taken.order_by("method").values("method").annotate(n=Count("pk"), sum=Sum("amount"))
    return [
        MethodSum(str(Payment.Method(row["method"]).label), row["n"], row["sum"]) for row in rows
    ]


@dataclass(frozen=True)
class Line:
    """One movement of a shift's cash, with the receipt and customer where it is a payment."""

    move: CashMove
    label: str
    receipt: str
    customer: str
    customer_number: str

    @property
    def out(self) -> Decimal:
        """What went out, without a sign."""
        return max(-self.move.amount, ZERO)


def lines(shift: Shift) -> list[Line]:
    """Return the movements of a shift in their order; two queries."""
    moves = list(
        CashMove.objects.filter(shift=shift)
        .select_related("entry__customer", "handover__from_shift__person", "handover__to_person")
        .order_by("pk")
    )
    ids = [
        move.entry.source_id
        for move in moves
        if move.entry is not None and move.entry.source_type == "payment"
    ]
    receipts = dict(Payment.objects.filter(pk__in=ids).values_list("pk", "receipt_number"))
    return [_line(move, receipts) for move in moves]


def _line(move: CashMove, receipts: dict[int, str | None]) -> Line:
    label, receipt, customer, number = str(CashMove.Kind(move.kind).label), "", "", ""
    if move.entry is not None:
        if move.entry.source_type == "payment":
            receipt = receipts.get(move.entry.source_id) or ""
        else:
            label = f"{label}: {move.entry.memo}"
        if move.entry.customer is not None:
            customer, number = move.entry.customer.name, move.entry.customer.number
    elif move.handover is not None:
        other = move.handover.to_person if move.amount < 0 else move.handover.from_shift.person
        label = f"{label}: {other.name}"
    return Line(move, label, receipt, customer, number)


@dataclass(frozen=True)
class Filters:
    """What narrows the list of shifts; days are cash days, both inclusive."""

    person: int | None = None
    branch: int | None = None
    state: str = ""
    since: date | None = None
    until: date | None = None
    only_differences: bool = False


def filtered(shifts: QuerySet[Shift], filters: Filters) -> QuerySet[Shift]:
    """Narrow shifts by the filters, newest first."""
    plain = {
        "person": filters.person,
        "branch": filters.branch,
        "state": filters.state,
        "opened_on__gte": filters.since,
        "opened_on__lte": filters.until,
    }
    shifts = shifts.filter(**{column: value for column, value in plain.items() if value})
    if filters.only_differences:
        shifts = shifts.exclude(difference_amount=0)
    return shifts.order_by("-pk")


def latest_counts(shifts: Sequence[Shift]) -> dict[int, dict[str, int]]:
    """Return the pieces of each shift's last count, the largest first."""
    found: dict[int, dict[str, int]] = {}
    for shift in shifts:
        counted = shift.counts.order_by("-pk").first()
        if counted is not None:
            # The database keeps the keys of an object in an order of its own.
            pieces = sorted(counted.pieces.items(), key=lambda one: Decimal(one[0]), reverse=True)
            found[shift.pk] = dict(pieces)
    return found
