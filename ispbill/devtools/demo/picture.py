"""What follows from the history: lines on routers, account states, notes, portal logins."""

from datetime import datetime

from django.db import connection, transaction

from billing.allocation.services import account_state
from billing.ledger.services import account_states
from ispbill.accounts.models import User
from ispbill.devtools.demo import names
from ispbill.devtools.demo.ground import Ground

PAGE = 20_000
LOGINS = 24  # the first customers, who may sign in to the portal

# Every living line is new to its router: the worker brings them all there at its first start.
# A cancelled one has gone already.
LINES = """
    INSERT INTO network_access (subscription_id, customer_id, router_id, username, seal_id,
        sealed_password, mac_address, desired_state, desired_profile, generation, desired_since,
        desired_by_name, desired_reason, password_generation, confirmed_state, confirmed_profile,
        confirmed_generation, confirmed_at, attempts, is_on_hold, is_in_doubt, may_adopt,
        last_error)
    SELECT l.subscription_id, l.customer_id, l.router_id, l.connection_id, l.seal_id,
        l.sealed_password, '',
        CASE s.status WHEN 'ACTIVE' THEN 'OPEN' WHEN 'CANCELLED' THEN 'REMOVED' ELSE 'WALLED' END,
        l.profile, 1,
        coalesce(s.suspended_at, (coalesce(s.cancelled_on, l.joined) + time '11:00')
                 AT TIME ZONE 'Asia/Dhaka', l.created_at),
        'system',
        CASE s.status WHEN 'SUSPENDED' THEN 'unpaid past the days of grace'
                      WHEN 'CANCELLED' THEN 'service has ended' ELSE 'new connection installed' END,
        1,
        CASE s.status WHEN 'CANCELLED' THEN 'REMOVED' ELSE '' END,
        CASE s.status WHEN 'CANCELLED' THEN l.profile ELSE '' END,
        CASE s.status WHEN 'CANCELLED' THEN 1 ELSE 0 END,
        CASE s.status WHEN 'CANCELLED' THEN (s.cancelled_on + time '11:00')
                      AT TIME ZONE 'Asia/Dhaka' END,
        0, false, false, false, ''
    FROM demo_line l JOIN customers_subscription s ON s.id = l.subscription_id
    ORDER BY l.subscription_id
"""

# Facts that polls, surveys and tickets would have brought; plausible beside how somebody pays.
FACTS = """
    UPDATE customers_accountstate t
    SET usage_cycle_gb = CASE WHEN c.status = 'ACTIVE'
                              THEN round((s.mbps * (1.5 + 4 * x.a))::numeric, 3) ELSE 0 END,
        average_mbps = round((s.mbps * (0.70 + 0.25 * x.b))::numeric, 2),
        uptime_percent = CASE c.status WHEN 'ACTIVE' THEN round((98.2 + 1.79 * x.c)::numeric, 2)
                                       WHEN 'SUSPENDED' THEN round((20 + 60 * x.c)::numeric, 2) END,
        nps = CASE WHEN x.d < 0.55 THEN
                   (CASE d.churn_risk WHEN 'HIGH' THEN 0 WHEN 'MEDIUM' THEN 4 ELSE 7 END
                    + floor(x.a * 4))::int END,
        satisfaction = CASE WHEN x.d < 0.55 THEN round((
                   CASE d.churn_risk WHEN 'HIGH' THEN 1.6 WHEN 'MEDIUM' THEN 2.8 ELSE 3.7 END
                   + 1.2 * x.b)::numeric, 2) END,
        ticket_count = floor(x.c * CASE d.churn_risk WHEN 'LOW' THEN 3 ELSE 7 END)::int,
        last_ticket_on = CASE
            WHEN floor(x.c * CASE d.churn_risk WHEN 'LOW' THEN 3 ELSE 7 END) > 0
            THEN greatest(d.customer_since, %(today)s::date - floor(x.a * 150)::int) END,
        top_ott_app = coalesce((
            SELECT o.name FROM customers_package_ott_apps k JOIN customers_ottapp o
                ON o.id = k.ottapp_id
            WHERE k.package_id = s.package_id
            ORDER BY hashtextextended(d.number, o.id) LIMIT 1), ''),
        peak_hours = (%(peaks)s::text[])[1 + floor(x.b * %(peak_count)s)::int],
        is_online = NULL,  -- nobody knows before a router has been asked
        last_seen_at = %(now)s::timestamptz - CASE
            WHEN c.status = 'ACTIVE' AND x.a > 0.12 THEN interval '0'
            ELSE make_interval(hours => 3 + (x.b * 90)::int) END
    FROM demo_person d
    JOIN customers_customer c ON c.id = d.customer_id
    JOIN (SELECT customer_id, max(download_mbps) AS mbps, min(package_id) AS package_id
          FROM customers_subscription GROUP BY customer_id) s ON s.customer_id = d.customer_id
    CROSS JOIN LATERAL (
        SELECT (h & 65535) / 65536.0 AS a, ((h >> 16) & 65535) / 65536.0 AS b,
               ((h >> 32) & 65535) / 65536.0 AS c, ((h >> 47) & 65535) / 65536.0 AS d
        FROM (SELECT hashtextextended(d.number, %(seed)s + 7) AS h) q
    ) x
    WHERE t.customer_id = d.customer_id AND c.status <> 'PENDING'
      AND t.customer_id > %(after)s AND t.customer_id <= %(upto)s
"""

