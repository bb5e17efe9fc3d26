"""The company as it stands on documents, kept once per wording."""

import hashlib
import json

from billing.invoices.models import SellerText
from ispbill.core.models import Company


def current() -> SellerText:
    """Return the frozen text of the company as it is now, made on first use of a wording."""
    company = Company.current()
    data = {
        "name": company.name,
        "legal_name": company.legal_name,
        "address": company.address,
        "phone": company.phone,
        "email": company.email,
        "website": company.website,
        "tax_number": company.tax_number,
        "tax_name": company.tax_name,
        "bank_details": company.bank_details,
        "brand_colour": company.brand_colour,
        "currency": company.currency,
        "number_style": company.number_style,
        "grace_days": company.grace_days,
    }
    fingerprint = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    text = SellerText.objects.filter(fingerprint=fingerprint).first()
    if text is None:
        SellerText.objects.bulk_create(
            [SellerText(fingerprint=fingerprint, data=data)], ignore_conflicts=True
        )
        text = SellerText.objects.get(fingerprint=fingerprint)
    return text
