"""While the house is held after a restore: staff read, gateways are heard, all else waits."""

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.tasks import keep_time
from ispbill.core import clock, restored
from ispbill.core.models import Restoration
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    now = clock.real_now()
    made = Restoration.objects.create(backup="x.tar.age", taken_at=now, restored_at=now)
    restored.forget()
    return made


@pytest.fixture
def owner(client):
    client.force_login(UserFactory(role=User.Role.OWNER))
    return client


def test_staff_read_and_change_nothing(held, owner):
    page = owner.get(reverse("staff_audit:job-runs"))
    change = owner.post(reverse("staff_audit:run-now", args=["check_ledger"]), {"reason": "x" * 20})

    assert (page.status_code, change.status_code) == (200, 409)
    assert "X-Error-Message" in change


def test_portals_are_closed_and_people_can_still_sign_in(held, client, as_customer):
    assert client.get(reverse("accounts:login")).status_code == 200
    assert client.get("/pay/" + "x" * 30).status_code == 503
    assert as_customer(CustomerFactory()).get(reverse("portal:home")).status_code == 503
    assert client.get("/livez").status_code == 200


def test_gateways_are_let_in(held, client):
    """What they say is kept; only the task that believes it waits."""
    assert (
        client.post(reverse("public_payments:netcash-mandate", args=["nobody"])).status_code == 404
    )


def test_no_task_runs(held):
    keep_time.apply()
    waiting = JobRun.objects.count()
    Restoration.objects.update(released_at=clock.real_now())
    restored.forget()
    keep_time.apply()

    assert waiting == 0
    assert JobRun.objects.exists()


def test_released_the_house_is_open_and_is_never_asked_about_again(
    held, owner, django_assert_num_queries
):
    Restoration.objects.update(released_at=clock.real_now())
    restored.forget()

    assert not restored.is_held()
    with django_assert_num_queries(0):
        assert not restored.is_held()
