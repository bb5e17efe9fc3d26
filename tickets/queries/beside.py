"""What stands beside a ticket: who the customer is, what they owe, how the line is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.models import Customer
from customers.queries import page_sources
from customers.rules.picture import Line
from network.outages.models import Outage
from network.outages.queries import affecting
from network.outages.queries.affecting import Shown
from network.speedtest.models import SpeedTest
from network.speedtest.queries import results
from tickets.models import Ticket


@dataclass(frozen=True)
class Beside:
    """Facts of the customer; `balance` is None for those who may not know it (positive: owes)."""

    customer: Customer
    lines: list[Line]
    balance: Decimal | None
    oldest_due: date | None
    others: list[Ticket]
    services: list[str]
    outages: list[Shown]
    linked: Outage | None
    speed_test: SpeedTest | None  # the one sent along, else the latest


def of(ticket: Ticket, *, sees_money: bool, sees_lines: bool) -> Beside:
    """Return what a member of staff may know of the customer while answering."""
    customer = Customer.objects.select_related("account_state", "area").get(pk=ticket.customer_id)
    state = customer.account_state
    services = customer.subscriptions.exclude(status="CANCELLED").select_related("package")
    return Beside(
        customer=customer,
        lines=page_sources.lines(customer) if sees_lines else [],
        balance=state.balance_amount if sees_money else None,
        oldest_due=state.oldest_due_date if sees_money else None,
        others=list(
            Ticket.objects.filter(customer=customer).exclude(pk=ticket.pk).order_by("-pk")[:5]
        ),
        services=[one.package.name for one in services.order_by("line_no")],
        outages=affecting.of_customer(customer.pk, customer.area_id),
        speed_test=_speed_test(ticket) if sees_lines else None,
        linked=Outage.objects.filter(pk=ticket.outage_id).first() if ticket.outage_id else None,
    )


def _speed_test(ticket: Ticket) -> SpeedTest | None:
    return ticket.speed_test or results.last_of_customer(ticket.customer_id)
