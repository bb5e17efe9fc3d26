"""The brand of a reseller: name, phone and logo beside the house's, for its customers alone."""

import base64
from datetime import date

from billing.invoices.queries.partner_brand import Brand
from ispbill.core import made_files, phones, rls
from resellers.models import Reseller, ResellerAssignment


def of_customer(customer_id: int, on: date) -> Brand | None:
    """Return whose brand a customer's papers of a company date carry.

    Papers are also made in the customer's own request, whose role knows no resellers.
    """
    reseller = _holder(customer_id, on)
    return brand_of(reseller) if reseller is not None and reseller.is_co_branded else None


def holder(customer_id: int, on: date) -> Brand | None:
    """Return which reseller has a customer on a company date, by its own name and phone."""
    reseller = _holder(customer_id, on)
    return Brand(reseller.name, phones.national(reseller.phone)) if reseller is not None else None


def _holder(customer_id: int, on: date) -> Reseller | None:
    with rls.as_house():
        rows = ResellerAssignment.objects.filter(customer=customer_id, during__contains=on)
        found = rows.select_related("reseller").first()
        return found.reseller if found is not None else None


def brand_of(reseller: Reseller) -> Brand:
    """Return a reseller as its customers know it."""
    phone = reseller.brand_phone or reseller.phone
    place = made_files.place(reseller.logo_path) if reseller.logo_path else None
    logo = ""
    if place is not None:
        logo = f"data:image/png;base64,{base64.b64encode(place.read_bytes()).decode()}"
    return Brand(reseller.brand_name or reseller.name, phones.national(phone), logo)
