"""How promises about tickets were kept: met, broken, and how long it took."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from tickets.models import TicketClock
from tickets.rules import satisfaction

Outcome = TicketClock.Outcome


@dataclass(frozen=True)
class Kept:
    """How one kind of promise was kept. `mean_seconds` is business time; percent to one decimal."""

    label: str
    met: int
    breached: int
    mean_seconds: int | None

    @property
    def percent(self) -> Decimal | None:
        """The share that was kept; None where nothing was promised."""
        return satisfaction.compliance(met=self.met, breached=self.breached)

    @property
    def count(self) -> int:
        return self.met + self.breached


def ended(user: User, *, since: datetime, until: datetime) -> QuerySet[TicketClock]:
    """Return the judged clocks of a period, dated at the first of their stop and their due."""
    return ended_in(branch_scope(user), since=since, until=until)


def ended_in(branch_id: int | None, *, since: datetime, until: datetime) -> QuerySet[TicketClock]:
    """Return the same of one branch, or of all."""
    rows = TicketClock.objects.filter(outcome__in=[Outcome.MET, Outcome.BREACHED], is_counted=True)
    if branch_id is not None:
        rows = rows.filter(ticket__branch_id=branch_id)
    dated = rows.annotate(dated=Least("stopped_at", Coalesce("due_at", "stopped_at")))
    return dated.filter(dated__gte=since, dated__lt=until)


def kept(clocks: QuerySet[TicketClock]) -> list[Kept]:
    """Return each kind of promise with how it was kept."""
    found = {row["kind"]: row for row in _sums(clocks, "kind")}
    return [_kept(str(kind.label), found.get(kind.value)) for kind in TicketClock.Kind]


def whole(clocks: QuerySet[TicketClock]) -> Kept:
    """Return how all promises together were kept; the mean of unlike times tells nothing."""
    kinds = kept(clocks)
    met, breached = sum(one.met for one in kinds), sum(one.breached for one in kinds)
    return Kept(_("All promises"), met, breached, None)


def worst(clocks: QuerySet[TicketClock]) -> QuerySet[TicketClock]:
    """Return the broken promises, those that took longest over their time first."""
    rows = clocks.filter(outcome=Outcome.BREACHED).annotate(
        over=F("used_seconds") - F("allowed_seconds")
    )
    return rows.select_related("ticket__assignee").order_by("-over", "pk")


def by(clocks: QuerySet[TicketClock], column: str) -> list[Kept]:
    """Return how promises of resolution were kept, by a column (`ticket__category__name`)."""
    rows = _sums(clocks.filter(kind=TicketClock.Kind.RESOLUTION), column)
    return sorted(
        (_kept(str(row[column] or "—"), row) for row in rows),
        key=lambda one: (one.percent or 0, one.label),
    )


def broken(clocks: QuerySet[TicketClock]) -> QuerySet[TicketClock]:
    """Return the promises that were broken, the latest first."""
    rows = clocks.filter(outcome=Outcome.BREACHED)
    return rows.select_related("ticket__customer", "ticket__assignee").order_by(
        "-breached_at", "-pk"
    )


def _sums(clocks: QuerySet[TicketClock], column: str) -> list[dict[str, object]]:
    return list(
        clocks.order_by()
        .values(column)
        .annotate(
            met=Count("pk", filter=Q(outcome=Outcome.MET)),
            breached=Count("pk", filter=Q(outcome=Outcome.BREACHED)),
            mean=Avg("used_seconds"),
        )
    )


def _kept(label: str, row: dict[str, object] | None) -> Kept:
    if row is None:
        return Kept(label, 0, 0, None)
    mean = row["mean"]
    return Kept(
        label,
        int(str(row["met"])),
        int(str(row["breached"])),
        int(float(str(mean))) if mean is not None else None,
    )
