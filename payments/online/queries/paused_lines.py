"""Why a line does not carry traffic, for the page the walled garden leads to (P-10).

Only two visitors are told anything: the customer who is signed in, and whoever comes from the line
itself. What staff wrote as the reason is not for them; the kind of the suspension is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from billing.changes.models import PlannedMove
from billing.dunning.queries import remaining
from billing.dunning.queries.remaining import Remaining
from customers.models import Customer, Subscription, Suspension
from ispbill.core.models import Company
from ispbill.core.pay_links import PayLink, Source
from network.queries import lines
from network.queries.lines import LineWords
from payments.online.queries.online import AFTER_SEARCH

Kind = Suspension.Kind
DEBT, PAUSE, PREPAID, TECHNICAL, OFFICE, ENDED = (
    "DEBT", "PAUSE", "PREPAID", "TECHNICAL", "OFFICE", "ENDED",
)  # fmt: skip
_REASONS = {
    Kind.NON_PAYMENT: DEBT,
    Kind.CUSTOMER_REQUEST: PAUSE,
    Kind.PREPAID: PREPAID,
    Kind.TECHNICAL: TECHNICAL,
}


@dataclass(frozen=True)
class Paused:
    """A service without a line: why, and what its router has confirmed."""

    subscription: Subscription
    reason: str
    line: LineWords
    back_on: date | None
    """The first day back of a pause that was agreed until a day."""


@dataclass(frozen=True)
class Explained:
    """What one customer is told. Without `paused` the lines are on, or on their way."""

    customer: Customer
    paused: list[Paused]
    changing: list[LineWords]
    """Lines on their way back."""
    remaining: Remaining | None
    """What is owed; None for a customer who owes nothing."""
    pay_token: str
    is_automatic: bool
    """A payment switches the line on by itself."""

    @property
    def waits_for_money(self) -> bool:
        return any(one.reason == DEBT for one in self.paused)


def found(customer_ids: Sequence[int], *, ip: str, chosen: str, on: date) -> Explained | None:
    """Return what the visitor may be told; None for a stranger.

    `customer_ids` are the accounts of the customer who is signed in (`chosen`: the number of the
    one looked at in the portal), `ip` is the visitor's address. Who comes from a line that is
    open is told that and nothing else.
    """
    if customer_ids:
        customer = _looked_at(customer_ids, chosen)
        return _explained(customer, on=on, source=Source.PORTAL) if customer else None
    line = lines.at_address(ip)
    if line is None:
        return None
    if line.desired_state == line.State.OPEN:
        state = lines.line_words(line)
        return Explained(line.customer, [], [state], None, "", is_automatic=True)
    return _explained(line.customer, on=on, source=Source.PAY_PAGE)


def _looked_at(customer_ids: Sequence[int], chosen: str) -> Customer | None:
    """Return the account with a service that is cut off, else the one looked at."""
    mine = list(Customer.objects.filter(pk__in=customer_ids).select_related("account_state"))
    mine.sort(
        key=lambda one: (one.status != Customer.Status.SUSPENDED, one.number != chosen, one.pk)
    )
    return mine[0] if mine else None


def _explained(customer: Customer, *, on: date, source: Source) -> Explained:
    services = list(Subscription.objects.filter(customer=customer).order_by("line_no"))
    held = {
        one.subscription_id: one
        for one in Suspension.objects.filter(customer=customer, ended_at__isnull=True)
    }
    accesses = {access.subscription_id: access for access in lines.of_portal_customer(customer.pk)}
    back = _days_back(services)
    is_all_over = all(one.status == Subscription.Status.CANCELLED for one in services)
    paused = [
        Paused(
            subscription=service,
            reason=_reason(service, held.get(service.pk)),
            line=lines.line_words(accesses.get(service.pk)),
            back_on=back.get(service.pk),
        )
        for service in services
        if service.status == Subscription.Status.SUSPENDED
        or (is_all_over and service.status == Subscription.Status.CANCELLED)
    ]
    words = [
        lines.line_words(accesses[service.pk])
        for service in services
        if service.status == Subscription.Status.ACTIVE and service.pk in accesses
    ]
    return Explained(
        customer=customer,
        paused=paused,
        changing=words,
        remaining=remaining.of(customer, on=on),
        pay_token=PayLink(customer.pk, on + AFTER_SEARCH, source).token(),
        is_automatic=Company.current().reactivation != Company.Reactivation.NEVER,
    )


def _reason(service: Subscription, suspension: Suspension | None) -> str:
    if service.status == Subscription.Status.CANCELLED:
        return ENDED
    return _REASONS.get(Kind(suspension.kind), OFFICE) if suspension is not None else OFFICE


def _days_back(services: Sequence[Subscription]) -> dict[int, date]:
    """Return the first day back of each pause that runs."""
    running = PlannedMove.objects.filter(
        subscription__in=services,
        kind=PlannedMove.Kind.SUSPENSION,
        status=PlannedMove.Status.RUNNING,
    )
    return {move.subscription_id: move.span.upper for move in running if move.span.upper}
