"""Prove the revenue figures against the rows they were made of.

Rows written after the last building are not held against it: they wait for the next one.
"""

from collections.abc import Iterator
from typing import Any

from ispbill.core.marking import gettext_noop
from ispbill.core.models import Company
from ispbill.reports.models import FigureState
from ispbill.reports.queries import asking, figures
from ispbill.reports.rules.measures import ADDING, CELL, FLOWS, TAKING
from ispbill.reports.services import terms

_MOVED = " + ".join(ADDING) + " - " + " - ".join(TAKING)
_FLOW_SUMS = ", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in FLOWS)
_FLOWS_DIFFER = " OR ".join(f"coalesce(m.{name}, 0) <> coalesce(d.{name}, 0)" for name in FLOWS)
_KEEP = " AND ".join(f"a.{name} = b.{name}" for name in CELL)

_LIFE = ", ".join(
    name for name in terms.COLUMNS if name not in ("subscription_id", "starts_on", "ends_on")
)

# name → (what it means, SQL that returns the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "terms_are_the_services_lives": (
        gettext_noop("What the figures know of each service is what its rows say"),
        f"""
        WITH touched AS MATERIALIZED ({terms.TOUCHED.format(more=terms.DATED)}),
        others AS (SELECT id AS subscription_id FROM customers_subscription
                   WHERE id NOT IN (SELECT subscription_id FROM touched)),
        {terms.fresh("others")},
        lives AS (
            SELECT subscription_id, starts_on, least(ends_on, %(built)s::date + 1) AS ends_on,
                   {_LIFE}, 'rows' AS side FROM fresh WHERE starts_on <= %(built)s
            UNION ALL
            SELECT t.subscription_id, starts_on, least(ends_on, %(built)s::date + 1), {_LIFE},
                   'figures' FROM reports_serviceterm t JOIN others USING (subscription_id)
            WHERE starts_on <= %(built)s
        )
        SELECT DISTINCT s.connection_id || ' on ' || l.starts_on
        FROM (SELECT subscription_id, starts_on FROM lives
              GROUP BY subscription_id, starts_on, ends_on, {_LIFE}
              HAVING count(*) <> 2) l
        JOIN customers_subscription s ON s.id = l.subscription_id
        """,
    ),
    "terms_follow_each_other": (
        gettext_noop("The stretches of a service's life leave no day out and share none"),
        """
        SELECT s.connection_id || ' on ' || t.starts_on
        FROM (SELECT subscription_id, starts_on, ends_on,
                     lead(starts_on) OVER (PARTITION BY subscription_id ORDER BY starts_on) AS next
              FROM reports_serviceterm) t
        JOIN customers_subscription s ON s.id = t.subscription_id
        WHERE t.ends_on IS DISTINCT FROM t.next
        """,
    ),
    "movements_explain_recurring_revenue": (
        gettext_noop(
            "Recurring revenue at a month's end is that before, with the month's movements"
        ),
        f"""
        SELECT 'month ' || to_char(a.month, 'YYYY-MM') || ' cell ' || concat_ws('/', {", ".join(f"a.{n}" for n in CELL)})
        FROM (SELECT m.month, {", ".join(f"m.{n}" for n in CELL)}, m.services, m.customers,
                     m.monthly_amount, m.services_change, m.customers_change, {_MOVED} AS moved
              FROM reports_monthfigure m
              UNION ALL  -- a cell that stood and then has no row at all
              SELECT (p.month + interval '1 month')::date, {", ".join(f"p.{n}" for n in CELL)},
                     0, 0, 0, 0, 0, 0
              FROM reports_monthfigure p
              LEFT JOIN reports_monthfigure m ON m.month = (p.month + interval '1 month')::date
               AND {" AND ".join(f"m.{n} = p.{n}" for n in CELL)}
              WHERE m.month IS NULL
                AND p.month < date_trunc('month', %(built)s::timestamp)) a
        LEFT JOIN reports_monthfigure b ON b.month = (a.month - interval '1 month')::date AND {_KEEP}
        WHERE (a.services - coalesce(b.services, 0), a.customers - coalesce(b.customers, 0),
               a.monthly_amount - coalesce(b.monthly_amount, 0))
              IS DISTINCT FROM (a.services_change, a.customers_change, a.moved)
        """,
    ),
    "what_moves_between_parts_sums_to_zero": (
        gettext_noop(
            "Recurring revenue that moves between branches, areas or packages is not made on the way"
        ),
        """
        SELECT day::text FROM reports_dayfigure GROUP BY day
        HAVING sum(moved_amount) <> 0 OR sum(moved_count) <> 0
        """,
    ),
    "months_are_their_days": (
        gettext_noop("A month's flows are the sum of its days"),
        f"""
        SELECT coalesce(m.month, d.month)::text
        FROM (SELECT month, {_FLOW_SUMS} FROM reports_monthfigure GROUP BY month) m
        FULL JOIN (SELECT date_trunc('month', day)::date AS month, {_FLOW_SUMS}
                   FROM reports_dayfigure GROUP BY 1) d ON d.month = m.month
        WHERE {_FLOWS_DIFFER}
        """,
    ),
    "figures_are_the_books": (
        gettext_noop(
            "What was billed, collected and given up by the figures is what the books say, by the day"
        ),
        """
        SELECT coalesce(f.day, e.day) || ' branch ' || coalesce(f.branch_id, e.branch_id)
        FROM (SELECT day, branch_id, sum(billed_net_amount + billed_tax_amount - collected_amount
                     + returned_money_amount - credited_amount - written_off_amount + other_amount)
                     AS moved
              FROM reports_dayfigure GROUP BY 1, 2) f
        FULL JOIN (SELECT e.posted_on AS day, e.branch_id, sum(p.amount) AS moved
                   FROM billing_journalentry e
                   JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
                   WHERE e.posted_on <= %(built)s AND e.id <= %(last_entry)s GROUP BY 1, 2) e
          ON e.day = f.day AND e.branch_id = f.branch_id
        WHERE coalesce(f.moved, 0) <> coalesce(e.moved, 0)
          AND NOT EXISTS (SELECT FROM billing_journalentry n WHERE n.id > %(last_entry)s
                          AND n.posted_on = coalesce(f.day, e.day))
        """,
    ),
    "ageing_is_what_is_owed": (
        gettext_noop(
            "What is owed by age at the last day built is what the bills of then were short of"
        ),
        """
        WITH bounds AS (SELECT (%(built)s::date + 1)::timestamp AT TIME ZONE %(zone)s AS ends),
        -- A note dated to an earlier day than the moment it let money go: the bill is short of
        -- nothing then, not of less than nothing.
        owed AS (
            SELECT i.branch_id, greatest(0, i.total_amount
                   - coalesce((SELECT sum(p.amount) FROM billing_allocation p
                               WHERE p.invoice_id = i.id AND p.at < b.ends
                                 AND (p.released_at IS NULL OR p.released_at >= b.ends)), 0)
                   - coalesce((SELECT sum(n.total_amount) FROM billing_creditnote n
                               WHERE n.invoice_id = i.id AND n.issued_on <= %(built)s), 0)) AS owed
            FROM billing_invoice i
            CROSS JOIN bounds b
            WHERE i.issued_on <= %(built)s
              AND NOT EXISTS (SELECT FROM billing_journalentry e WHERE e.source_type = 'invoice'
                              AND e.source_id = i.id AND e.kind = 'REVERSAL'
                              AND e.posted_on <= %(built)s)
        )
        SELECT 'branch ' || coalesce(a.branch_id, f.branch_id)
        FROM (SELECT branch_id, sum(owed) AS owed FROM owed GROUP BY 1) a
        FULL JOIN (SELECT branch_id, sum(not_due_amount + due_30_amount + due_60_amount
                          + due_90_amount + due_older_amount) AS owed
                   FROM reports_monthfigure
                   WHERE month = date_trunc('month', %(built)s::timestamp) GROUP BY 1) f
          ON f.branch_id = a.branch_id
        WHERE coalesce(a.owed, 0) <> coalesce(f.owed, 0)
          AND NOT EXISTS (SELECT FROM billing_journalentry n
                          WHERE n.id > %(last_entry)s AND n.posted_on <= %(built)s)
          -- A paper of a closed month is booked later than its own day.
          AND NOT EXISTS (SELECT FROM billing_journalentry n
                          JOIN billing_invoice i ON i.id = n.source_id AND i.issued_on <= %(built)s
                          WHERE n.id > %(last_entry)s AND n.source_type = 'invoice'
                            AND n.kind = 'INVOICE')
          AND NOT EXISTS (SELECT FROM billing_journalentry n
                          JOIN billing_creditnote c ON c.id = n.source_id
                                                   AND c.issued_on <= %(built)s
                          WHERE n.id > %(last_entry)s AND n.source_type = 'credit_note')
          -- Credit that pays a bill later on the day built last has no entry of its own.
          AND NOT EXISTS (SELECT FROM billing_allocation p CROSS JOIN bounds b
                          WHERE p.at >= %(built_at)s AND p.at < b.ends
                             OR p.released_at >= %(built_at)s AND p.released_at < b.ends)
        """,
    ),
}


