"""What the billing plan holds for this month's rest and the next two (docs/algorithms/mrr.md).

A period is billed some days before it begins (the company's lead time), so a month bills the
periods that begin from that many days into it. Each service in use is billed its monthly amount
times the months of its cycle, on every billing date from the first day not billed yet. Tax is that
of the package's class on the day of the bill; none for a customer who is exempt.
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from ispbill.core.models import Company
from ispbill.reports.rules.measures import CELL
from ispbill.reports.rules.months import first_of, following, last_of

MONTHS = 3
_CELL = ", ".join(f"t.{name}" for name in CELL)

# The periods of one month: a row each, with the day of the bill, net and the rate of its tax.
PLANNED = f"""
    SELECT t.subscription_id, t.customer_id, {_CELL}, d.day, n.net,
           CASE WHEN c.is_tax_exempt THEN 0 ELSE coalesce(x.rate, %(rate)s) END AS tax_rate
    FROM reports_serviceterm t
    JOIN customers_subscription s ON s.id = t.subscription_id AND s.mode = 'POSTPAID'
    JOIN customers_customer c ON c.id = t.customer_id
    JOIN billing_schedule h ON h.subscription_id = s.id
    CROSS JOIN LATERAL (
        SELECT CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END AS months
    ) k
    CROSS JOIN LATERAL (SELECT round(t.monthly_amount * k.months, 2) AS net) n
    CROSS JOIN LATERAL generate_series(0, 12, k.months) AS ahead
    CROSS JOIN LATERAL (
        SELECT (h.billed_until + make_interval(months => ahead))::date - %(lead)s::int AS day
    ) d
    JOIN customers_package p ON p.id = t.package_id
    LEFT JOIN (
        SELECT tax_class_id, rate, effective_from AS starts,
               lead(effective_from, 1, 'infinity') OVER (
                   PARTITION BY tax_class_id ORDER BY effective_from) AS ends
        FROM customers_taxrate
    ) x ON x.tax_class_id = p.tax_class_id AND d.day >= x.starts AND d.day < x.ends
    WHERE t.status = 'ACTIVE' AND t.monthly_amount > 0
      AND t.starts_on <= %(on)s AND (t.ends_on IS NULL OR t.ends_on > %(on)s)
      AND h.billed_until IS NOT NULL
      AND d.day BETWEEN %(first)s AND %(last)s
"""

_PLAN = f"""
    INSERT INTO reports_forecastfigure
        (month, {", ".join(CELL)}, tax_rate, net_amount, tax_amount, periods)
    SELECT %(month)s, {", ".join(CELL)}, tax_rate, sum(net), sum(round(net * tax_rate, 2)), count(*)
    FROM ({PLANNED}) planned
    GROUP BY {", ".join(CELL)}, tax_rate
"""


def window(month: date, *, on: date) -> dict[str, date | Decimal | int]:
    """Return what PLANNED asks for: the bills of a month that come after company date `on`."""
    company = Company.current()
    return {
        "on": on,
        "rate": company.tax_rate,
        "lead": company.invoice_lead_days,
        "first": max(month, on + timedelta(days=1)),
        "last": last_of(month),
    }


def write(*, on: date) -> None:
    """Make the forecast anew as of the end of a company date."""
    month = first_of(on)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_forecastfigure")
        for _step in range(MONTHS):
            cursor.execute(_PLAN, {"month": month, **window(month, on=on)})
            month = following(month)
