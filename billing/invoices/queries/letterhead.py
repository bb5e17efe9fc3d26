"""What every paper says of the company and of the customer it is for."""

from customers.models import Customer
from ispbill.core import phones
from ispbill.core.models import Company


def of_company(company: Company) -> dict[str, str]:
    """Return what stands at the head and foot of a paper."""
    return {
        "name": company.name,
        "legal_name": company.legal_name,
        "address": company.address,
        "phone": company.phone,
        "email": company.email,
        "tax_number": company.tax_number,
        "brand_colour": company.brand_colour,
    }


def of_buyer(customer: Customer) -> dict[str, str]:
    """Return whom a paper is for, with the phone as it is dialled at home."""
    return {
        "name": customer.name,
        "local_name": customer.local_name,
        "number": customer.number,
        "phone": phones.national(customer.phone),
        "address": customer.address,
        "area": customer.area.name,
    }
