"""Reports read from a replica: while it is fresh, and not by who has just changed something."""

from copy import deepcopy

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import InternalError, connection, connections
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.core import replica
from ispbill.reports.tasks import find_revenue_leaks
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PAGES = (
    "/admin/reports/revenue/",
    "/admin/reports/revenue/breakdown/",
    "/admin/reports/revenue/collection/",
    "/admin/reports/staff/",
    "/admin/reports/library/",
)


@pytest.fixture(scope="module", autouse=True)
def _replica(django_db_setup):
    """The same database, as one that may not be written; a standby says how old it is, ours not."""
    past = deepcopy(settings.DATABASES["default"])
    options = past["OPTIONS"]["options"] + " -c default_transaction_read_only=on"
    past["OPTIONS"]["options"] = options
    past["TEST"] = past["TEST"] | {"MIRROR": "default"}
    settings.DATABASES["replica"] = past
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replica, "_LAG", "SELECT 1.5")
        yield
    connections["replica"].close()
    del settings.DATABASES["replica"]


@pytest.fixture(autouse=True)
def _not_looked_at():
    replica._looked.clear()
    cache.clear()
    yield
    connections["replica"].close()


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return user


def asked(client, page):
    """Return how many statements the replica was asked for a page, and the page."""
    with CaptureQueriesContext(connections["replica"]) as questions:
        answer = client.get(page)
    return len(questions), answer


@pytest.mark.parametrize("page", PAGES)
def test_a_report_is_read_from_it_and_writes_nothing(client, owner, page):
    count, answer = asked(client, page)

    assert answer.status_code == 200
    assert count > 1


def test_the_night_looks_for_leaks_on_it():
    with CaptureQueriesContext(connections["replica"]) as questions:
        find_revenue_leaks()
    assert len(questions) > 1
    assert JobRun.objects.get().status == JobRun.Status.COMPLETED


def test_other_pages_are_not(client, owner):
    assert asked(client, "/admin/customers/")[0] == 0


def test_who_has_just_changed_something_sees_it(client, owner):
    client.post("/admin/search/")  # whatever it answers: it was no reading

    assert asked(client, PAGES[0])[0] == 0


@pytest.mark.parametrize("lag", ["SELECT 31.0", "SELECT NULL", "SELECT nonsense"])
def test_one_that_is_behind_or_away_is_not_asked(client, owner, lag, monkeypatch):
    monkeypatch.setattr(replica, "_LAG", lag)

    count, answer = asked(client, PAGES[0])
    assert answer.status_code == 200
    assert count <= 1  # how old it is


def test_what_writes_is_refused_there_and_the_primary_is_back_afterwards():
    with pytest.raises(InternalError, match="read-only"), replica.reading() as is_there:
        assert is_there
        assert connection.alias == "replica"
        CustomerFactory()

    assert connection.alias == "default"
    CustomerFactory()
    assert Customer.objects.count() == 1
