"""What providers hold for us: what came in, what they paid out, what it cost, what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import CLEARING_OF
from billing.ledger.rules.chart import ACCOUNTS, Chart
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import statements
from payments.bank.models import SettlementImport, SettlementLine

ACCOUNT_CODES: Sequence[Chart] = tuple(CLEARING_OF.values())
MOST_SHOWN = 100

_MOVED = """
    SELECT p.account_id,
           coalesce(sum(p.amount) FILTER (WHERE e.posted_on < %(since)s), 0),
           coalesce(sum(p.amount) FILTER (WHERE p.amount > 0
                    AND e.posted_on BETWEEN %(since)s AND %(until)s), 0),
           coalesce(-sum(p.amount) FILTER (WHERE p.amount < 0
                    AND e.posted_on BETWEEN %(since)s AND %(until)s), 0),
           coalesce(sum(p.amount), 0),
           coalesce(sum(f.amount) FILTER (WHERE e.posted_on BETWEEN %(since)s AND %(until)s), 0)
    FROM billing_posting p
    JOIN billing_journalentry e ON e.id = p.entry_id
    LEFT JOIN LATERAL (SELECT sum(x.amount) AS amount FROM billing_posting x
                       WHERE x.entry_id = e.id AND x.account_id = 5300) f ON true
    WHERE p.account_id = ANY(%(accounts)s) AND e.posted_on <= %(until)s
    GROUP BY p.account_id
"""
# Paid out in the order it came in, the money still held is the latest that came in.
_SINCE = """
    SELECT min(posted_on) FROM (
        SELECT e.posted_on, p.amount,
               sum(p.amount) OVER (ORDER BY e.posted_on DESC, e.id DESC) AS so_far
        FROM billing_posting p JOIN billing_journalentry e ON e.id = p.entry_id
        WHERE p.account_id = %(account)s AND p.amount > 0 AND e.posted_on <= %(until)s) d
    WHERE so_far - amount < %(held)s
"""


@dataclass(frozen=True)
class Clearing:
    """One provider's account over some days; amounts in the company's currency."""

    provider: str
    code: int
    name: str
    opening: Decimal
    came_in: Decimal
    went_out: Decimal
    fees: Decimal
    held: Decimal
    since: date | None  # the day of the oldest money still held, when it is paid out in order


def accounts(*, since: date, until: date) -> list[Clearing]:
    """Return every provider's account over the company dates `since` to `until`, both included."""
    codes = [int(code) for code in ACCOUNT_CODES]
    rows = statements.read(_MOVED, {"accounts": codes, "since": since, "until": until})
    moved = {row[0]: row[1:] for row in rows}
    found = []
    for provider, code in CLEARING_OF.items():
        opening, came_in, went_out, held, fees = moved.get(int(code), (Decimal(0),) * 5)
        found.append(
            Clearing(
                provider=provider,
                code=int(code),
                name=gettext(ACCOUNTS[code][0]),
                opening=opening,
                came_in=came_in,
                went_out=went_out,
                fees=fees,
                held=held,
                since=_held_since(int(code), held, until) if held > 0 else None,
            )
        )
    return found


def not_paid_out(provider: str, *, until: date) -> QuerySet[Payment]:
    """Return payments a provider holds that no booked payout contains, the oldest first."""
    paid_out = SettlementLine.objects.filter(
        settlement__state=SettlementImport.State.BOOKED, payment__isnull=False, is_chargeback=False
    )
    refused = SettlementLine.objects.filter(
        settlement__state=SettlementImport.State.BOOKED, attempt__isnull=False, is_chargeback=False
    )
    return (
        Payment.objects.filter(
            account_no=int(CLEARING_OF[provider]),
            status=Payment.Status.COMPLETED,
            posted_on__lte=until,
        )
        .exclude(pk__in=paid_out.values("payment"))
        .exclude(rest_of_line__isnull=False)  # the rest of one that was paid out whole
        .exclude(attempt__in=refused.values("attempt"))  # credited after all
        .select_related("customer")
        .order_by("posted_on", "pk")
    )


def unknown() -> QuerySet[SettlementLine]:
    """Return transactions providers have paid out that are not in our books, the oldest first."""
    return (
        SettlementLine.objects.filter(
            state=SettlementLine.State.UNKNOWN,
            settlement__state=SettlementImport.State.BOOKED,
            is_chargeback=False,
        )
        # There it is what NetCash has kept: its fees are booked by the lines of its statement.
        .exclude(provider=SettlementImport.Provider.NETCASH)
        .select_related("settlement")
        .order_by("settlement__paid_on", "pk")
    )


def chargebacks() -> QuerySet[SettlementLine]:
    """Return chargebacks of providers that a person decides on, the oldest first."""
    return (
        SettlementLine.objects.filter(became=SettlementLine.Became.OPEN)
        .select_related("settlement", "payment__customer", "attempt__customer")
        .order_by("settlement__paid_on", "pk")
    )


def _held_since(code: int, held: Decimal, until: date) -> date | None:
    row = statements.first(_SINCE, {"account": code, "held": held, "until": until})
    return row[0] if row else None


def lines_visible_to(user: User) -> QuerySet[SettlementLine]:
    """Return the lines of payouts that somebody may see: a manager those of own customers."""
    scope = branch_scope(user)
    found = SettlementLine.objects.all()
    return found if scope is None else found.filter(payment__customer__branch=scope)
