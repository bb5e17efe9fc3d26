"""What every test may rely on: an own database, an empty cache, a company, a closed network."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from ispbill.accounts import access
from ispbill.core import clock
from ispbill.core.models import Company
from tests import database

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in this thread

# A busy machine is no fault of a rule: what an example may take is not limited by the clock.
hypothesis_settings.register_profile("patient", deadline=None)
if hypothesis_settings.get_current_profile_name() == "default":  # CI has a profile of its own
    hypothesis_settings.load_profile("patient")


SLOW_SECONDS = 1200  # what a test marked slow may take on the slowest machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    limit = 0 if os.environ.get("PROVE") else SLOW_SECONDS  # a full proof takes its hours
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(limit))


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


TransactionTestCase._fixture_teardown = _empty_instead_of_flush  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    Company.forget_cached()
    clock.forget()


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
