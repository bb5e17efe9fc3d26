"""What a fresh installation still lacks."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Customer, PackagePrice
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.notifications.queries import providers
from network.models import Router


@dataclass(frozen=True)
class Step:
    """A step of the set-up: done or not, and where it is done (URL name)."""

    label: str | Promise
    is_done: bool
    url_name: str


def steps() -> list[Step]:
    """Return the steps in the order they are best taken."""
    company = Company.current()
    return [
        Step(_("Company name and address"), bool(company.address), "staff:settings"),
        Step(_("First area"), Area.objects.exists(), "staff_customers:areas"),
        Step(
            _("First package with a price"),
            PackagePrice.objects.exists(),
            "staff_customers:packages",
        ),
        Step(_("First router"), Router.objects.exists(), "staff_network:routers"),
        Step(_("First customer"), Customer.objects.exists(), "staff_customers:add"),
        Step(
            _("A provider for each channel of messages"),
            not providers.missing(),
            "staff_notifications:outbox",
        ),
        # What "console" took was written to a log and reached nobody.
        Step(
            _("First message sent"),
            Message.objects.exclude(sent_at=None).exclude(provider="console").exists(),
            "staff_notifications:wordings",
        ),
    ]
