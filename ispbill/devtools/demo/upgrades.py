"""People who think again: a faster package, or a cheaper one, from their next period on."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from ispbill.audit.services import trail
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.devtools.demo.days import LEAD_DAYS

SHARE = 0.012  # of those whose next period is about to be billed
FASTER = 0.75  # of them
SETTLED_DAYS = 45  # nobody changes in the first weeks

# Draws between 0 and 1 that depend on the seed, the service and the day alone.
CHANGE = """
    WITH chosen AS (
        SELECT l.subscription_id, n.*, 'ispbill-' || n.down || 'M-' || n.up || 'M' AS profile
        FROM demo_line l
        JOIN demo_person d ON d.customer_id = l.customer_id
        JOIN customers_subscription s ON s.id = l.subscription_id AND s.status = 'ACTIVE'
        JOIN billing_schedule h
          ON h.subscription_id = l.subscription_id AND h.billed_until = %(period)s
        JOIN customers_package k ON k.id = l.package_id
        CROSS JOIN LATERAL (
            SELECT (x & 1048575) / 1048576.0 AS a, ((x >> 20) & 1048575) / 1048576.0 AS b
            FROM (SELECT hashtextextended(l.connection_id || %(period)s, %(seed)s) AS x) h
        ) draw
        CROSS JOIN LATERAL (
            SELECT p.id AS package_id, p.download_mbps AS down, p.upload_mbps AS up,
                   r.net_amount AS price
            FROM customers_package p
            JOIN customers_packageprice r ON r.package_id = p.id AND r.cycle = l.cycle
            WHERE p.technology = k.technology AND p.id <> k.id
              AND (p.download_mbps > k.download_mbps) = (draw.b < %(faster)s)
            ORDER BY abs(p.download_mbps - k.download_mbps), p.id, r.id LIMIT 1
        ) n
        WHERE draw.a < %(share)s AND l.joined < %(settled)s AND d.payer IN ('PROMPT', 'OVER')
          AND d.phone NOT LIKE '+8801711%%'
    ),
    -- What the service costs from then on, as every change of a price is written down.
    priced AS (
        INSERT INTO billing_pricestep (subscription_id, customer_id, from_on, price_amount,
            applied_on)
        SELECT c.subscription_id, s.customer_id, %(period)s, c.price, %(on)s
        FROM chosen c JOIN customers_subscription s ON s.id = c.subscription_id
        ON CONFLICT DO NOTHING
    ),
    staged AS (
        UPDATE demo_line l SET package_id = c.package_id, price = c.price, download = c.down,
               upload = c.up, profile = c.profile
        FROM chosen c WHERE c.subscription_id = l.subscription_id
    )
    UPDATE customers_subscription s SET package_id = c.package_id, price_amount = c.price,
           download_mbps = c.down, upload_mbps = c.up
    FROM chosen c WHERE c.subscription_id = s.id
"""


def carry_out(*, on: date, at: datetime, actor: Actor, seed: int) -> int:
    """Change the packages of a few whose next period is billed on this day; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(act=Act(actor, at, reason="customer asked for another package"))
        cursor.execute(
            CHANGE,
            {
                "on": on,
                "period": on + timedelta(days=LEAD_DAYS),
                "settled": on - timedelta(days=SETTLED_DAYS),
                "share": SHARE,
                "faster": FASTER,
                "seed": seed + 7,
            },
        )
        return int(cursor.rowcount)
