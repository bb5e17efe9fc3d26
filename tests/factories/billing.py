"""Chart of accounts, and invoices written the way the product writes them."""

from billing.models import Account
from billing.rules.chart import ACCOUNTS


def chart() -> None:
    """Make the accounts the code posts to."""
    Account.objects.bulk_create(
        [Account(code=code, name=name, kind=kind) for code, (name, kind) in ACCOUNTS.items()],
        ignore_conflicts=True,
    )


def scheduled(subscription, *, billed_until):
    """Give a service its billing position."""
    from billing.models import Schedule

    return Schedule.objects.create(
        subscription=subscription, customer=subscription.customer, billed_until=billed_until
    )