def results(shown: int) -> Iterator[tuple[str, str, int, list[str]]]:
    """Yield each proof: its name, what it means, how often it fails, and the first few cases.

    Nothing is proven before the first building.
    """
    state = figures.state()
    if state is None:
        return
    for name, (meaning, query) in CHECKS.items():
        count, examples = _wrong(query, state, shown)
        # A building may have come between reading the state and asking.
        while count and (now := figures.state()) is not None and _seen(now) != _seen(state):
            state = now
            count, examples = _wrong(query, state, shown)
        yield name, meaning, count, examples


def _seen(state: FigureState) -> tuple[Any, ...]:
    return tuple(getattr(state, field.attname) for field in FigureState._meta.fields)


def _wrong(query: str, state: FigureState, shown: int) -> tuple[int, list[str]]:
    values = {
        "built": state.built_until,
        "built_at": state.built_at,
        "last_entry": state.last_entry_id,
        "last_version": state.last_version_id,
        "last_subscription": state.last_subscription_id,
        "zone": Company.current().time_zone,
        "shown": shown,
    }
    statement = (
        f"WITH wrong (label) AS ({query})"
        " SELECT count(*), (array_agg(label))[1:%(shown)s] FROM wrong"
    )
    count, examples = asking.rows(statement, values)[0]
    return count, list(examples or [])
