"""What every test may rely on: an own database, an empty cache, a company, a closed network."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from customers.services.portal_access import open_portal_access
from ispbill.accounts import access
from ispbill.accounts.models import User
from ispbill.core import clock, restored
from ispbill.core.acts import Act
from ispbill.core.models import Company
from resellers.models import Reseller
from tests import crash_points, database, side_by_side, stack_room
from tests.factories.accounts import BranchFactory, UserFactory

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread

# A busy machine is no fault of a rule: what an example may take is not limited by the clock.
hypothesis_settings.register_profile("patient", deadline=None)
if hypothesis_settings.get_current_profile_name() == "default":  # CI has a profile of its own
    hypothesis_settings.load_profile("patient")


stack_room.make()

SLOW_SECONDS = 1200  # what a test marked slow may take on the slowest machine


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CRASH"):
        crash_points.install(config, crash_points.wanted())
        # A cursor of somebody who was shot is closed by nobody.
        ignored = "ignore::pytest.PytestUnraisableExceptionWarning"
        config.addinivalue_line("filterwarnings", ignored)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    wanted = config.getvalue("dist") == "loadscope"
    return side_by_side.InPieces(config, log) if wanted else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    proves = bool(os.environ.get("PROVE"))
    if not proves:
        timed = [item for item in items if item.get_closest_marker("clock")]
        config.hook.pytest_deselected(items=timed)
        items[:] = [item for item in items if not item.get_closest_marker("clock")]
    limit = 0 if proves else SLOW_SECONDS  # a full proof takes its hours
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(limit))
    if hasattr(config, "workerinput"):
        side_by_side.longest_first(items)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_blocker: pytest.FixtureRequest, request: pytest.FixtureRequest
) -> Iterator[None]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "")
    with django_db_blocker.unblock():
        name = database.create(f"_{worker}" if worker else "")
    yield
    with django_db_blocker.unblock():
        database.drop(name)


def _empty_instead_of_flush(self: TransactionTestCase) -> None:
    database.empty()
    database.refresh_connections()


TransactionTestCase._fixture_teardown = _empty_instead_of_flush  # type: ignore[method-assign]
# They are refreshed instead: a new one has to learn every table and trigger function again.
TransactionTestCase._should_reload_connections = lambda self: False  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    Company.forget_cached()
    clock.forget()
    restored.forget(is_open=True)  # a process that has once seen the house open asks no more


@pytest.fixture(autouse=True)
def _signed_in_is_proven() -> Iterator[None]:
    """Let `force_login` count as a sign-in: a fresh proof of who it is."""

    def note(request: HttpRequest, **_kwargs: object) -> None:
        access.note_proof(request)

    user_logged_in.connect(note)
    yield
    user_logged_in.disconnect(note)


@pytest.fixture
def at() -> datetime:
    """Saturday 10 January 2026, 10:00 in Dhaka."""
    return datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def as_customer(client, at):
    """Sign a customer in to the portal."""

    def sign_in(customer):
        client.force_login(open_portal_access(customer=customer, act=Act(None, at)))
        return client

    return sign_in


@pytest.fixture
def reseller():
    user = UserFactory(role=User.Role.RESELLER, login="r1@demo.test")
    return Reseller.objects.create(
        user=user,
        name="Reseller",
        phone="+8801700000000",
        branch=BranchFactory(),
        commission_rate="0.10",
    )