NOTES = """
    INSERT INTO customers_customernote (customer_id, at, author_id, text, is_pinned)
    SELECT d.customer_id, d.created_at + make_interval(days => 3 + (x.h & 15)::int), %(author)s,
           (%(notes)s::text[])[1 + ((x.h >> 8) & 1023) %% %(note_count)s], (x.h & 64) <> 0
    FROM demo_person d
    CROSS JOIN LATERAL (SELECT hashtextextended(d.number, %(seed)s + 3) AS h) x
    WHERE ((x.h >> 20) & 127) < 16
      AND d.created_at + make_interval(days => 3 + (x.h & 15)::int) < %(now)s
    ORDER BY d.customer_id
"""

PORTAL_USERS = """
    INSERT INTO accounts_user (password, is_superuser, login, name, role, phone, email, is_active,
        is_staff, must_change_password, language, theme, density, has_hotkeys, preferences,
        created_at)
    SELECT %(password)s, false, d.phone, d.name, 'CUSTOMER', d.phone, d.email, true, false, false,
           d.language, 'auto', 'compact', true, '{}', d.created_at
    FROM demo_person d WHERE d.status <> 'PENDING' ORDER BY d.customer_id LIMIT %(count)s
"""
PORTAL_LINKS = """
    INSERT INTO customers_customerlogin (user_id, customer_id)
    SELECT u.id, d.customer_id FROM demo_person d
    JOIN accounts_user u ON u.login = d.phone AND u.role = 'CUSTOMER'
    ORDER BY d.customer_id
"""


def draw(*, base: Ground, seed: int, now: datetime) -> None:
    """Bring everything that depends on the finished history up to it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LINES)
        cursor.execute("SELECT customer_id FROM demo_person ORDER BY customer_id")
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), PAGE):
        page = ids[start : start + PAGE]
        with transaction.atomic(), connection.cursor() as cursor:
            # These look up a few rows for each customer; the history's hash joins are behind us.
            cursor.execute("SET LOCAL enable_nestloop = on")
            account_state.recompute(page)
            account_states.refresh(page)
            cursor.execute(
                FACTS,
                {
                    "after": page[0] - 1,
                    "upto": page[-1],
                    "seed": seed,
                    "now": now,
                    "today": now.date(),
                    "peaks": list(names.PEAK_HOURS),
                    "peak_count": len(names.PEAK_HOURS),
                },
            )
    _remarks_and_logins(base=base, seed=seed, now=now)


def _remarks_and_logins(*, base: Ground, seed: int, now: datetime) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            NOTES,
            {
                "author": base.staff["support@demo.test"].pk,
                "seed": seed,
                "now": now,
                "notes": list(names.NOTES),
                "note_count": len(names.NOTES),
            },
        )
        cursor.execute(PORTAL_USERS, {"password": base.password_hash, "count": LOGINS})
        cursor.execute(PORTAL_LINKS)
    if not User.objects.filter(role=User.Role.CUSTOMER).exists():
        raise RuntimeError("no customer can sign in")
