"""How a customer stands: what the top of the page, its findings and its facts are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.models import Customer, Subscription, Suspension
from customers.rules import next_act
from customers.rules.picture import Line, Money


@dataclass(frozen=True)
class Standing:
    """What the card is made of: the customer, the services, and what this person may know."""

    customer: Customer
    services: Sequence[Subscription]
    money: Money | None
    lines: Sequence[Line]
    on: date

    @property
    def owed(self) -> Decimal:
        return self.customer.account_state.balance_amount

    @property
    def living(self) -> list[Subscription]:
        """The services that are not cancelled."""
        return [one for one in self.services if one.status != Subscription.Status.CANCELLED]

    @property
    def suspensions(self) -> list[Suspension]:
        """The suspensions that last, the first begun first."""
        found = [
            one
            for service in self.services
            for one in service.suspensions.all()
            if not one.ended_at
        ]
        return sorted(found, key=lambda one: (one.span.lower, one.pk))

    def with_status(self, status: str) -> list[Subscription]:
        """Return the services in a state."""
        return [service for service in self.services if service.status == status]

    @property
    def has_live(self) -> bool:
        """Tell whether a service is switched on."""
        return bool(self.with_status(Subscription.Status.ACTIVE))

    @property
    def facts(self) -> next_act.Facts:
        """What decides the state."""
        account_state, status = self.customer.account_state, Subscription.Status
        return next_act.Facts(
            on=self.on,
            owed=self.owed,
            due_on=account_state.oldest_due_date,
            off=frozenset(one.kind for one in self.suspensions),
            has_live=self.has_live,
            has_pending=bool(self.with_status(status.PENDING)),
            is_online=account_state.is_online,
        )
