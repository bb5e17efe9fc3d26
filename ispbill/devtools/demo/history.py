"""Let the past happen, billing run by billing run: join, bill, pay, leave, be cut off.

Bills come from the product's own billing run. A period is issued seven days ahead, so only the
days on which something is issued need a step of their own; what people pay in between is settled
in bulk before the next step, in the order of its receipt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.db import connection, transaction

from billing.dunning.rules.dunning import Facts, decide
from billing.invoices.services import seller
from billing.run.queries import plan
from billing.run.queries.plan import Scope
from billing.run.services import cycle, cycle_chunk, notices
from customers.services import lifecycle
from ispbill.audit.services import trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.demo import bulk_payments, upgrades
from ispbill.devtools.demo.days import Calendar, moment
from ispbill.devtools.demo.ground import Ground
from ispbill.devtools.demo.progress import Say

EVERYBODY = 2**62
TOLD = 3_000  # bills of a run, at most, that people are told of

JOIN = """
    INSERT INTO billing_schedule (subscription_id, customer_id, billed_until)
    SELECT subscription_id, customer_id, joined FROM demo_line WHERE joined = %(joined)s
    ORDER BY subscription_id
"""

LEAVE = """
    UPDATE customers_subscription s SET status = 'CANCELLED', cancelled_on = %(on)s,
           left_because = (ARRAY['OWN_WISH', 'MOVED', 'OWN_WISH', 'NOT_TOLD'])[s.id %% 4 + 1]
    FROM demo_line l WHERE l.subscription_id = s.id AND l.leaves_on = %(on)s AND s.status = 'ACTIVE'
"""

# Who has been cut off for so long is taken off: the equipment is collected.
GIVE_UP_LINES = """
    SELECT p.subscription_id FROM customers_suspension p
    JOIN demo_person d ON d.customer_id = p.customer_id
    WHERE p.ended_at IS NULL AND lower(p.span) < %(on)s::date - 40 AND d.customer_id %% 3 = 0
      AND d.phone NOT LIKE '+8801711%%'
"""
GIVE_UP_SPANS = """
    UPDATE customers_suspension SET span = daterange(lower(span), %(on)s), ended_at = %(at)s
    WHERE subscription_id = ANY(%(ids)s) AND ended_at IS NULL
"""
GIVE_UP = """
    UPDATE customers_subscription SET status = 'CANCELLED', cancelled_on = %(on)s,
           left_because = 'NON_PAYMENT'
    WHERE id = ANY(%(ids)s)
"""

# Nobody asks for the rest of the month back: the company keeps it, and says so.
KEEP = """
    INSERT INTO billing_dayexception (subscription_id, customer_id, kind, span, reason, at)
    SELECT s.id, s.customer_id, 'KEPT', daterange(%(on)s, max(upper(l.span))), '', %(at)s
    FROM customers_subscription s
    JOIN billing_invoiceline l ON l.subscription_id = s.id AND l.is_live
    WHERE s.status = 'CANCELLED' AND s.cancelled_on = %(on)s
    GROUP BY s.id, s.customer_id HAVING max(upper(l.span)) > %(on)s
