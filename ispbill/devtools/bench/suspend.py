"""Cutting off everybody whose grace is over, and opening them again, against three references.

- bare: the very rows it changed and wrote, in tables with nothing but primary keys;
- by hand: the shortest set-based SQL somebody would write for the same rows on the same schema,
  without asking anew who has paid meanwhile, and without a word to the customers;
- one after another: the service for a single line (a sample).

Against the statements by hand it is measured twice: as it is, and with the company's message about
it switched off, when both leave the same behind but for our second look at who has paid.

Ours judges each customer from the books, locks the accounts and judges again, changes state,
suspension, audit trail, history and desired state, and queues the customers' messages.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from billing.changes.services import service_states
from billing.dunning.services import dunning
from billing.run.services import cycle
from customers.models import Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.devtools.bench import measure, population, scratch
from ispbill.devtools.bench.measure import Pairs, Timed
from ispbill.notifications.models import Message, Wording
from network.models import Access
from network.services import access

BILLED_ON = date(2026, 1, 29)
CUT_ON = population.FIRST_DAY + timedelta(days=4)  # three days of grace, and the day after
ONE_BY_ONE = 100

LINES = """
INSERT INTO network_router (name, host, port, username, seal_id, sealed_password, branch_id)
    SELECT 'r' || id, '127.0.0.1', 40000 + id, 'ispbill', gen_random_uuid(), '', id
    FROM accounts_branch;
INSERT INTO network_access (subscription_id, customer_id, router_id, username, seal_id,
    sealed_password, desired_state, desired_profile, generation, desired_since, desired_by_name,
    desired_reason, confirmed_state, confirmed_profile, confirmed_generation)
    SELECT s.id, s.customer_id, r.id, s.connection_id, gen_random_uuid(), '', 'OPEN',
           'ispbill-10M-10M', 1, now(), 'system', '', 'OPEN', 'ispbill-10M-10M', 1
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN network_router r ON r.branch_id = c.branch_id
    ORDER BY s.id;
"""
_BARE_TABLES = (
    "customers_subscription", "customers_customer", "customers_accountstate", "network_access",
    "customers_suspension", "audit_auditevent", "audit_rowversion", "notifications_message",
)  # fmt: skip
_WRITTEN = (
    ("customers_suspension", "true"),
    ("audit_auditevent", "action = 'subscription.suspended'"),
    ("audit_rowversion", "\"table\" IN ('customers_customer', 'customers_subscription')"),
    ("notifications_message", "event = 'service_suspended'"),
)
_BY_HAND = """
CREATE TEMPORARY TABLE hand ON COMMIT DROP AS
    SELECT s.id, s.customer_id, sum(i.amount_due) AS amount, min(i.due_date) AS due_date
    FROM billing_invoice i
    JOIN customers_accountstate t ON t.customer_id = i.customer_id AND t.balance_amount > 0
    JOIN customers_customer c ON c.id = i.customer_id AND NOT c.is_never_suspended
    JOIN customers_subscription s ON s.customer_id = i.customer_id AND s.status = 'ACTIVE'
    WHERE i.status = 'OPEN' AND i.amount_due > 0 AND i.due_date + 3 < %(on)s
    GROUP BY s.id, s.customer_id;
UPDATE customers_subscription s SET status = 'SUSPENDED', suspended_at = now()
    FROM hand h WHERE s.id = h.id;
INSERT INTO customers_suspension (subscription_id, customer_id, kind, span, is_billed, reason,
    decision, started_at)
    SELECT id, customer_id, 'NON_PAYMENT', daterange(%(on)s, NULL), false, 'unpaid past the days of grace',
           jsonb_build_object('amount', amount::text, 'due_date', due_date), now() FROM hand;
UPDATE network_access a SET desired_state = 'WALLED', generation = a.generation + 1,
    desired_since = now(), desired_reason = 'unpaid past the days of grace'
    FROM hand h WHERE a.subscription_id = h.id;
"""


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure suspending and reopening `scale` services; all rates in services a second."""
    with scratch.database("suspend") as name:
        _fill(scale)
        bare, by_hand, silent, single, back = Pairs(), Pairs(), Pairs(), Pairs(), Pairs()
        wal, records = Pairs(), Pairs()
        result: dict[str, Any] = {}
        for _pair in range(pairs):
            with scratch.copy_of(name, "ours"):
                ours, result = _ours(scale)
                bare.add(scale / ours.seconds, scale / _bare(scale))
                reopened = _reopen(scale).seconds
            with scratch.copy_of(name, "byhand"):
                hand = _by_hand(scale)
                by_hand.add(scale / ours.seconds, scale / hand.seconds)
                wal.add(ours.wal_bytes / scale, hand.wal_bytes / scale)
                records.add(ours.wal_records / scale, hand.wal_records / scale)
            with scratch.copy_of(name, "silent"):
                _say_nothing()
                without, _told = _ours(scale)
                silent.add(scale / without.seconds, scale / hand.seconds)
            with scratch.copy_of(name, "single"):
                off, on = _one_after_another()
                single.add(scale / ours.seconds, ONE_BY_ONE / off)
                back.add(scale / reopened, ONE_BY_ONE / on)
    return {
        "name": "suspend",
        "scale": scale,
        "of_bare_rows": bare.as_dict(),
        "of_set_based_sql": by_hand.as_dict(),
        "of_set_based_sql_without_messages": silent.as_dict(),
        "times_one_after_another": single.as_dict(),
        "reactivated_times_one_after_another": back.as_dict(),
        "wal_of_set_based_sql": wal.as_dict(),
        "wal_records_of_set_based_sql": records.as_dict(),
        **result,
    }


