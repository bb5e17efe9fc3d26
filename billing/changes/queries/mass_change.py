"""One package for many services: whom it concerns and what it would do. Reads only."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from billing.changes.queries import quotes
from billing.changes.queries.quotes import Made
from billing.pricing.models import PackageChange
from customers.models import Area, Package, Subscription
from customers.queries import directory
from ispbill.accounts.models import Branch, User
from ispbill.core.errors import DomainError
from ispbill.core.money import times

MOST = 300  # each is quoted on its own; more are done in parts
_JUMP = Decimal("1.5")


@dataclass(frozen=True)
class Choice:
    """Which services: those with a package, of a branch or an area; to which package, when."""

    package_from: Package
    package_to: Package
    effective: str
    branch: Branch | None = None
    area: Area | None = None


@dataclass(frozen=True)
class Planned:
    """One service that would be changed."""

    service: Subscription
    made: Made

    @property
    def price_change(self) -> Decimal:
        """How much more a period costs, without tax."""
        return self.made.price.net - self.service.price_amount

    @property
    def is_jump(self) -> bool:
        return self.made.price.net > times(self.service.price_amount, _JUMP)


@dataclass
class Plan:
    """What a mass change would do, service by service."""

    found: int = 0
    planned: list[Planned] = field(default_factory=list)
    skipped: list[tuple[Subscription, str]] = field(default_factory=list)

    @property
    def is_too_many(self) -> bool:
        return self.found > MOST

    @property
    def total(self) -> Decimal:
        """What is asked for now with tax, less what is given back."""
        return sum((one.made.total for one in self.planned), start=Decimal(0))

    @property
    def price_change(self) -> Decimal:
        return sum((one.price_change for one in self.planned), start=Decimal(0))

    @property
    def jumps(self) -> int:
        return sum(1 for one in self.planned if one.is_jump)

    @property
    def fingerprint(self) -> str:
        """Everything the preview shows: a confirmation names it."""
        text = "|".join(f"{one.service.pk}:{one.made.fingerprint}" for one in self.planned)
        return hashlib.sha256(text.encode()).hexdigest()


def plan(choice: Choice, *, user: User, on: date) -> Plan:
    """Quote the change for every service it concerns, in the order of their ids."""
    services = Subscription.objects.filter(
        customer__in=directory.visible_to(user),
        package=choice.package_from,
        status=Subscription.Status.ACTIVE,
    )
    if choice.branch is not None:
        services = services.filter(customer__branch=choice.branch)
    if choice.area is not None:
        services = services.filter(customer__area=choice.area)
    found = Plan(found=services.count())
    if found.is_too_many:
        return found
    waiting = set(
        PackageChange.objects.filter(
            subscription__in=services, status__in=PackageChange.OPEN
        ).values_list("subscription", flat=True)
    )
    for service in services.select_related("customer", "package").order_by("pk"):
        if service.pk in waiting:
            found.skipped.append((service, "WAITING"))
            continue
        try:
            made = quotes.make(
                subscription=service, package=choice.package_to, effective=choice.effective, on=on
            )
        except DomainError as error:
            found.skipped.append((service, str(error)))
        else:
            found.planned.append(Planned(service, made))
    return found