"""

# Draws between 0 and 1 that depend on the seed, the account number and the due date alone.
INTENTIONS = """
    INSERT INTO demo_intent (customer_id, received_at, amount, method, reference, received_by_id,
        received_by_name, key, mistake)
    WITH bills AS (
        SELECT i.customer_id, i.number, i.due_date, i.issued_on, i.kind, i.amount_due AS due,
               p.payer, p.quits_from, ispbill_draws.*
        FROM billing_invoice i
        JOIN demo_person p ON p.customer_id = i.customer_id
        CROSS JOIN LATERAL (
            SELECT (h1 & 1048575) / 1048576.0 AS a, ((h1 >> 20) & 1048575) / 1048576.0 AS b,
                   (h2 & 1048575) / 1048576.0 AS c, ((h2 >> 20) & 1048575) / 1048576.0 AS d
            FROM (SELECT hashtextextended(p.number || i.due_date || i.kind, %(seed)s) AS h1,
                         hashtextextended(p.number || i.due_date || i.kind, %(seed)s + 1) AS h2) h
        ) ispbill_draws
        WHERE i.id > %(after)s AND i.status = 'OPEN' AND i.amount_due > 0
          AND NOT (p.payer = 'QUIT' AND p.quits_from IS NOT NULL AND i.due_date >= p.quits_from)
    ),
    parts AS (
        SELECT b.*, 1 AS part, CASE
                WHEN b.payer = 'CARELESS' AND b.b < 0.55 THEN due_date + 5 + floor(a * 5)::int
                WHEN b.payer = 'LATE' AND b.b < 0.70 THEN due_date + 1 + floor(a * 3)::int
                WHEN b.kind = 'FIRST' THEN due_date + 1 + floor(a * 2)::int
                ELSE issued_on + 1 + floor(a * greatest(due_date - issued_on, 1))::int
                END AS on_day,
            CASE WHEN b.payer = 'PARTIAL' AND due > 400 THEN round(due * 0.6, -1)
                 WHEN b.payer = 'OVER' AND b.c < 0.5 THEN ceil(due / 500) * 500
                 ELSE due END AS amount
        FROM bills b
        UNION ALL
        SELECT b.*, 2, due_date + 2 + floor(d * 2)::int, due - round(due * 0.6, -1)
        FROM bills b WHERE b.payer = 'PARTIAL' AND due > 400
        UNION ALL
        SELECT b.*, 3, issued_on + 1 + floor(a * greatest(due_date - issued_on, 1))::int, due
        FROM bills b WHERE b.payer = 'PROMPT' AND b.kind <> 'FIRST' AND b.d < %(mistakes)s
    ),
    ways AS (
        SELECT *, (on_day + time '09:00' + make_interval(mins => floor(c * 660)::int)
                   + CASE part WHEN 3 THEN interval '7 minutes' ELSE interval '0' END)
                  AT TIME ZONE 'Asia/Dhaka' AS received_at,
               CASE WHEN d < 0.46 THEN 'CASH' WHEN d < 0.76 THEN 'BKASH' WHEN d < 0.90 THEN 'NAGAD'
                    ELSE 'EFT' END AS method
        FROM parts
    )
    SELECT customer_id, received_at, amount, method,
           CASE method WHEN 'CASH' THEN '' WHEN 'EFT' THEN 'TT' || right(number, 6)
                ELSE upper(substr(md5(number || part), 1, 10)) END,
           CASE method WHEN 'EFT' THEN %(officer)s ELSE %(cashier)s END::bigint,
           CASE method WHEN 'EFT' THEN %(officer_name)s ELSE %(cashier_name)s END,
           'demo-' || number || '-' || part,
           CASE part WHEN 3 THEN 'entered twice by mistake, was paid only once' ELSE '' END
    FROM ways WHERE received_at < %(now)s
      AND (part <> 3 OR received_at < %(now)s - interval '1 hour')
    ORDER BY received_at, customer_id, part
"""

OVERDUE = """
    SELECT s.id, i.customer_id, i.due_date, i.unpaid, t.balance_amount
    FROM (SELECT customer_id, min(due_date) AS due_date, sum(amount_due) AS unpaid
          FROM billing_invoice
          WHERE status = 'OPEN' AND amount_due > 0 AND due_date + %(grace)s < %(on)s
          GROUP BY customer_id) i
    JOIN demo_person p ON p.customer_id = i.customer_id AND NOT p.is_never_suspended
    JOIN customers_accountstate t ON t.customer_id = i.customer_id
    JOIN customers_subscription s ON s.customer_id = i.customer_id AND s.status = 'ACTIVE'
    JOIN billing_schedule h ON h.subscription_id = s.id
    WHERE t.balance_amount > 0 AND (%(everybody)s OR p.payer = 'QUIT')
    ORDER BY i.due_date, s.id
