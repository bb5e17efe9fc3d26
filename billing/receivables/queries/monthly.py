"""What a month of somebody's services costs: "one month more", at the desk and online."""

from decimal import Decimal

from billing.ledger.rules.tax import tax_line
from customers.models import Customer, Cycle, Subscription
from ispbill.core.models import Company
from ispbill.core.money import ZERO

_MONTHS = {Cycle.MONTHLY: 1, Cycle.QUARTERLY: 3, Cycle.ANNUAL: 12}


def price(customer: Customer) -> Decimal:
    """Return one month of all services that are billed, tax included, in the company's currency.

    From the prices, not from the last bill: that may be for a part of a month, or have other lines.
    """
    rate = Company.current().tax_rate
    services = Subscription.objects.filter(
        customer=customer, status__in=[Subscription.Status.ACTIVE, Subscription.Status.SUSPENDED]
    ).values_list("price_amount", "cycle")
    amounts = [
        tax_line(amount / _MONTHS[Cycle(cycle)], rate, exempt=customer.is_tax_exempt).gross
        for amount, cycle in services
    ]
    return sum(amounts, ZERO)
