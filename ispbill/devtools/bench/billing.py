"""The billing run against three references on the same rows.

- bare: INSERT … SELECT of the very rows it wrote into tables with nothing but primary keys;
- by hand: the shortest set-based SQL somebody would write for whole months on the same schema;
- ORM: one invoice after another through the service for single invoices (a sample).
"""

import statistics
import sys
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from billing.invoices.models import Invoice
from billing.invoices.services import invoicing, seller
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import tax_line
from billing.run.services import cycle
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.bench import children, measure, population, scratch
from ispbill.devtools.bench.measure import Pairs, Timed

ON = date(2026, 1, 29)
ORM_SAMPLE = 300
SHORT = 20_000  # customers whose run is too short to be measured once
TURNS = 5

_BARE_TABLES = {
    "billing_invoice": "id",
    "billing_invoiceline": "id",
    "billing_journalentry": "id",
    "billing_posting": "entry_id, line_no",
}

_BY_HAND = """
WITH due AS (
    SELECT s.id, s.customer_id, c.branch_id, c.language, h.billed_until AS start_on,
           (h.billed_until + interval '1 month')::date AS end_on, s.price_amount AS net,
           round(s.price_amount * %(rate)s, 2) AS tax, k.name AS package,
           nextval('billing_invoice_id_seq') AS invoice_id,
           nextval('billing_journalentry_id_seq') AS entry_id,
           row_number() OVER (ORDER BY s.customer_id) AS place,
           jsonb_build_object('name', c.name, 'local_name', c.local_name, 'number', c.number,
                              'phone', c.phone, 'address', c.address, 'area', a.name) AS buyer
    FROM billing_schedule h
    JOIN customers_subscription s ON s.id = h.subscription_id
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_area a ON a.id = c.area_id
    JOIN customers_package k ON k.id = s.package_id
    WHERE h.billed_until <= %(horizon)s AND s.status = 'ACTIVE'
),
lines AS (
    INSERT INTO billing_invoiceline (invoice_id, customer_id, subscription_id, kind, description, span,
        is_live, quantity, unit_amount, discount_amount, net_amount, tax_rate, tax_amount, account_id,
        explanation)
    SELECT invoice_id, customer_id, id, 'RECURRING', package, daterange(start_on, end_on), true, 1, net,
           0, net, %(rate)s, tax, 4000,
           jsonb_build_object('version', 1, 'policy', 'anchor', 'method', 'share', 'start', start_on,
               'end', end_on, 'days', end_on - start_on, 'period', jsonb_build_object('start', start_on,
               'end', end_on, 'days', end_on - start_on), 'price', net::text, 'divisor', end_on - start_on,
               'whole', true, 'ratio', '1.000000000', 'cap', NULL, 'amount', net::text,
               'formula', 'whole period = ' || net,
               'rounding', jsonb_build_object('mode', 'half-up', 'ratio_decimals', 9, 'decimals', 2))
    FROM due
),
counter AS (
    UPDATE core_numbersequence SET next_number = next_number + (SELECT count(*) FROM due)
    WHERE series = 'INV' AND year = 2026 RETURNING next_number
),
schedules AS (
    UPDATE billing_schedule h SET billed_until = d.end_on FROM due d WHERE h.subscription_id = d.id
),
entries AS (
    INSERT INTO billing_journalentry (id, kind, source_type, source_id, posted_on, at, branch_id,
        customer_id, memo, actor_id, first_line)
    SELECT entry_id, 'INVOICE', 'invoice', invoice_id, %(on)s, now(), branch_id, customer_id, '', NULL, 1
    FROM due
)
SELECT d.*, (SELECT next_number FROM counter) - (SELECT count(*) FROM due) + d.place - 1 AS number
FROM due d
"""


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure the billing run at one scale; all rates in invoices a second."""
    with scratch.database("billing") as name:
        population.fill(scale)
        scratch.vacuum()
        of_bare, by_hand, orm = Pairs(), Pairs(), Pairs()
        wal, records = Pairs(), Pairs()
        peaks: list[float] = []
        result: dict[str, Any] = {}
        for _pair in range(pairs):
            with scratch.copy_of(name, "ours") as copy:
                ours, result = _ours(scale)
                of_bare.add(ours, scale / bare())
                peaks.append(_peak_mb(copy))
            with scratch.copy_of(name, "byhand"):
                hand = _by_hand()
                by_hand.add(ours, scale / hand.seconds)
                wal.add(result["P23_wal_bytes_per_invoice"], hand.wal_bytes / scale)
                records.add(result["P23_wal_records_per_invoice"], hand.wal_records / scale)
            with scratch.copy_of(name, "orm"):
                orm.add(ours, ORM_SAMPLE / orm_loop())
    return {
        "name": "billing",
        "scale": scale,
        "P1_of_bare": of_bare.as_dict(),
        "P2_of_set_based_sql": by_hand.as_dict(),
        "P3_times_orm_loop": orm.as_dict(),
        "P23_wal_of_set_based_sql": wal.as_dict(),
        "P23_wal_records_of_set_based_sql": records.as_dict(),
        "P22_rss_mb": max(peaks),
        **result,
    }


def counted(*, scale: int) -> dict[str, Any]:
    """Count what does not depend on the hour: statements, rows, records of the log."""
    with scratch.database("billing") as name:
        population.fill(scale)
        scratch.vacuum()
        with scratch.copy_of(name, "ours"):
            _rate, result = _ours(scale)
        with scratch.copy_of(name, "byhand"):
            hand = _by_hand()
    records = result["P23_wal_records_per_invoice"] * scale / hand.wal_records
    return {"P23_wal_records_of_set_based_sql": round(records, 4), **result}


def growth(*, scales: list[int], history: list[int], history_scale: int) -> dict[str, Any]:
    """Measure how the rate changes with the number of customers and with months of history."""
    rates, memory = {}, {}
    for scale in scales:
        with scratch.database("growth") as name:
            population.fill(scale)
            rates[scale] = _steady(scale, name)
            sys.stderr.write(f"{scale}: {rates[scale]:.0f} invoices a second\n")
            memory[scale] = _peak_mb(name)
    aged = {}
    with scratch.database("history") as name:
        population.fill(history_scale)
        for months in history:
            with scratch.copy_of(name, "aged"):
                for number in range(months):
                    cycle.run(on=month(number), act=Act(None, timezone.now()))
                scratch.vacuum()
                aged[months], _ = _ours(history_scale, on=month(months))
    return {
        "name": "billing-growth",
        "rates": rates,
        "rates_after_months": aged,
        "P6_largest_of_smallest": round(rates[scales[-1]] / rates[scales[0]], 3),
        "P6_history_of_empty": round(aged[history[-1]] / aged[history[0]], 3),
        "P22_rss_mb": memory,
        "P22_growth": round(memory[scales[-1]] / memory[scales[0]], 3),
    }


def _steady(scale: int, database: str) -> float:
    """Return the rate; of a small company, whose run is over in a second, the middle of several."""
    rates = []
    for _turn in range(TURNS - 1 if scale <= SHORT else 0):
        with scratch.copy_of(database, "turn"):
            scratch.vacuum()
            rates.append(_ours(scale)[0])
    scratch.vacuum()
    rates.append(_ours(scale)[0])
    return statistics.median(rates)


def _peak_mb(database: str) -> float:
    """Return the most memory a process holds that bills the month after the measured one.

    Without the checks of a command line, which load every page: a worker does not run them.
    """
    command = ["run_billing", "--date", str(month(1)), "--json", "--skip-checks"]
    return children.peak_mb(command, database)


def month(number: int) -> date:
    """Return the day on which the period `number` months after the first is billed."""
    first = population.FIRST_DAY
    month = first.month - 1 + number
    start = first.replace(year=first.year + month // 12, month=month % 12 + 1)
    return start - timedelta(days=Company.current().invoice_lead_days)


def _ours(scale: int, on: date = ON) -> tuple[float, dict[str, Any]]:
    with measure.timed() as first:
        outcome = cycle.run(on=on, act=Act(None, timezone.now()))
    if outcome.written.invoices != scale:
        raise RuntimeError(f"{outcome.written.invoices} invoices instead of {scale}")
    rows = Invoice.objects.count()
    with measure.timed() as again:
        cycle.run(on=on, act=Act(None, timezone.now()))
    return scale / first.seconds, {
        "P7_rerun_of_first": round(again.seconds / first.seconds, 5),
        "P7_rows_written": Invoice.objects.count() - rows,
        "P23_wal_bytes_per_invoice": round(first.wal_bytes / scale),
        "P23_wal_records_per_invoice": round(first.wal_records / scale, 2),
        "P23_statements_per_1000_invoices": round(first.statements * 1000 / scale, 2),
    }


def bare() -> float:
    """Copy the rows just written into tables with primary keys only; return the seconds."""
    with scratch.owner() as owner:
        for table, key in _BARE_TABLES.items():
            owner.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING GENERATED)")
            owner.execute(f"ALTER TABLE bare_{table} ADD PRIMARY KEY ({key})")
            owner.execute(f"GRANT ALL ON bare_{table} TO PUBLIC")
        for table, key in (
            ("customers_accountstate", "customer_id"),
            ("billing_schedule", "subscription_id"),
        ):
            owner.execute(
                f"CREATE TABLE bare_{table} WITH (fillfactor = 50) AS SELECT * FROM {table}"
            )
            owner.execute(f"ALTER TABLE bare_{table} ADD PRIMARY KEY ({key})")
            owner.execute(f"GRANT ALL ON bare_{table} TO PUBLIC")
        owner.execute("VACUUM ANALYZE")
    with measure.timed() as result, transaction.atomic(), connection.cursor() as cursor:
        for table in _BARE_TABLES:
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
                " FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            columns = cursor.fetchone()[0]
            cursor.execute(f"INSERT INTO bare_{table} ({columns}) SELECT {columns} FROM {table}")
        cursor.execute(
            "UPDATE bare_customers_accountstate s SET balance_amount = s.balance_amount + i.total_amount"
            " FROM billing_invoice i WHERE i.customer_id = s.customer_id"
        )
        cursor.execute("UPDATE bare_billing_schedule SET billed_until = billed_until + 1")
    return result.seconds


def _by_hand() -> Timed:
    """Bill whole months with one statement a table, as somebody would write it by hand."""
    rate = Company.current().tax_rate
    frozen = seller.current()
    with measure.timed() as result, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numbersequence (series, year, next_number) VALUES ('INV', 2026, 1)"
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE hand (id bigint, customer_id bigint, branch_id bigint, language text,"
            " start_on date, end_on date, net numeric, tax numeric, package text, invoice_id bigint,"
            " entry_id bigint, place bigint, buyer jsonb, number bigint) ON COMMIT DROP"
        )
        cursor.execute("SELECT set_config('app.reason', 'bench of the billing run', true)")
        values = {"rate": rate, "on": ON, "horizon": date(2026, 2, 5)}
        _insert_by_hand(cursor, values)
        cursor.execute(
            "INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)"
            " SELECT entry_id, v.* FROM hand, LATERAL (VALUES"
            " (1, 1100, customer_id, net + tax), (2, 4000, NULL, -net), (3, 2200, NULL, -tax)) v"
        )
        cursor.execute(
            "UPDATE customers_accountstate t SET next_billing_date = h.end_on, oldest_due_date = h.start_on"
            " FROM hand h WHERE t.customer_id = h.customer_id"
        )
        cursor.execute(
            "INSERT INTO billing_invoice (id, number, customer_id, branch_id, kind, status, issued_on,"
            " due_date, issued_at, currency, language, subtotal_amount, tax_amount, total_amount,"
            " paid_amount, credited_amount, seller_id, buyer, void_reason)"
            " SELECT invoice_id, 'INV-2026-' || lpad(number::text, greatest(5, length(number::text)), '0'),"
            " customer_id, branch_id, 'RECURRING', 'OPEN', %s, start_on, now(), 'BDT', language, net, tax,"
            " net + tax, 0, 0, %s, buyer, '' FROM hand",
            [ON, frozen.pk],
        )
    return result


def _insert_by_hand(cursor: Any, values: dict[str, Any]) -> None:
    cursor.execute(
        _BY_HAND.replace("SELECT d.*, (SELECT", "INSERT INTO hand SELECT d.*, (SELECT"), values
    )


def orm_loop() -> float:
    """Issue a sample of invoices one by one; return the seconds."""
    at = timezone.now()
    rate = Company.current().tax_rate
    sample = list(
        Subscription.objects.select_related("customer", "package").order_by("pk")[:ORM_SAMPLE]
    )
    with measure.timed() as result:
        for subscription in sample:
            invoicing.issue(
                customer=subscription.customer,
                kind=Invoice.Kind.RECURRING,
                due_date=date(2026, 2, 5),
                on=ON,
                act=Act(None, at),
                lines=[
                    NewLine(
                        kind="RECURRING",
                        description=subscription.package.name,
                        amount=tax_line(subscription.price_amount, rate),
                        tax_rate=rate,
                        account=int(Chart.INTERNET_REVENUE),
                        subscription=subscription,
                        days=(date(2026, 2, 5), date(2026, 3, 5)),
                    )
                ],
            )
    return result.seconds
