"""Reports of the library that are no list behind a figure: each one query, each a table.

Amounts are in the company's currency. `branch_id` None is the whole company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.ledger.queries import tax_report
from churn.models import ChurnScore
from churn.queries import phrases, wording
from customers.models import Customer
from ispbill.core import sheets
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.notifications.rules.events import EVENTS
from ispbill.reports.queries import asking
from ispbill.reports.queries.defining import COUNT, MONEY
from ispbill.reports.services.flows import SETTLED

TEXT = "text"
_GB = Decimal(10**9)


@dataclass(frozen=True)
class Paper:
    """A report as a table: its head, its lines, and the unit of each column."""

    head: Sequence[sheets.Cell]
    lines: Sequence[Sequence[sheets.Cell]]
    units: Sequence[str] = ()


def tax(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what was taxed on these days, by rate, as the tax report of the books has it."""
    found = tax_report.report(start=since, end=until, branch_id=branch_id)
    return Paper(
        [_("Rate"), _("Documents"), _("Net"), _("Tax"), _("With tax")],
        [
            [
                f"{(100 * one.rate).normalize():f} %",
                one.documents,
                one.net,
                one.tax,
                one.net + one.tax,
            ]
            for one in found.rates
        ],
        [TEXT, COUNT, MONEY, MONEY, MONEY],
    )


_METHODS = f"""
    SELECT coalesce(p.method, ''), count(*) FILTER (WHERE s.what = 'collected'),
           coalesce(sum(-s.amount) FILTER (WHERE s.what = 'collected'), 0),
           coalesce(sum(s.amount) FILTER (WHERE s.what = 'returned_money'), 0)
    FROM ({SETTLED}) s JOIN billing_journalentry e ON e.id = s.entry_id
    LEFT JOIN billing_payment p ON p.id = e.source_id AND e.source_type = 'payment'
    WHERE s.what IN ('collected', 'returned_money')
      AND (%(branch)s::bigint IS NULL OR s.branch_id = %(branch)s)
    GROUP BY 1 ORDER BY 3 DESC, 1
"""


