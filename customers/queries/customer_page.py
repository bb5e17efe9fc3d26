"""What the page of one customer shows, in few queries."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from customers.models import Customer, CustomerLogin, Subscription
from customers.queries import duplicates


@dataclass(frozen=True)
class Facts:
    """A customer with all services, who looks alike, and how many they have referred."""

    customer: Customer
    services: list[Subscription]
    alike: list[Customer]
    referred: int
    has_portal_access: bool
    has_absorbed: bool

    @property
    def living(self) -> list[Subscription]:
        """The services that are not cancelled."""
        return [one for one in self.services if one.status != Subscription.Status.CANCELLED]

    @property
    def main(self) -> Subscription | None:
        """The service to speak of first: an active one, or else the oldest living."""
        active = [one for one in self.living if one.is_live]
        return next(iter(active + self.living), None)


def facts(customer: Customer, *, among: QuerySet[Customer]) -> Facts:
    """Gather what the overview shows; `among` are the customers that may be named beside."""
    logins = CustomerLogin.objects.filter(customer=OuterRef("pk"))
    parts = Customer.objects.filter(merged_into=OuterRef("pk"))
    counted = Customer.objects.filter(pk=customer.pk).values_list(
        Count("referrals", distinct=True), Exists(logins), Exists(parts)
    )
    referred, has_login, has_absorbed = counted.get()
    return Facts(
        customer=customer,
        services=services(customer),
        alike=list(duplicates.alike(customer).filter(pk__in=among.values("pk")).order_by("pk")[:5])
        if customer.is_duplicate_suspect
        else [],
        referred=referred,
        has_portal_access=has_login,
        has_absorbed=has_absorbed,
    )


def services(customer: Customer, *, with_apps: bool = False) -> list[Subscription]:
    """Return all services with package and suspensions, living ones first.

    `with_apps`: with the streaming apps of their packages.
    """
    rows = (
        Subscription.objects.filter(customer=customer)
        .select_related("package")
        .prefetch_related("suspensions", *(["package__ott_apps"] if with_apps else []))
        .order_by("line_no")
    )
    return sorted(rows, key=lambda one: (one.status == Subscription.Status.CANCELLED, one.line_no))
