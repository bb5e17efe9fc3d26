"""The billing run with everything in the mix, against the run of plain months on the same machine.

Discounts, add-ons, several tax rates, exempt customers, prices agreed with tax and stretches that
begin in mid-month, spread over the customers so that every combination comes up. Counted in lines:
an add-on is a line more, and a service that is behind gets a stub and a month.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from billing.invoices.models import InvoiceLine
from billing.run.services import cycle
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.devtools.bench import billing, measure, population, scratch
from ispbill.devtools.bench.billing import ON, ORM_SAMPLE
from ispbill.devtools.bench.measure import Pairs, Timed

# Shares by the customer's place: 3 in 10 discounted (a third of them twice), 1 in 4 with an add-on,
# half the packages in a class of their own, 1 in 9 exempt, 1 in 11 gross, 1 in 7 begins in mid-month.
_MIX = """
INSERT INTO customers_taxclass (code, name) VALUES ('VAT5', 'VAT 5 %%'), ('VAT75', 'VAT 7.5 %%');
INSERT INTO customers_taxrate (tax_class_id, rate, effective_from)
    SELECT id, CASE code WHEN 'VAT5' THEN 0.05 ELSE 0.075 END, date '2025-01-01'
    FROM customers_taxclass;
UPDATE customers_package SET tax_class_id = (SELECT id FROM customers_taxclass WHERE code = 'VAT5')
    WHERE id %% 2 = 0;
INSERT INTO customers_addon (code, name, local_name, kind, price_amount, tax_class_id, description)
    SELECT 'IP', 'Fixed address', '', 'STATIC_IP', 150, id, '' FROM customers_taxclass
    WHERE code = 'VAT75';
INSERT INTO customers_subscriptionaddon (subscription_id, customer_id, addon_id, quantity,
    price_amount, starts_on, created_at)
    SELECT s.id, s.customer_id, a.id, 1 + s.id %% 2, 150, date '2026-01-01', now()
    FROM customers_subscription s, customers_addon a WHERE s.id %% 4 = 0;
INSERT INTO billing_discount (subscription_id, customer_id, label, rate, span, is_stackable, reason,
    granted_at)
    SELECT id, customer_id, 'Loyalty', 0.1, daterange('2026-01-01', '2026-02-20'), true,
           'because of the bench', now()
    FROM customers_subscription WHERE id %% 10 < 3;
INSERT INTO billing_discount (subscription_id, customer_id, label, amount, span, is_stackable,
    reason, granted_at)
    SELECT id, customer_id, 'Neighbours', 50, daterange('2026-01-01', NULL), true,
           'because of the bench', now()
    FROM customers_subscription WHERE id %% 10 = 0;
UPDATE customers_customer SET is_tax_exempt = true WHERE id %% 9 = 0;
UPDATE customers_subscription SET gross_amount = round(price_amount * 1.15, 2) WHERE id %% 11 = 0;
"""
# Schedules only move forward; the owner alone can say that these never came so far.
_BEHIND = (
    "ALTER TABLE billing_schedule DISABLE TRIGGER schedule_forward",
    "UPDATE billing_schedule SET billed_until = '2026-01-20' WHERE subscription_id % 7 = 0",
    "ALTER TABLE billing_schedule ENABLE TRIGGER schedule_forward",
)


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure both runs at one scale, pair by pair; all rates in lines a second."""
    with scratch.database("billingmix") as plain:
        population.fill(scale)
        scratch.vacuum()
        with _dressed(plain) as mix:
            of_plain, of_bare, orm = Pairs(), Pairs(), Pairs()
            counted: dict[str, Any] = {}
            for _pair in range(pairs):
                with scratch.copy_of(plain, "plainrun"):
                    usual, _timed = _billed()
                with scratch.copy_of(mix, "mixrun"):
                    rate, timed = _billed()
                    of_plain.add(rate, usual)
                    counted = _counted(timed)
                    of_bare.add(rate, InvoiceLine.objects.count() / billing.bare())
                with scratch.copy_of(mix, "mixloop"):
                    orm.add(rate, ORM_SAMPLE / billing.orm_loop())
    return {
        "name": "billing-mix",
        "scale": scale,
        "of_plain_months": of_plain.as_dict(),
        "of_bare": of_bare.as_dict(),
        "times_orm_loop": orm.as_dict(),
        **counted,
    }


def counted(*, scale: int) -> dict[str, Any]:
    """Count what does not depend on the hour: what was in the mix, statements, rows."""
    with scratch.database("billingmix") as plain:
        population.fill(scale)
        with _dressed(plain):
            _rate, timed = _billed()
            return _counted(timed)


@contextmanager
def _dressed(plain: str) -> Iterator[str]:
    """Switch to a copy of a plain company that has everything in the mix."""
    with scratch.copy_of(plain, "mix") as mix:
        _dress()
        scratch.vacuum()
        yield mix


def _dress() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.reason', 'mix of the bench', false)")
        cursor.execute(_MIX, {})
        cursor.execute("SELECT set_config('app.reason', '', false)")
    with scratch.owner() as owner:
        for statement in _BEHIND:
            owner.execute(statement)


def _billed() -> tuple[float, Timed]:
    """Bill the day; return the lines written a second, and what it took."""
    with measure.timed() as timed:
        cycle.run(on=ON, act=Act(None, timezone.now()))
    return InvoiceLine.objects.count() / timed.seconds, timed


def _counted(timed: Timed) -> dict[str, Any]:
    """Say what was in the mix, and that billing again writes nothing."""
    lines = InvoiceLine.objects.count()
    cycle.run(on=ON, act=Act(None, timezone.now()))
    discounted, extras, rates, parts = statements.first(
        "SELECT count(*) FILTER (WHERE discount_amount > 0), count(*) FILTER (WHERE item > 0),"
        " count(DISTINCT tax_rate), count(*) FILTER (WHERE kind = 'PRORATA')"
        " FROM billing_invoiceline"
    )
    return {
        "lines": lines,
        "discounted": discounted,
        "addons": extras,
        "tax_rates": rates,
        "prorated": parts,
        "rows_written_by_rerun": InvoiceLine.objects.count() - lines,
        "statements_per_1000_lines": round(timed.statements * 1000 / lines, 2),
        "wal_records_per_line": round(timed.wal_records / lines, 2),
        "rss_mb": measure.rss_mb(),
    }
