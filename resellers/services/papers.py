"""Papers of a reseller: what a payout pays and deducts, what a month brought."""

from datetime import date, timedelta
from decimal import Decimal

from billing.invoices.queries.invoice_paper import style_of
from billing.invoices.services.documents import Paper, Wanted
from ispbill.core import formats, phones
from ispbill.core.formats import Style
from ispbill.core.models import Company
from resellers.models import Commission, CommissionBack, Payout, Reseller

PAYOUT = "PARTNER_PAYOUT"
MONTH = "PARTNER_MONTH"


def payout(wanted: Wanted) -> Paper:
    """Lay out the statement of a payout. Raises Payout.DoesNotExist."""
    row = Payout.objects.select_related("reseller").get(pk=wanted.source_id)
    company = Company.current()
    style = style_of({"number_style": company.number_style}, wanted.language)
    paid = row.commissions.select_related("payment", "customer", "subscription").order_by("pk")
    claims = row.claims.select_related("commission__payment", "commission__subscription").order_by(
        "pk"
    )
    context: dict[str, object] = {
        "language": wanted.language,
        "company": company,
        "payout": row,
        "phone": phones.national(row.reseller.phone),
        "day": formats.day(row.paid_on, wanted.language) if row.paid_on else "",
        "commissions": [
            {
                "receipt": one.document,
                "day": formats.day(one.earned_on, wanted.language),
                "customer": named(one),
                "base": formats.money(one.base_amount, style),
                "rate": f"{one.percent} %",
                "amount": formats.money(one.paid_amount or one.worth, style),
            }
            for one in paid
        ],
        "claims": [
            {
                "receipt": one.commission.document,
                "day": formats.day(one.taken_on, wanted.language),
                "amount": formats.money(one.amount, style),
            }
            for one in claims
        ],
        "earned": formats.money(row.earned_amount, style),
        "claimed": formats.money(row.claimed_amount, style),
        "withheld": formats.money(row.withheld_amount, style) if row.withheld_amount else "",
        "amount": formats.money(row.payable, style),
        "method": str(row.get_method_display()),
    }
    return Paper("resellers/pdf/payout.html", context)


def month(wanted: Wanted) -> Paper:
    """Lay out what a month brought a reseller; the variant is its first day.

    Raises Reseller.DoesNotExist, ValueError.
    """
    reseller = Reseller.objects.get(pk=wanted.source_id)
    first = date.fromisoformat(wanted.variant)
    following = (first + timedelta(days=32)).replace(day=1)
    company, language = Company.current(), wanted.language
    style = style_of({"number_style": company.number_style}, language)
    earned = list(
        Commission.objects.filter(reseller=reseller, earned_on__gte=first, earned_on__lt=following)
        .select_related("payment", "customer", "subscription")
        .order_by("pk")
    )
    backs = list(
        CommissionBack.objects.filter(
            reseller=reseller, taken_on__gte=first, taken_on__lt=following
        ).select_related("commission__payment", "commission__subscription")
    )
    came = sum((one.amount for one in earned), Decimal(0))
    went = sum((one.amount for one in backs), Decimal(0))
    context: dict[str, object] = {
        "language": language,
        "company": company,
        "reseller": reseller,
        "phone": phones.national(reseller.phone),
        "month": formats.month(first, language),
        "earned": [_row(one, style, language) for one in earned],
        "backs": [
            {
                "document": one.commission.document,
                "day": formats.day(one.taken_on, language),
                "amount": formats.money(one.amount, style),
            }
            for one in backs
        ],
        "came": formats.money(came, style),
        "went": formats.money(went, style),
        "sum": formats.money(came - went, style),
    }
    return Paper("resellers/pdf/month.html", context)


def _row(one: Commission, style: Style, language: str) -> dict[str, str]:
    return {
        "document": one.document,
        "day": formats.day(one.earned_on, language),
        "customer": named(one),
        "base": formats.money(one.base_amount, style),
        "rate": f"{one.percent} %",
        "amount": formats.money(one.amount, style),
    }


def named(one: Commission) -> str:
    """Return whose payment it was: number and name, masked once somebody else has the customer."""
    return f"{one.customer.number} {one.shown_name}" if one.customer else ""
