"""Fill a bench database: customers with one active service each, all alike but for their names."""

from datetime import date

from billing.ledger.services import ledger
from ispbill.core import statements
from ispbill.core.models import Company

FIRST_DAY = date(2026, 2, 5)  # the first day not billed yet; billing day 5

_FILL = """
INSERT INTO accounts_branch (code, name, address, phone)
    SELECT 'B' || g, 'Branch ' || g, '', '' FROM generate_series(1, 4) g;
INSERT INTO customers_area (name, local_name, kind, path, branch_id)
    SELECT 'Area ' || g, '', 'AREA', '/' || g || '/', 1 + g %% 4 FROM generate_series(1, 200) g;
INSERT INTO customers_package (code, name, local_name, technology, download_mbps, upload_mbps,
    installation_fee, router_fee, live_channels, sla_class, router_profile, is_public, description)
    SELECT 'P' || g, 'Home ' || g * 10, '', 'FIBER', g * 10, g * 10, 0, 0, 0, '', '', true, ''
    FROM generate_series(1, 10) g;
INSERT INTO customers_customer (number, kind, status, name, local_name, phone, alternate_phone, email,
    seal_id, sealed_national_id, national_id_fingerprint, address, area_id, branch_id, language, tags,
    notes, customer_since, preferred_billing_day, credit_limit_amount, is_auto_pay, is_tax_exempt,
    is_never_suspended, wants_sms, wants_whatsapp, wants_email, wants_marketing, allows_shared_phone,
    churn_risk, keywords, created_at)
    SELECT 'CT-2025-' || lpad(g::text, greatest(5, length(g::text)), '0'), 'RESIDENTIAL', 'ACTIVE',
           initcap(translate(substr(md5((g %% 40009)::text), 1, 8), '0123456789', 'aeiourstln')) || ' '
               || initcap(translate(substr(md5('family' || g %% 5003), 1, 7), '0123456789', 'aeiourstln')),
           '', '+88017' || lpad(g::text, 8, '0'), '', '', gen_random_uuid(), '', '',
           'House ' || g %% 300 || ', Road ' || g %% 40, a.id, a.branch_id, 'en', '{}', '',
           date '2025-01-01' + (g %% 300)::int, 5, 0, false, false, false, true, false, true, false,
           false, CASE WHEN g %% 20 = 0 THEN 'HIGH' WHEN g %% 7 = 0 THEN 'MEDIUM' ELSE 'LOW' END, '',
           timestamptz '2025-01-05 04:00+00'
    FROM generate_series(1, %(customers)s) g
    JOIN customers_area a ON a.id = 1 + g %% 200;
INSERT INTO customers_subscription (customer_id, line_no, package_id, status, mode, technology, cycle,
    billing_day, price_amount, installation_fee, router_fee, download_mbps, upload_mbps, address,
    connection_id, upstream_provider, upstream_order_id, cpe_make, cpe_serial, activated_on, notes,
    created_at)
    SELECT id, 1, 1 + id %% 10, 'ACTIVE', 'POSTPAID', 'FIBER', 'MONTHLY', 5, 500 + 100 * (id %% 10), 0, 0,
           10, 10, '', 'line' || id, '', '', '', '', date '2025-01-05', '', timestamptz '2025-01-05 04:00+00'
    FROM customers_customer ORDER BY id;
INSERT INTO billing_schedule (subscription_id, customer_id, billed_until)
    SELECT id, customer_id, %(first_day)s FROM customers_subscription ORDER BY id;
INSERT INTO billing_dayexception (subscription_id, customer_id, kind, span, reason, at)
    SELECT id, customer_id, 'SKIPPED', daterange(activated_on, %(first_day)s), 'billed elsewhere', created_at
    FROM customers_subscription WHERE activated_on < %(first_day)s;
UPDATE customers_accountstate SET next_billing_date = %(first_day)s;
"""


def fill(customers: int) -> None:
    """Write `customers` customers into the present (empty, migrated) database."""
    Company.current()
    ledger.open_chart()
    statements.run(_FILL, {"customers": customers, "first_day": FIRST_DAY})


def owe(*, on: date) -> None:
    """Let a tenth of the customers owe, due on different days of the ninety before `on`."""
    statements.run(
        "UPDATE customers_accountstate SET balance_amount = 500 + customer_id %% 1000,"
        " oldest_due_date = %s::date - (customer_id / 10 %% 90)::int WHERE customer_id %% 10 = 0",
        [on],
    )
