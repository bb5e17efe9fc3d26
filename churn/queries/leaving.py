"""Who left: thirty consecutive days without a service in use, and what they paid meanwhile.

Absent are the days on which every service has ended or is cut for not paying, prepaid time that is
over, fraud or policy; a break of one's own and a technical cut are no absence.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from churn.rules import gates
from ispbill.core import statements

LEFT_AFTER_DAYS = gates.SURE_AFTER
# After an episode or a month began; the last thirty only show that somebody stayed away.
RESULT_DAYS = gates.HORIZON + LEFT_AFTER_DAYS

Spell = tuple[int, date]  # a customer and the day from which they are looked at

ABSENT = "('NON_PAYMENT', 'PREPAID', 'FRAUD', 'POLICY')"
# The days on which a customer has a service in use: from activation to the end, less the spans
# that count as absence. Spans of one service are joined by range_agg, so that two cuts in a row are
# one absence. `{which}` narrows the services `v`.
USED = f"""
        SELECT v.customer_id, range_agg(one.used) AS days
        FROM customers_subscription v
        CROSS JOIN LATERAL (
            SELECT unnest(
                datemultirange(daterange(v.activated_on,
                    CASE WHEN v.cancelled_on < v.activated_on THEN v.activated_on
                         ELSE v.cancelled_on END))
                - coalesce((
                    SELECT range_agg(p.span) FROM customers_suspension p
                    WHERE p.subscription_id = v.id AND p.kind IN {ABSENT}
                ), '{{{{}}}}'::datemultirange)) AS used
        ) one
        WHERE v.activated_on IS NOT NULL AND {{which}}
        GROUP BY v.customer_id
"""  # noqa: S608 - composed from the constant above
_LEFT = f"""
    WITH spell AS (
        SELECT * FROM unnest(%(customers)s::bigint[], %(days)s::date[]) AS s(customer_id, began)
    ), used AS (
        {USED.format(which="v.customer_id IN (SELECT customer_id FROM spell)")}
    )
    SELECT s.customer_id, s.began
    FROM spell s
    LEFT JOIN used u USING (customer_id)
    WHERE EXISTS (
        SELECT FROM unnest(
            datemultirange(daterange(s.began, s.began + %(result)s))
            - coalesce(u.days, '{{}}'::datemultirange)) AS away
        WHERE upper(away) - lower(away) >= %(enough)s)
"""  # noqa: S608 - composed from the constant above
_COLLECTED = """
    SELECT s.customer_id, s.began,
        coalesce((
            SELECT sum(p.amount) FROM billing_payment p
            WHERE p.customer_id = s.customer_id AND p.status IN ('COMPLETED', 'REFUNDED')
              AND p.posted_on >= s.began AND p.posted_on < s.began + %(result)s
              AND p.method NOT IN ('DEPOSIT', 'REFERRAL')), 0)
        - coalesce((
            SELECT sum(r.amount) FROM billing_refund r
            WHERE r.customer_id = s.customer_id
              AND r.paid_on >= s.began AND r.paid_on < s.began + %(result)s), 0)
    FROM unnest(%(customers)s::bigint[], %(days)s::date[]) AS s(customer_id, began)
"""


def left(spells: Sequence[Spell]) -> set[Spell]:
    """Return those who were away for thirty days in a row within ninety days of their day.

    To be asked when the ninety days are over: the leaving day then lies in the first sixty.
    """
    return {(row[0], row[1]) for row in _asked(_LEFT, spells)}


def collected(spells: Sequence[Spell]) -> dict[Spell, Decimal]:
    """Return what came in of each within ninety days of their day, less what was paid back."""
    return {(row[0], row[1]): row[2] for row in _asked(_COLLECTED, spells)}


def is_known(began_on: date, *, on: date) -> bool:
    """Tell whether the result of an episode can be told."""
    return gates.is_mature(began_on, on)


def _asked(sql: str, spells: Sequence[Spell]) -> list[tuple[int, date, Decimal]]:
    values: dict[str, Any] = {
        "customers": [customer for customer, _began in spells],
        "days": [began for _customer, began in spells],
        "result": RESULT_DAYS,
        "enough": LEFT_AFTER_DAYS,
    }
    return statements.read(sql, values)
