"""The statement of a payout: the commissions it pays, what it deducts, the sum."""

from billing.invoices.queries.invoice_paper import style_of
from billing.invoices.services.documents import Paper, Wanted
from ispbill.core import formats, phones
from ispbill.core.models import Company
from resellers.models import Payout

PAYOUT = "PARTNER_PAYOUT"


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
                "customer": f"{one.customer.number} {one.customer.name}" if one.customer else "",
                "base": formats.money(one.base_amount, style),
                "rate": f"{(one.rate * 100).normalize():f} %",
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
