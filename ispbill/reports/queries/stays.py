"""Who came, who left and who came back, from the stays built last (`services.stays`)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.reports.queries import asking
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios

# The conditions by which a stay is in a figure; the list behind the figure has the same.
KINDS = {
    "joined": "s.stay_no = 1 AND s.began_on BETWEEN %(since)s AND %(until)s",
    "came_back": "s.stay_no > 1 AND s.began_on BETWEEN %(since)s AND %(until)s",
    "left": "s.left_on BETWEEN %(since)s AND %(until)s",
    "away": "s.left_on IS NULL AND s.away_since <= %(until)s",
}
_LEFT_OF_THEN = f"{KINDS['left']} AND s.began_on < %(since)s"
_THEN = "s.began_on < %(since)s AND (s.left_on IS NULL OR s.left_on >= %(since)s)"


@dataclass(frozen=True)
class Turnover:
    """Customers of a span of days; `then` is how many there were when it began.

    `left_of_then` are those of them who left, `left_amount` what they paid a month on their last
    day in use, net, in the company's currency. `away` are gone for less than thirty days: not final.
    """

    then: int
    joined: int
    came_back: int
    left: int
    left_of_then: int
    left_amount: Decimal
    away: int

    @property
    def churn(self) -> Decimal | None:
        """Those who left in percent of the customers there were."""
        return ratios.percent(Decimal(self.left_of_then), Decimal(self.then))

    @property
    def net(self) -> int:
        return self.joined + self.came_back - self.left


def of(*, since: date, until: date, scope: Scope) -> Turnover:
    """Return the turnover of the days `since` to `until`, both in it."""
    counts = ", ".join(f"count(*) FILTER (WHERE {when})" for when in KINDS.values())
    found = asking.rows(
        f"""
        SELECT {counts}, count(*) FILTER (WHERE {_THEN}),
               count(*) FILTER (WHERE {_LEFT_OF_THEN}),
               coalesce(sum(s.monthly_amount) FILTER (WHERE {_LEFT_OF_THEN}), 0)
        FROM reports_stay s WHERE {scope.condition("s")}
        """,
        {**scope.values, "since": since, "until": until},
    )
    joined, came_back, left, away, then, of_then, amount = found[0]
    return Turnover(then, joined, came_back, left, of_then, Decimal(amount), away)


def causes(*, since: date, until: date, scope: Scope) -> dict[str, tuple[int, Decimal]]:
    """Return how many left and what they paid a month, by why (`Subscription.Leaving`)."""
    found = asking.rows(
        f"""
        SELECT s.left_because, count(*), sum(s.monthly_amount) FROM reports_stay s
        WHERE {KINDS["left"]} AND {scope.condition("s")} GROUP BY 1 ORDER BY 2 DESC, 1
        """,
        {**scope.values, "since": since, "until": until},
    )
    return {why: (count, Decimal(amount)) for why, count, amount in found}
