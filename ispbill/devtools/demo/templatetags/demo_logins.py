"""One-click sign-in for the demo company: buttons under each sign-in form."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core import phones
from ispbill.devtools.demo import logins

register = template.Library()


@dataclass(frozen=True)
class Button:
    """A demo login: what the button says and what it sends."""

    label: str
    login: str


@register.inclusion_tag("demo/_logins.html", takes_context=True)
def demo_logins(context: Context, door: str) -> dict[str, object]:
    """Offer the demo company's logins of a sign-in page (its URL name); none when it is not loaded.

    Nothing at all in production, where simulators cannot be on.
    """
    buttons = _buttons(door) if settings.SIMULATORS else []
    there = User.objects.filter(is_active=True)
    people = there.select_related("branch").in_bulk(
        [stored for button in buttons if (stored := _as_stored(button.login))], field_name="login"
    )
    return {
        "buttons": [
            Button(_label(button, person), button.login)
            for button in buttons
            if (person := people.get(_as_stored(button.login)))
        ],
        "password": logins.PASSWORD,
        "address": reverse(door),
        "csrf_token": context.get("csrf_token"),
        "wanted": context.get("wanted", ""),
    }


def _buttons(door: str) -> list[Button]:
    if door == "accounts:portal-login":
        return [Button(name, phone) for name, phone in logins.CUSTOMERS + logins.ZA_CUSTOMERS]
    if door == "accounts:reseller-login":
        return [Button(name, login) for name, login in logins.RESELLERS]
    wants_technicians = door == "accounts:technician-login"
    return [
        Button(label, login)
        for label, login, role in logins.STAFF
        if (role == User.Role.TECHNICIAN) is wants_technicians
    ]


def _label(button: Button, person: User) -> str:
    """Return what the button says; each profile's manager has a branch of its own."""
    if person.role == User.Role.BRANCH_MANAGER and person.branch is not None:
        return f"Branch manager {person.branch.name}"
    return button.label


def _as_stored(login: str) -> str:
    """Return a login as its row has it; "" for a number of the other profile's country."""
    if "@" in login:
        return login
    try:
        return phones.normalise(login)
    except phones.PhoneRefused:
        return ""