"""


@dataclass(frozen=True)
class Pace:
    """What differs between one history and another."""

    seed: int
    now: datetime
    mistakes: float = 0.004  # of a prompt payer's bills, entered twice and reversed


def live(calendar: Calendar, *, base: Ground, pace: Pace, say: Say) -> None:
    """Write the history of everybody staged in demo_person and demo_line up to `pace.now`."""
    bulk_payments.prepare()
    frozen = seller.current()
    since = last_invoice()
    for number, run in enumerate(calendar.runs, start=1):
        _plan_anew()
        settled = bulk_payments.settle(until=moment(run, 0))
        _leave(run, base)
        _join(run - timedelta(days=1), seller_id=frozen.pk, base=base)
        upgrades.carry_out(
            on=run, at=moment(run, 1), actor=base.staff["sales@demo.test"], seed=pace.seed
        )
        outcome = cycle.run(
            on=run, act=Act(None, moment(run, 2)), trigger="SCHEDULE", scheduled_for=moment(run, 2)
        )
        if outcome.run is not None and calendar.is_recent(run) and outcome.written.invoices < TOLD:
            notices.announce(run=outcome.run, act=Act(None, moment(run, 2)))
        bulk_payments.spend_credit()
        cut_off(on=run, everybody=False)
        _intend(since, base=base, pace=pace)
        since = last_invoice()
        say.line(
            f"    {run}  {number}/{len(calendar.runs)}  invoices {outcome.written.invoices}"
            f"  payments {settled.payments}"
        )
    bulk_payments.settle(until=pace.now)


def cut_off(*, on: date, everybody: bool) -> int:
    """Suspend services unpaid past grace as of the day they would have been; return how many.

    Not `everybody`: only those who will never pay; the others' short interruptions are written
    afterwards, when it is known how long they were.
    """
    company = Company.current()
    rows = statements.read(OVERDUE, {"grace": company.grace_days, "on": on, "everybody": everybody})
    done = 0
    for due_date, group in groupby(rows, key=lambda row: row[2]):
        day = due_date + timedelta(days=company.grace_days + 1)
        decisions: dict[int, Mapping[str, object]] = {
            service: decide(
                Facts(
                    on=day,
                    balance=balance,
                    unpaid_amount=unpaid,
                    due_date=due_date,
                    grace_days=company.grace_days,
                    minimum_amount=company.minimum_suspend_amount,
                )
            ).as_dict()
            for service, _customer, _due, unpaid, balance in group
        }
        done += len(
            lifecycle.suspend_many(
                subscription_ids=list(decisions),
                kind="NON_PAYMENT",
                is_billed=company.bills_while_cut_off,
                decisions=decisions,
                act=Act(None, moment(day, 3), reason="unpaid past the days of grace"),
                on=day,
            )
        )
    return done


def _plan_anew() -> None:
    """Forget plans made while the tables were small.

    The checks of foreign keys and the triggers keep their plans for the length of a connection;
    those of the first days would read whole tables for the rest of the year.
    """
    statements.run("DISCARD PLANS")


def last_invoice() -> int:
    row: tuple[int] = statements.first("SELECT coalesce(max(id), 0) FROM billing_invoice")
    return row[0]


def _join(joined: date, *, seller_id: int, base: Ground) -> None:
    """Give those who join their billing position and their first bill."""
    actor = base.staff["noc@demo.test"]
    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(act=Act(actor, moment(joined, 11)))
        cursor.execute(JOIN, {"joined": joined})
        if not cursor.rowcount:
            return
        if plan.make(Scope(horizon=joined), issued_on=joined, after=0, upto=EVERYBODY):
            cycle_chunk.write(
                run_id=None,
                seller_id=seller_id,
                issued_on=joined,
                act=Act(actor, moment(joined, 11)),
                kind="FIRST",
            )


def _leave(on: date, base: Ground) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        reason = "customer asked to end the service"
        trail.begin(act=Act(base.staff["support@demo.test"], moment(on, 1), reason=reason))
        cursor.execute(LEAVE, {"on": on})
        cursor.execute(GIVE_UP_LINES, {"on": on})
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            trail.begin(
                act=Act(
                    base.staff["billing@demo.test"],
                    moment(on, 1),
                    reason="no payment for over a month, equipment collected",
                )
            )
            cursor.execute(GIVE_UP_SPANS, {"on": on, "at": moment(on, 1), "ids": ids})
            cursor.execute(GIVE_UP, {"on": on, "ids": ids})
        cursor.execute(KEEP, {"on": on, "at": moment(on, 1)})


def _intend(after: int, *, base: Ground, pace: Pace) -> None:
    officer = base.staff["billing@demo.test"]
    statements.run(
        INTENTIONS,
        {
            "after": after,
            "seed": pace.seed,
            "now": pace.now,
            "mistakes": pace.mistakes,
            "cashier": base.cashier.pk,
            "cashier_name": base.cashier.name,
            "officer": officer.pk,
            "officer_name": officer.name,
        },
    )