def methods(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what came in by method; what was paid out again stands by itself."""
    names = dict(Payment.Method.choices) | {"": _("Paid out again")}
    found = _asked(_METHODS, since, until, branch_id)
    return Paper(
        [_("Method"), _("Payments"), _("Came in"), _("Reversed or paid out"), _("Left")],
        [
            [str(names.get(method, method)), count, paid, back, paid - back]
            for method, count, paid, back in found
        ],
        [TEXT, COUNT, MONEY, MONEY, MONEY],
    )


_DISCOUNTS = """
    SELECT i.issued_on, c.number, c.name, i.number, l.description, l.discount_amount, l.net_amount
    FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
    JOIN customers_customer c ON c.id = i.customer_id
    WHERE i.issued_on BETWEEN %(since)s AND %(until)s AND l.discount_amount > 0 AND l.is_live
      AND (%(branch)s::bigint IS NULL OR i.branch_id = %(branch)s)
    ORDER BY i.issued_on DESC, i.id DESC, l.id LIMIT %(most)s
"""


def discounts(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what discounts took off on bills issued on these days, line by line."""
    return Paper(
        [
            _("Day"),
            _("Customer number"),
            _("Customer"),
            _("Invoice"),
            _("About"),
            _("Taken off"),
            _("Net"),
        ],
        _asked(_DISCOUNTS, since, until, branch_id),
        [TEXT, TEXT, TEXT, TEXT, TEXT, MONEY, MONEY],
    )


_RESELLERS = f"""
    WITH own AS MATERIALIZED (
        SELECT id, reseller_id FROM customers_customer
        WHERE reseller_id IS NOT NULL AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s)
    ),
    had AS (SELECT reseller_id, count(*)::int AS customers FROM own GROUP BY 1),
    paid AS (
        SELECT o.reseller_id, sum(-s.amount) AS amount
        FROM ({SETTLED}) s JOIN own o ON o.id = s.customer_id
        WHERE s.what IN ('collected', 'returned_money') GROUP BY 1
    ),
    earned AS (
        SELECT reseller_id, sum(amount) AS amount FROM resellers_commission
        WHERE earned_on BETWEEN %(since)s AND %(until)s
          AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s) GROUP BY 1
    ),
    back AS (
        SELECT b.reseller_id, sum(b.amount) AS amount
        FROM resellers_commissionback b JOIN resellers_commission m ON m.id = b.commission_id
        WHERE b.taken_on BETWEEN %(since)s AND %(until)s
          AND (%(branch)s::bigint IS NULL OR m.branch_id = %(branch)s) GROUP BY 1
    ),
    payout AS (
        SELECT reseller_id, sum(amount) AS amount FROM resellers_payout
        WHERE status = 'PAID' AND paid_on BETWEEN %(since)s AND %(until)s
          AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s) GROUP BY 1
    )
    SELECT r.name, coalesce(had.customers, 0), coalesce(paid.amount, 0),
           coalesce(earned.amount, 0), coalesce(back.amount, 0), coalesce(payout.amount, 0)
    FROM resellers_reseller r
    LEFT JOIN had ON had.reseller_id = r.id LEFT JOIN paid ON paid.reseller_id = r.id
    LEFT JOIN earned ON earned.reseller_id = r.id LEFT JOIN back ON back.reseller_id = r.id
    LEFT JOIN payout ON payout.reseller_id = r.id
    WHERE %(branch)s::bigint IS NULL
       OR coalesce(had.reseller_id, paid.reseller_id, earned.reseller_id, back.reseller_id,
                   payout.reseller_id) IS NOT NULL
    ORDER BY r.name, r.id
"""


def resellers(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what each reseller's customers paid, what it earned, and what was paid out to it."""
    return Paper(
        [
            _("Reseller"),
            _("Customers"),
            _("Collected"),
            _("Commission"),
            _("Taken back"),
            _("Paid out"),
        ],
        _asked(_RESELLERS, since, until, branch_id),
        [TEXT, COUNT, MONEY, MONEY, MONEY, MONEY],
    )


_USAGE = """
    SELECT c.number, c.name, sum(u.download_bytes), sum(u.upload_bytes), sum(u.total_bytes),
           count(DISTINCT u.date)::int
    FROM network_usageday u JOIN customers_customer c ON c.id = u.customer_id
    WHERE u.date BETWEEN %(since)s AND %(until)s
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s)
    GROUP BY c.id ORDER BY 5 DESC, c.id LIMIT %(most)s
"""


def usage(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what each customer used, the most first; a GB is 10⁹ bytes."""
    return Paper(
        [
            _("Customer number"),
            _("Customer"),
            _("Down (GB)"),
            _("Up (GB)"),
            _("In all (GB)"),
            _("Days with use"),
        ],
        [
            [number, name, *(round(Decimal(one) / _GB, 1) for one in sums), days]
            for number, name, *sums, days in _asked(_USAGE, since, until, branch_id)
        ],
        [TEXT, TEXT, COUNT, COUNT, COUNT, COUNT],
    )


_MESSAGES = """
    SELECT m.event, m.channel, count(*) FILTER (WHERE m.state IN ('SENT', 'DELIVERED', 'UNKNOWN')),
           count(*) FILTER (WHERE m.state = 'DELIVERED'), count(*) FILTER (WHERE m.state = 'FAILED'),
           coalesce(sum(m.parts), 0)::int, round(coalesce(sum(m.cost), 0), 2)
    FROM notifications_message m LEFT JOIN customers_customer c ON c.id = m.customer_id
    WHERE m.created_at >= %(since)s::timestamp AT TIME ZONE %(zone)s
      AND m.created_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s)
    GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


def messages(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return what was sent for which event by which way, and what it cost."""
    ways = dict(Message.WAYS)
    return Paper(
        [
            _("Event"),
            _("Way"),
            _("Handed over"),
            _("Delivered"),
            _("Failed"),
            _("Parts"),
            _("Cost"),
        ],
        [
            [
                _(EVENTS[event].title) if event in EVENTS else event,
                str(ways.get(channel, channel)),
                *rest,
            ]
            for event, channel, *rest in _asked(_MESSAGES, since, until, branch_id)
        ],
        [TEXT, TEXT, COUNT, COUNT, COUNT, COUNT, MONEY],
    )


def at_risk(*, since: date, until: date, branch_id: int | None) -> Paper:
    """Return who may leave as of last night, whatever the days: what is most at stake first."""
    found = ChurnScore.objects.exclude(level=Customer.ChurnRisk.LOW).select_related("customer")
    if branch_id is not None:
        found = found.filter(branch=branch_id)
    language = get_language() or "en"
    return Paper(
        [_("Customer number"), _("Customer"), _("Risk"), _("Since"), _("Why"), _("A month")],
        [
            [
                one.customer.number,
                one.customer.name,
                str(one.get_level_display()),
                one.level_since,
                phrases.together(wording.asked_of(one, language).reasons),
                one.monthly_amount,
            ]
            for one in found.order_by("-at_stake", "customer")[: sheets.MOST_XLSX_ROWS]
        ],
        [TEXT, TEXT, TEXT, TEXT, TEXT, MONEY],
    )


def _asked(statement: str, since: date, until: date, branch_id: int | None) -> list[Any]:
    return asking.rows(
        statement,
        {
            "since": since,
            "until": until,
            "branch": branch_id,
            "zone": Company.current().time_zone,
            "most": sheets.MOST_XLSX_ROWS,
        },
    )
