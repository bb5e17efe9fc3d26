"""Ways to pages of the apps above, by URL name: shown when they exist, left out when not."""

from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.translation import gettext as _

from customers.models import Subscription
from customers.rules import lifecycle
from ispbill.accounts.access import may
from ispbill.accounts.models import User


def address(name: str, *args: object) -> str:
    """Return the address of a named page, or "" while there is none."""
    return _address(name, args, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=500)
def _address(name: str, args: tuple[object, ...], _urlconf: str | None, _prefix: str) -> str:
    try:
        return reverse(name, args=args or None)
    except NoReverseMatch:
        return ""


def customer(number: str, *, tab: str = "") -> str:
    """Return the address of a customer's page, or of one of its tabs."""
    page = address("staff_customers:customer", number)
    return f"{page}?tab={tab}" if tab else page


def pay(user: User) -> str:
    """Return where a payment is recorded, or "" when this person may not."""
    return address("staff_payments:pay") if may(user, "payments.take") else ""


def switches(user: User, number: str, service: Subscription) -> list[dict[str, Any]]:
    """Return the ways to move a service along its lifecycle that are open now."""
    found = _package(user, number, service)
    if not may(user, "services.switch"):
        return found
    words = {
        "activate": (_("Activate"), "power", False),
        "suspend": (_("Suspend"), "player-pause", True),
        "reactivate": (_("Reactivate"), "player-play", False),
        "cancel": (_("Cancel service"), "ban", True),
    }
    possible = lifecycle.possible(service.status)
    for verb, (label, symbol, is_danger) in words.items():
        url = address(f"staff_billing:service-{verb}", number, service.line_no)
        if verb in possible and url:
            found.append({"url": url, "label": label, "symbol": symbol, "danger": is_danger})
    return found


def _package(user: User, number: str, service: Subscription) -> list[dict[str, Any]]:
    """Return the way to another package, for a service in use."""
    url = address("staff_billing:service-package", number, service.line_no)
    if not url or not may(user, "services.edit") or service.status != Subscription.Status.ACTIVE:
        return []
    terms = address("staff_billing:service-terms", number, service.line_no)
    return [
        {"url": url, "label": _("Change package"), "symbol": "package", "danger": False},
        {"url": terms, "label": _("Billing day"), "symbol": "calendar-event", "danger": False},
    ]
