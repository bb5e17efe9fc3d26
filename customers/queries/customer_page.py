"""What the page of one customer shows, in few queries."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from customers.models import Customer, Subscription
from customers.queries import duplicates


@dataclass(frozen=True)
class Facts:
    """A customer with the living services, the packages' extras and who looks alike."""

    customer: Customer
    services: list[Subscription]
    alike: list[Customer]
    referred: int
    has_portal_access: bool

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
    return Facts(
        customer=customer,
        services=services(customer),
        alike=list(duplicates.alike(customer).filter(pk__in=among.values("pk")).order_by("pk")[:5])
        if customer.is_duplicate_suspect
        else [],
        referred=customer.referrals.count(),
        has_portal_access=customer.logins.exists(),
    )


def services(customer: Customer) -> list[Subscription]:
    """Return all services with package, extras and suspensions, living ones first."""
    rows = (
        Subscription.objects.filter(customer=customer)
        .select_related("package")
        .prefetch_related("package__ott_apps", "suspensions")
        .order_by("line_no")
    )
    return sorted(rows, key=lambda one: (one.status == Subscription.Status.CANCELLED, one.line_no))


def days_overdue(customer: Customer, *, on: date) -> int:
    """Return how many days the oldest open invoice is past its due date (0 = none is)."""
    due = customer.standing.oldest_due_date
    return max((on - due).days, 0) if due else 0
