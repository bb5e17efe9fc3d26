"""Tax certificates: a customer's, those about to end, and whose exemption does not fit them."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from customers.models import Customer, TaxCertificate
from customers.queries import directory
from ispbill.accounts.models import User

WARN_DAYS = 30


def visible_to(user: User) -> QuerySet[TaxCertificate]:
    """Return the certificates of customers in reach, without the files' bytes."""
    reach = directory.visible_to(user)
    return TaxCertificate.objects.filter(customer__in=reach).defer("file")


def of_customer(customer: Customer) -> list[TaxCertificate]:
    """Return a customer's certificates, the one that ends last first."""
    found = TaxCertificate.objects.filter(customer=customer).defer("file")
    return list(found.select_related("recorded_by").order_by("-valid_until", "-pk"))


def valid(*, on: date) -> QuerySet[TaxCertificate]:
    """Return the certificates that hold on a company date."""
    return TaxCertificate.objects.filter(
        withdrawn_at__isnull=True, valid_from__lte=on, valid_until__gte=on
    )


def ending(*, on: date, branch_id: int | None = None) -> QuerySet[TaxCertificate]:
    """Return those that end within `WARN_DAYS` and that no later one follows, without the files."""
    later = TaxCertificate.objects.filter(
        customer=OuterRef("customer"),
        withdrawn_at__isnull=True,
        valid_until__gt=OuterRef("valid_until"),
    )
    last = on + timedelta(days=WARN_DAYS)
    found = valid(on=on).filter(~Exists(later), valid_until__lte=last).defer("file")
    found = found.filter(customer__archived_at__isnull=True)
    return found if branch_id is None else found.filter(customer__branch_id=branch_id)


def misfits(*, on: date) -> QuerySet[Customer]:
    """Return customers with certificates whose exemption is not what these say of a date."""
    own = TaxCertificate.objects.filter(customer=OuterRef("pk"))
    holds = Exists(valid(on=on).filter(customer=OuterRef("pk")))
    found = Customer.objects.filter(Exists(own)).alias(holds=holds)
    return found.filter(is_tax_exempt=True, holds=False) | found.filter(
        is_tax_exempt=False, holds=True
    )
