"""What each member of staff did in a period, in one statement over the rooms that know it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.accounts.models import User
from ispbill.core import clock, statements
from ispbill.reports.rules import performance
from ispbill.reports.rules.performance import Place, Work

# Each line is a fact of somebody: an act of a day, or what others say of the work.
_FACTS = """
WITH span AS (
    SELECT (%(since)s::date)::timestamp AT TIME ZONE %(zone)s AS begins,
           (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s AS ends),
facts (who, day, paid, amount, resolved, points, calls, jobs, stars, answers,
       met, ended, firsts, first_seconds) AS (
    SELECT p.received_by_id, p.posted_on, 1, p.amount, 0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM billing_payment p
    WHERE p.posted_on BETWEEN %(since)s AND %(until)s AND p.received_by_id IS NOT NULL
      AND p.status IN ('COMPLETED', 'REFUNDED')
      AND (%(branch)s::bigint IS NULL OR p.branch_id = %(branch)s)
  UNION ALL
    SELECT t.resolved_by_id, (t.resolved_at AT TIME ZONE %(zone)s)::date, 0, 0, 1,
           c.weight * CASE t.priority WHEN 'URGENT' THEN 1.5 WHEN 'HIGH' THEN 1.25 ELSE 1 END,
           0, 0, 0, 0, 0, 0, 0, 0
    FROM tickets_ticket t JOIN tickets_category c ON c.id = t.category_id, span
    WHERE t.resolved_at >= span.begins AND t.resolved_at < span.ends
      AND t.resolved_by_id IS NOT NULL AND t.state IN ('RESOLVED', 'CLOSED')
      AND t.cause NOT IN ('', 'NO_ANSWER', 'MERGED', 'OUTAGE', 'SPAM')
      AND (%(branch)s::bigint IS NULL OR t.branch_id = %(branch)s)
  UNION ALL
    SELECT k.by_id, (k.at AT TIME ZONE %(zone)s)::date, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0
    FROM customers_call k, span
    WHERE k.at >= span.begins AND k.at < span.ends AND k.is_counted
      AND (%(branch)s::bigint IS NULL OR k.branch_id = %(branch)s)
  UNION ALL
    SELECT v.technician_id, (v.ended_at AT TIME ZONE %(zone)s)::date,
           0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
    FROM fieldservice_visit v JOIN fieldservice_workorder w ON w.id = v.order_id, span
    WHERE v.ended_at >= span.begins AND v.ended_at < span.ends AND v.result = 'COMPLETED'
      AND (%(branch)s::bigint IS NULL OR w.branch_id = %(branch)s)
  UNION ALL
    SELECT s.resolver_id, NULL, 0, 0, 0, 0, 0, 0, s.stars, 1, 0, 0, 0, 0
    FROM tickets_survey s, span
    WHERE s.answered_at >= span.begins AND s.answered_at < span.ends AND s.resolver_id IS NOT NULL
      AND s.stars IS NOT NULL AND (%(branch)s::bigint IS NULL OR s.branch_id = %(branch)s)
  UNION ALL
    SELECT coalesce(t.resolved_by_id, t.assignee_id), NULL, 0, 0, 0, 0, 0, 0, 0, 0,
           (k.outcome = 'MET')::int, 1, (k.kind = 'FIRST')::int,
           CASE WHEN k.kind = 'FIRST' THEN k.used_seconds ELSE 0 END
    FROM tickets_ticketclock k JOIN tickets_ticket t ON t.id = k.ticket_id, span
    WHERE k.stopped_at >= span.begins AND k.stopped_at < span.ends AND k.is_counted
      AND k.outcome IN ('MET', 'BREACHED')
      AND coalesce(t.resolved_by_id, t.assignee_id) IS NOT NULL
      AND (%(branch)s::bigint IS NULL OR t.branch_id = %(branch)s))
SELECT u.id, u.name, u.role, sum(f.paid), sum(f.amount), sum(f.resolved), sum(f.points),
       sum(f.calls), sum(f.jobs), sum(f.stars), sum(f.answers), sum(f.met), sum(f.ended),
       sum(f.firsts), sum(f.first_seconds), count(DISTINCT f.day)
FROM facts f JOIN accounts_user u ON u.id = f.who
WHERE u.role NOT IN ('CUSTOMER', 'RESELLER')
GROUP BY u.id ORDER BY u.role, u.name, u.id
"""


@dataclass(frozen=True)
class Person:
    """One person's figures. Money in the company's currency; `first_minutes` business minutes."""

    pk: int
    name: str
    role: str
    payments: int
    collected: Decimal
    calls: int
    jobs: int
    first_minutes: int | None
    work: Work
    place: Place | None = None

    @property
    def role_words(self) -> str:
        return str(User.Role(self.role).label)

    @property
    def stars(self) -> Decimal | None:
        """The mean of the stars customers gave."""
        if not self.work.answers:
            return None
        return (Decimal(self.work.stars) / self.work.answers).quantize(Decimal("0.01"))

    @property
    def promises(self) -> Decimal | None:
        """Clocks that were met, in percent."""
        return Decimal(100 * self.work.met) / self.work.ended if self.work.ended else None


def people(*, since: date, until: date, branch_id: int | None) -> list[Person]:
    """Return everybody who did something on these company days, the best placed of a role first.

    With a branch only what was done for it counts, and places are among that.
    """
    values: dict[str, date | str | int | None] = {
        "since": since,
        "until": until,
        "zone": str(clock.zone()),
        "branch": branch_id,
    }
    rows = statements.read(_FACTS, values)
    works = {row[0]: _work(row) for row in rows}
    places = performance.places(works)
    found = [_person(row, works[row[0]], places.get(row[0])) for row in rows]
    return sorted(found, key=_order)


def _order(one: Person) -> tuple[str, int, str, int]:
    last = 1_000_000
    return (one.role, one.place.position if one.place else last, one.name, one.pk)


def _work(row: tuple[object, ...]) -> Work:
    _pk, _name, role, _paid, _amount, resolved, points, _calls, _jobs, *rest = row
    stars, answers, met, ended, _firsts, _seconds, days = (int(str(one)) for one in rest)
    return Work(
        role=str(role),
        resolved=int(str(resolved)),
        days=days,
        points=Decimal(str(points)),
        stars=stars,
        answers=answers,
        met=met,
        ended=ended,
    )


def _person(row: tuple[object, ...], work: Work, place: Place | None) -> Person:
    firsts, seconds = int(str(row[13])), int(str(row[14]))
    return Person(
        pk=int(str(row[0])),
        name=str(row[1]),
        role=str(row[2]),
        payments=int(str(row[3])),
        collected=Decimal(str(row[4])),
        calls=int(str(row[7])),
        jobs=int(str(row[8])),
        first_minutes=round(seconds / 60 / firsts) if firsts else None,
        work=work,
        place=place,
    )