def counted(*, scale: int) -> dict[str, Any]:
    """Count what does not depend on the hour: statements, rows, records of the log."""
    with scratch.database("suspend") as name:
        _fill(scale)
        with scratch.copy_of(name, "ours"):
            ours, result = _ours(scale)
            back = _reopen(scale)
        with scratch.copy_of(name, "byhand"):
            hand = _by_hand(scale)
    return {
        "wal_records_of_set_based_sql": round(ours.wal_records / hand.wal_records, 4),
        "statements_per_1000_reactivated": round(back.statements * 1000 / scale, 2),
        **result,
    }


def _fill(scale: int) -> None:
    """Make a company whose every service has a bill and a line at a router."""
    population.fill(scale)
    statements.run(LINES)
    cycle.run(on=BILLED_ON, act=Act(None, _at(BILLED_ON)))
    scratch.vacuum()


def _ours(scale: int) -> tuple[Timed, dict[str, Any]]:
    at = _at(CUT_ON)
    with measure.timed() as first:
        report = dunning.suspend_overdue(on=CUT_ON, act=Act(None, at))
    if report.suspended != scale:
        raise RuntimeError(f"{report.suspended} services suspended instead of {scale}")
    with measure.timed() as again:
        dunning.suspend_overdue(on=CUT_ON, act=Act(None, at))
    return first, {
        "rerun_of_first": round(again.seconds / first.seconds, 5),
        "rows_written_by_rerun": Suspension.objects.count() - scale,
        "statements_per_1000_services": round(first.statements * 1000 / scale, 2),
        "processor_share_of_python": round(first.cpu_seconds / first.seconds, 3),
        "wal_bytes_per_service": round(first.wal_bytes / scale),
        "rss_mb": measure.rss_mb(),
    }


def _say_nothing() -> None:
    """Switch the message about a suspension off, in every channel and language."""
    Wording.objects.bulk_create(
        Wording(event="service_suspended", channel=channel, language=language, is_active=False)
        for channel in Message.Channel.values
        for language, _name in settings.LANGUAGES
    )


def _reopen(scale: int) -> Timed:
    """Pay everything, and let the sweep open the lines that are still blocked."""
    at = _at(CUT_ON) + timedelta(hours=1)
    statements.run("UPDATE billing_invoice SET paid_amount = total_amount")
    with measure.timed() as result:
        done = dunning.reopen_cleared(at=at)
    if done != scale:
        raise RuntimeError(f"{done} services reactivated instead of {scale}")
    return result


def _bare(scale: int) -> float:
    """Change and write the same rows where there is nothing but primary keys; return seconds."""
    with scratch.owner() as owner:
        for table in _BARE_TABLES:
            key = "customer_id" if table == "customers_accountstate" else "id"
            owner.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table}")
            owner.execute(f"ALTER TABLE bare_{table} ADD PRIMARY KEY ({key})")
            owner.execute(f"GRANT ALL ON bare_{table} TO PUBLIC")
        for table, condition in _WRITTEN:
            owner.execute(f"DELETE FROM bare_{table} WHERE {condition}")
        owner.execute("VACUUM ANALYZE")
    at = _at(CUT_ON)
    with measure.timed() as result, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bare_customers_subscription SET status = 'SUSPENDED', suspended_at = %s", [at]
        )
        cursor.execute(
            "UPDATE bare_network_access SET desired_state = 'WALLED', generation = generation + 1,"
            " desired_since = %s",
            [at],
        )
        for table, condition in _WRITTEN:
            cursor.execute(f"INSERT INTO bare_{table} SELECT * FROM {table} WHERE {condition}")
    return result.seconds


def _by_hand(scale: int) -> Timed:
    with measure.timed() as result, transaction.atomic(), connection.cursor() as cursor:
        trail.begin(act=Act(None, _at(CUT_ON), reason="bench of suspending"))
        for statement in _BY_HAND.strip().removesuffix(";").split(";\n"):
            cursor.execute(statement, {"on": CUT_ON} if "%(on)s" in statement else None)
    if Access.objects.filter(desired_state="WALLED").count() != scale:
        raise RuntimeError("the hand-written statements did not reach every line")
    return result


def _one_after_another() -> tuple[float, float]:
    """Suspend and reactivate a sample through the service for one; return both seconds."""
    at = _at(CUT_ON)
    sample = list(Subscription.objects.order_by("pk")[:ONE_BY_ONE])
    with measure.timed() as off:
        for one in sample:
            service_states.suspend(
                subscription=one,
                kind=Suspension.Kind.NON_PAYMENT,
                is_billed=False,
                on=CUT_ON,
                act=Act(None, at, reason="bench of suspending"),
            )
    with measure.timed() as on:
        for one in sample:
            access.reactivate(
                subscription=one,
                act=Act(None, at + timedelta(hours=1), reason="bench of opening again"),
                on=CUT_ON,
            )
    return off.seconds, on.seconds


def _at(day: date) -> datetime:
    """Return ten in the morning in Dhaka on a day."""
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
