"""The short suspensions of people who paid late: worked out afterwards from bills and payments.

A service was off from the day after grace until the day nothing was overdue any more. Bills are
not touched by it: a period is billed on its first days, long before the next one is issued.
"""

from typing import Any

from django.db import connection

from ispbill.core.models import Company

REASON = "unpaid past the days of grace"
PAID = "paid: no overdue amount remains"

# Per bill the days it was overdue; days of one customer that touch are one stretch of overdue
# days, and the cut comes with the first bill in it whose grace was over before it was paid.
FIND = """
    CREATE TEMPORARY TABLE demo_interruption AS
    WITH bills AS (
        SELECT i.customer_id, i.due_date, i.total_amount, max(a.at) AS paid_at,
               (max(a.at) AT TIME ZONE %(zone)s)::date AS paid_on
        FROM billing_invoice i
        JOIN billing_allocation a ON a.invoice_id = i.id AND a.released_at IS NULL
        WHERE i.status = 'OPEN' AND i.amount_due = 0
        GROUP BY i.id
        HAVING (max(a.at) AT TIME ZONE %(zone)s)::date > i.due_date
    ),
    marked AS (
        SELECT *, max(paid_on) OVER w < due_date + 1 AS is_new
        FROM bills
        WINDOW w AS (PARTITION BY customer_id ORDER BY due_date, paid_on
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ),
    stretches AS (
        SELECT *, count(*) FILTER (WHERE coalesce(is_new, true)) OVER (
                      PARTITION BY customer_id ORDER BY due_date, paid_on) AS stretch
        FROM marked
    )
    SELECT customer_id, max(paid_at) AS ended_at, max(paid_on) AS ended_on,
           min(due_date) FILTER (WHERE due_date + %(grace)s + 1 < paid_on) AS due_date,
           min(due_date) FILTER (WHERE due_date + %(grace)s + 1 < paid_on)
               + %(grace)s + 1 AS began_on,
           sum(total_amount) FILTER (WHERE due_date + %(grace)s + 1 < paid_on) AS amount
    FROM stretches
    GROUP BY customer_id, stretch
    HAVING count(*) FILTER (WHERE due_date + %(grace)s + 1 < paid_on) > 0
"""

CONCERNED = """
    FROM demo_interruption o
    JOIN demo_person p ON p.customer_id = o.customer_id AND NOT p.is_never_suspended
    JOIN customers_subscription s ON s.customer_id = o.customer_id
    WHERE s.activated_on < o.began_on
      AND (s.cancelled_on IS NULL OR s.cancelled_on >= o.ended_on)
      AND NOT EXISTS (
          SELECT FROM customers_suspension x WHERE x.subscription_id = s.id
          AND x.span && daterange(o.began_on, o.ended_on))
"""

SPANS = f"""
    INSERT INTO customers_suspension (subscription_id, customer_id, kind, span, is_billed, reason,
        decision, started_at, ended_at)
    SELECT s.id, s.customer_id, 'NON_PAYMENT', daterange(o.began_on, o.ended_on), %(is_billed)s,
        '{REASON}',
        jsonb_build_object('action', 'suspend', 'reason', 'grace_over', 'amount', o.amount::text,
            'grace_until', o.began_on - 1, 'suspends_on', o.began_on,
            'facts', jsonb_build_object('on', o.began_on, 'due_date', o.due_date,
                'unpaid_amount', o.amount::text, 'grace_days', %(grace)s)),
        (o.began_on + time '03:00') AT TIME ZONE %(zone)s, o.ended_at
    {CONCERNED}
    ORDER BY s.id, o.began_on
    RETURNING id
"""

# The trail of both moves, as the trigger on the services writes it.
EVENTS = f"""
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT v.at, NULL, 'system', '', v.action, 'subscription', s.id::text, s.connection_id,
        x.customer_id, c.branch_id, v.reason, jsonb_build_object('status', v.before),
        jsonb_build_object('status', v.after), ''
    FROM customers_suspension x
    JOIN customers_subscription s ON s.id = x.subscription_id
    JOIN customers_customer c ON c.id = x.customer_id
    CROSS JOIN LATERAL (VALUES
        (x.started_at, 'subscription.suspended', 'ACTIVE', 'SUSPENDED', '{REASON}'),
        (x.ended_at, 'subscription.reactivated', 'SUSPENDED', 'ACTIVE', '{PAID}')
    ) AS v (at, action, before, after, reason)
    WHERE x.id > %(after)s
    ORDER BY v.at
"""


def write() -> int:
    """Write the ended suspensions of the whole history; return how many there were."""
    company = Company.current()
    values: dict[str, Any] = {
        "zone": company.time_zone,
        "grace": company.grace_days,
        "is_billed": company.bills_while_cut_off,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_suspension")
        (after,) = cursor.fetchone()
        cursor.execute("DROP TABLE IF EXISTS demo_interruption")
        cursor.execute(FIND, values)
        cursor.execute(SPANS, values)
        count = int(cursor.rowcount)
        cursor.execute(EVENTS, {"after": after})
        cursor.execute("DROP TABLE demo_interruption")
    return count
