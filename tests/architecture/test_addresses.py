"""Every address is guarded, and who gets what is written down and kept.

`access_matrix.txt` has one line per address. A new address, or another answer for some role, fails
here until the line is looked at and written again: `UPDATE_MATRIX=1 python3 manage.py test
--no-browser tests/architecture/test_addresses.py`, then read the difference.
"""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.api.rules import scopes
from ispbill.core.outside import InsideTransaction
from tests.architecture import addresses, samples
from tests.factories.accounts import UserFactory

MATRIX = Path(__file__).with_name("access_matrix.txt")
AUDIENCES = {
    "staff",
    "customer",
    "reseller",
    "technician",
    "public",
    "signed-in",
    "simulator",
    "gateway",
    "api",  # judged by ispbill.api.views.doors
}
ROLES = ["anonymous", *User.Role.values]
LINK = re.compile(rb'(?:href|action|formaction|hx-get|hx-post)="(/[^"?#]*)')


def unguarded(found):
    return [
        address.name for address in found if getattr(address.view, "audience", "") not in AUDIENCES
    ]


def test_every_view_says_whose_it_is():
    assert unguarded(addresses.ours()) == []


def test_a_view_without_its_guard_is_found_by_name():
    def bare(_request):
        return None

    assert unguarded([addresses.Address("staff:bare", bare, {})]) == ["staff:bare"]


def test_every_staff_view_names_a_capability():
    bare = [
        address.name
        for address in addresses.ours()
        if address.view.audience == "staff" and not address.view.capability
    ]

    assert bare == []


def test_every_address_has_a_name():
    assert [address.name for address in addresses.ours() if "unnamed" in address.name] == []


@pytest.mark.django_db
def test_djangos_admin_is_for_superusers_and_has_no_door_of_its_own(client):
    client.force_login(UserFactory())
    page = client.get("/django-admin/")
    login = Client().post("/django-admin/login/", {"username": "x", "password": "x"})

    assert page.headers["Location"].startswith("/django-admin/login/")
    assert login.headers["Location"].startswith("/login")


@pytest.mark.django_db
@pytest.mark.slow
def test_the_access_matrix_is_as_written_down_and_no_page_offers_a_closed_door(
    capfd, monkeypatch, settings
):
    settings.STEP_UP_SECONDS = 10**6  # a busy machine outlives the proof that a sign-in is
    # So many calls in a minute are a test's, not a stranger's.
    for limit in ("ANONYMOUS", "CUSTOMER", "STAFF", "STAFF_WRITES"):
        monkeypatch.setattr(scopes, limit, 10**6)
    world = samples.build()
    visitors = Visitors(world)
    made = [_line(address, world, visitors) for address in addresses.ours()]

    if os.environ.get("UPDATE_MATRIX"):
        MATRIX.write_text("\n".join(made) + "\n")
    written = MATRIX.read_text().splitlines()
    assert [line for line in made if " 500 " in line] == []
    assert made == written
    assert sorted(visitors.closed) == []


def _line(address, world, visitors):
    arguments = samples.arguments(address.name, address.converters, world)
    path = reverse(address.name, kwargs=arguments)
    method, answers = "GET", {role: visitors.ask("GET", path, role) for role in ROLES}
    if "405" in answers.values():
        method, answers = "POST", {role: visitors.ask("POST", path, role) for role in ROLES}
    grouped: dict[str, list[str]] = {}
    for role, answer in answers.items():
        grouped.setdefault(answer, []).append(role)
    shown = " | ".join(f"{answer} {_people(roles)}" for answer, roles in sorted(grouped.items()))
    return f"{method} {address.name}: {shown} "


def _people(roles):
    if set(roles) == set(ROLES):
        return "everybody"
    if len(roles) > len(ROLES) // 2:
        left_out = [role for role in ROLES if role not in roles]
        return f"everybody but {', '.join(left_out)}"
    return ", ".join(roles)


class Visitors:
    """A browser for each role: signed in once, and put back to that before each address."""

    def __init__(self, world):
        self.users = world.users
        self.closed: set[str] = set()  # what a page offers to somebody who may not open it
        self.clients = {role: Client() for role in ROLES}
        for role, client in self.clients.items():
            if role != "anonymous":
                client.force_login(world.users[role])
        self.cookies = {
            role: {name: one.value for name, one in client.cookies.items()}
            for role, client in self.clients.items()
        }

    def ask(self, method, path, role):
        """Return the class of one answer, and look where its links lead."""
        answer, content = _ask(method, path, self._of(role))
        user = self.users.get(role)
        if user is not None and user.is_console_user:
            for link in set(LINK.findall(content)):
                needed = _needed(link.decode())
                if needed and not may(user, needed):
                    self.closed.add(f"{role} on {path}: {link.decode()} needs {needed}")
        return answer

    def _of(self, role):
        client = self.clients[role]
        client.cookies.clear()
        for name, value in self.cookies[role].items():
            client.cookies[name] = value
        return client


@cache
def _needed(path):
    """Return the capability a console page asks for; nothing for every other address."""
    try:
        view = resolve(path).func
    except Resolver404:
        return ""
    return view.capability if getattr(view, "audience", "") == "staff" else ""


def _ask(method, path, client):
    """Return the class of one answer and its page; whatever the request changed is reversed."""
    with transaction.atomic():
        try:
            response = client.generic(method, path)
            if getattr(response, "streaming", False):
                b"".join(response.streaming_content)
        except InsideTransaction:
            return "router", b""  # let in, and stopped only where the page calls a router
        except Exception:
            return "500", b""
        finally:
            transaction.set_rollback(True)
    if response.status_code in (301, 302, 303):
        target = response.headers["Location"].split("?")[0]
        doors = ("/login", "/portal/login", "/reseller-login/", "/technician/login")
        return "login" if target in doors else "302", b""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return str(response.status_code), response.content if is_page else b""
