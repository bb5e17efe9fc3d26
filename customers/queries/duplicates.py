"""Accounts that may be the same person."""

from django.db.models import Q, QuerySet

from customers.models import Customer


def living() -> QuerySet[Customer]:
    """Return accounts whose phone number is reserved: neither archived nor cancelled."""
    return Customer.objects.filter(archived_at__isnull=True).exclude(
        status=Customer.Status.CANCELLED
    )


def phone_owner(phone: str, *, but: Customer | None = None) -> Customer | None:
    """Return the oldest living account with this phone (E.164), other than `but`."""
    owners = living().filter(phone=phone)
    if but is not None and but.pk:
        owners = owners.exclude(pk=but.pk)
    return owners.order_by("pk").first()


def looks_like_another(customer: Customer) -> bool:
    """Tell whether another living account shares its phone, e-mail or national id."""
    return alike(customer).exists()


def alike(customer: Customer) -> QuerySet[Customer]:
    """Return the other living accounts that share phone, e-mail or national id."""
    same = Q(phone=customer.phone)
    if customer.email:
        same |= Q(email=customer.email)
    if customer.national_id_fingerprint:
        same |= Q(national_id_fingerprint=customer.national_id_fingerprint)
    others = living().filter(same)
    return others.exclude(pk=customer.pk) if customer.pk else others
