"""What the billing plan holds for this month's rest and the next two (docs/algorithms/mrr.md).

A period is billed some days before it begins (the company's lead time), so a month bills the
periods that begin from that many days into it. Each service in use is billed its monthly amount
times the months of its cycle, on every billing date from the first day not billed yet.
"""

from datetime import date, timedelta

from django.db import connection

from ispbill.core.models import Company
from ispbill.reports.rules.measures import CELL
from ispbill.reports.services.months import first_of, following, last_of

MONTHS = 3
_CELL = ", ".join(f"t.{name}" for name in CELL)

_PLAN = f"""
    INSERT INTO reports_forecastfigure (month, {", ".join(CELL)}, net_amount, tax_amount, periods)
    SELECT %(month)s, {_CELL}, sum(n.net),
           sum(round(n.net * CASE WHEN c.is_tax_exempt THEN 0 ELSE %(rate)s END, 2)), count(*)
    FROM reports_serviceterm t
    JOIN customers_subscription s ON s.id = t.subscription_id AND s.mode = 'POSTPAID'
    JOIN customers_customer c ON c.id = t.customer_id
    JOIN billing_schedule h ON h.subscription_id = s.id
    CROSS JOIN LATERAL (
        SELECT CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END AS months
    ) k
    CROSS JOIN LATERAL (SELECT round(t.monthly_amount * k.months, 2) AS net) n
    CROSS JOIN LATERAL generate_series(0, 12, k.months) AS ahead
    WHERE t.status = 'ACTIVE' AND t.monthly_amount > 0
      AND t.starts_on <= %(on)s AND (t.ends_on IS NULL OR t.ends_on > %(on)s)
      AND h.billed_until IS NOT NULL
      AND (h.billed_until + make_interval(months => ahead))::date
          BETWEEN %(first)s AND %(last)s
    GROUP BY {_CELL}
"""


def write(*, on: date) -> None:
    """Make the forecast anew as of the end of a company date."""
    company = Company.current()
    lead = timedelta(days=company.invoice_lead_days)
    month = first_of(on)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_forecastfigure")
        for _step in range(MONTHS):
            begins = max(month, on + timedelta(days=1))
            cursor.execute(
                _PLAN,
                {
                    "month": month,
                    "on": on,
                    "rate": company.tax_rate,
                    "first": begins + lead,
                    "last": last_of(month) + lead,
                },
            )
            month = following(month)
