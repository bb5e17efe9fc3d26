"""Letters as notifications: beside the other channels, to every device that asked for them.

A customer's go to the devices of the people who open the account in the portal; those to one of
the house go to their devices whatever other way was chosen. Codes and links never do: a locked
screen is no place for them.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import Q

from ispbill.notifications.models import Message, PushDevice
from ispbill.notifications.rules import wording
from ispbill.notifications.rules.events import EVENTS

if TYPE_CHECKING:
    from ispbill.notifications.services.compose import Letter, Terms

_PORTAL = PushDevice.App.PORTAL


def ways(
    letters: "Sequence[Letter]", *, event: str, now: "Terms", channels: Sequence[str] | None
) -> "Iterator[tuple[Letter, PushDevice]]":
    """Yield each letter that is a notification too, with each device it goes to."""
    if not now.has_devices or EVENTS[event].is_secret:
        return
    chosen = [
        letter
        for letter in letters
        if ("SMS", wording.language_for(letter.language)) not in now.turned_off
        and (channels is None or Message.WEB_PUSH in channels or letter.customer_id is None)
    ]
    customers, people = _devices(chosen)
    for letter in chosen:
        found = people if letter.customer_id is None else customers
        for device in found[letter.customer_id or letter.user_id or 0]:
            yield letter, device


def _devices(
    letters: "Sequence[Letter]",
) -> tuple[dict[int, list[PushDevice]], dict[int, list[PushDevice]]]:
    """Return the devices by customer, and by person of the house."""
    logins = apps.get_model("customers", "CustomerLogin")._default_manager
    accounts: dict[int, list[int]] = defaultdict(list)
    about = {letter.customer_id for letter in letters if letter.customer_id is not None}
    rows = logins.filter(customer_id__in=about) if about else logins.none()
    for user_id, customer_id in rows.values_list("user_id", "customer_id"):
        accounts[user_id].append(customer_id)
    own = {letter.user_id for letter in letters if letter.customer_id is None and letter.user_id}
    by_customer: dict[int, list[PushDevice]] = defaultdict(list)
    by_person: dict[int, list[PushDevice]] = defaultdict(list)
    wanted = Q(user_id__in=own) & ~Q(app=_PORTAL) | Q(user_id__in=list(accounts), app=_PORTAL)
    for device in PushDevice.objects.filter(wanted, user__is_active=True).order_by("pk"):
        if device.app != _PORTAL:
            by_person[device.user_id].append(device)
            continue
        for customer_id in accounts[device.user_id]:
            by_customer[customer_id].append(device)
    return by_customer, by_person
