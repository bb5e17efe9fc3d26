"""What was learnt, what was refused and why, and what history is still too short of."""

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q

from churn.models import ChurnModel, ChurnObservation, ChurnTrial
from churn.rules import gates

KEPT = 24  # models shown


class History(NamedTuple):
    """How much there is to learn from: mature months, leavers in all and in the last months."""

    months: int
    leavers: int
    recent: int
    first: date | None
    last: date | None

    @property
    def is_enough(self) -> bool:
        return not gates.lacking(self.months, self.leavers, self.recent)


def live() -> ChurnModel | None:
    """Return the model that scores, or None where the rules do."""
    return ChurnModel.objects.filter(state=ChurnModel.State.ACTIVE).first()


def trial() -> ChurnTrial | None:
    """Return how the way of learning did on invented customers, as tried last."""
    return ChurnTrial.objects.order_by("-tried_at", "-pk").first()


def candidates() -> list[ChurnModel]:
    """Return the last models of any state, the newest first, without their numbers."""
    return list(ChurnModel.objects.defer("content").order_by("-trained_at", "pk")[:KEPT])


def history() -> History:
    """Count the observations whose outcome is known, as training would read them."""
    months = list(
        ChurnObservation.objects.filter(has_left__isnull=False, is_dropped=False, was_treated=False)
        .values("month")
        .annotate(leavers=Count("pk", filter=Q(has_left=True)))
        .order_by("month")
    )
    return History(
        months=len(months),
        leavers=sum(month["leavers"] for month in months),
        recent=sum(month["leavers"] for month in months[-gates.TEST_MONTHS :]),
        first=months[0]["month"] if months else None,
        last=months[-1]["month"] if months else None,
    )
