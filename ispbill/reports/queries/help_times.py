"""How long help takes: to the first answer, and until it is done; in business time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from ispbill.reports.queries import asking
from ispbill.reports.rules import ratios


@dataclass(frozen=True)
class Times:
    """Tickets of some days: half of them took no longer than `median`, nine of ten than `most`.

    Both in whole minutes of business time; None where there is none. `kept` of `judged` were in
    time.
    """

    median: int | None
    most: int | None
    kept: int
    judged: int

    @property
    def percent(self) -> Decimal | None:
        return ratios.percent(Decimal(self.kept), Decimal(self.judged))


# A promise that is broken counts before it is answered; one that still has time does not.
_TIMES = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY c.used_seconds)
               FILTER (WHERE c.stopped_at IS NOT NULL),
           percentile_cont(0.9) WITHIN GROUP (ORDER BY c.used_seconds)
               FILTER (WHERE c.stopped_at IS NOT NULL),
           count(*) FILTER (WHERE c.outcome = 'MET'), count(*)
    FROM tickets_ticketclock c JOIN tickets_ticket t ON t.id = c.ticket_id
    WHERE c.kind = %(kind)s AND c.is_counted
      AND (c.outcome IN ('MET', 'BREACHED') OR c.outcome = '' AND c.breached_at IS NOT NULL)
      AND {when} >= %(since)s AND {when} < %(until)s
      AND (%(branch)s::bigint IS NULL OR t.branch_id = %(branch)s)
"""


def first_answers(*, since: datetime, until: datetime, branch_id: int | None) -> Times:
    """Return how the tickets opened from `since` to before `until` were first answered."""
    return _times("FIRST", "t.opened_at", since, until, branch_id)


def resolutions(*, since: datetime, until: datetime, branch_id: int | None) -> Times:
    """Return how long it took to resolve what was resolved last from `since` to before `until`.

    While the customer was waited for, no time counts.
    """
    return _times("RESOLUTION", "c.stopped_at", since, until, branch_id)


def _times(kind: str, when: str, since: datetime, until: datetime, branch_id: int | None) -> Times:
    median, most, kept, judged = asking.rows(
        _TIMES.format(when=when),
        {"kind": kind, "since": since, "until": until, "branch": branch_id},
    )[0]
    return Times(_minutes(median), _minutes(most), kept, judged)


def _minutes(seconds: float | None) -> int | None:
    if seconds is None:
        return None
    return int((Decimal(seconds) / 60).quantize(Decimal(1), ROUND_HALF_UP))
