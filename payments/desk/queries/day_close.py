"""A branch's cash day: its shifts, what moved, what is in the safe, and what is still to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from billing.tills.models import CashMove, DayClose, Shift
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import Branch, User
from ispbill.core.money import ZERO
from payments.desk.queries import tills
from payments.desk.queries.tills import MethodSum


def visible_to(user: User) -> QuerySet[DayClose]:
    """Return the closings a member of staff may see, newest first."""
    found = DayClose.objects.select_related("branch", "closed_by").order_by("-day", "-pk")
    own = branch_scope(user)
    return found if own is None else found.filter(branch_id=own)


def closed_through(branch_id: int) -> date | None:
    """Return the last closed day of a branch."""
    return (
        DayClose.objects.filter(branch=branch_id)
        .order_by("-day")
        .values_list("day", flat=True)
        .first()
    )


def unsigned(branch_id: int, day: date) -> list[Shift]:
    """Return the shifts that keep a day from being closed."""
    return list(
        Shift.objects.filter(branch=branch_id, opened_on__lte=day)
        .exclude(state=Shift.State.CLOSED)
        .select_related("person", "counted_by", "branch")
        .order_by("pk")
    )


def behind(*, on: date, branch_id: int | None = None) -> list[str]:
    """Return the branches with shifts of days before `on` whose cash day is not closed, by name."""
    closed = DayClose.objects.filter(branch=OuterRef("branch"), day__gte=OuterRef("opened_on"))
    found = Shift.objects.filter(~Exists(closed), opened_on__lt=on)
    if branch_id is not None:
        found = found.filter(branch=branch_id)
    return list(found.order_by("branch__name").values_list("branch__name", flat=True).distinct())


@dataclass(frozen=True)
class ShiftLine:
    """A shift of the day, and what its person took that was not cash."""

    shift: Shift
    others: list[MethodSum]


@dataclass(frozen=True)
class Sheet:
    """The cash of a branch after the day `after`, up to and with `day`."""

    branch: Branch
    after: date | None
    day: date
    shifts: list[ShiftLine]
    kinds: dict[str, Decimal]
    """What moved in all tills together, by kind of movement; passing inside the branch is zero."""
    safe_before: Decimal
    safe_after: Decimal
    move_count: int
    moved_amount: Decimal

    @property
    def is_ready(self) -> bool:
        """Tell whether every shift is signed."""
        return all(line.shift.state == Shift.State.CLOSED for line in self.shifts)

    @property
    def difference(self) -> Decimal:
        """Return what the counts of the day found too much or too little, together."""
        return sum((line.shift.found_difference for line in self.shifts), ZERO)

    def as_figures(self) -> dict[str, Any]:
        """Return what is kept with the closing, amounts as texts."""
        return {
            "safe_before": str(self.safe_before),
            "safe_after": str(self.safe_after),
            "kinds": {kind: str(amount) for kind, amount in self.kinds.items()},
            "shifts": [_kept(line) for line in self.shifts],
        }


def sheet(branch: Branch, *, after: date | None, day: date) -> Sheet:
    """Return the figures of a branch's cash of the days after `after` up to and with `day`."""
    moves = CashMove.objects.filter(branch=branch, moved_on__lte=day)
    before = ZERO
    if after is not None:
        moves = moves.filter(moved_on__gt=after)
        before = DayClose.objects.get(branch=branch, day=after).safe_amount
    rows = list(
        moves.order_by("kind")
        .values("kind")
        .annotate(n=Count("pk"), sum=Sum("amount"), safe=Sum("amount", filter=Q(shift=None)))
    )
    return Sheet(
        branch=branch,
        after=after,
        day=day,
        shifts=[ShiftLine(shift, tills.other_methods(shift)) for shift in _of(branch, after, day)],
        kinds={row["kind"]: row["sum"] for row in rows},
        safe_before=before,
        safe_after=before + sum((row["safe"] or ZERO for row in rows), ZERO),
        move_count=sum(row["n"] for row in rows),
        moved_amount=sum((row["sum"] for row in rows), ZERO),
    )


def _of(branch: Branch, after: date | None, day: date) -> Sequence[Shift]:
    shifts = Shift.objects.filter(branch=branch, opened_on__lte=day)
    if after is not None:
        shifts = shifts.filter(opened_on__gt=after)
    else:
        # Before the first closing there may be years of them: show those still to be closed.
        shifts = shifts.filter(Q(opened_on=day) | ~Q(state=Shift.State.CLOSED))
    return list(shifts.select_related("person", "counted_by", "signed_by", "branch").order_by("pk"))


def _kept(line: ShiftLine) -> dict[str, Any]:
    shift = line.shift
    return {
        "number": shift.number,
        "person": shift.person.name,
        "kind": shift.kind,
        "float": str(shift.float_amount),
        "taken": str(shift.taken_amount),
        "paid_out": str(shift.paid_out_amount),
        "received": str(shift.received_amount),
        "handed": str(shift.handed_amount),
        "expected": str(shift.expected_amount),
        "counted": str(shift.counted_amount),
        "difference": str(shift.difference_amount),
        "reason": shift.difference_reason,
        "signed_by": shift.signed_by.name if shift.signed_by is not None else "",
        "others": [[one.label, one.count, str(one.amount)] for one in line.others],
    }
