"""Who comes in by which portal: the frame of the pages and the names of their addresses."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from billing.pricing.models import PackageChange
from customers.models import Subscription


@dataclass(frozen=True)
class Door:
    """Who comes in: the frame of the pages, the names of the addresses, what is written down."""

    origin: str
    space: str
    shell: str

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.space}:{name}", args=args)

    def frame(self, service: Subscription) -> dict[str, Any]:
        return {
            "frame": self.shell,
            "is_reseller": self.origin == PackageChange.Origin.RESELLER,
            "service": service,
            "index_url": self.url("package"),
            "offers_url": self.url("package-offers", service.customer.number, service.line_no),
        }


CUSTOMER = Door(PackageChange.Origin.PORTAL, "portal_billing", "customer/shell.html")
RESELLER = Door(PackageChange.Origin.RESELLER, "reseller_billing", "reseller/shell.html")
