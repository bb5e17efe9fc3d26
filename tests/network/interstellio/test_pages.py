"""Usage sync: settings with a test button, the last readings, who is behind."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from network.interstellio.models import InterstellioLink, InterstellioSettings
from tests.factories.accounts import UserFactory
from tests.factories.interstellio import InterstellioLinkFactory, InterstellioRunFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "staff_network:usage-sync"


@pytest.fixture
def owner(client):
    client.force_login(UserFactory(role="OWNER"))
    return client


def typed(row, **changes):
    values = {
        "is_on": "on",
        "domain": "isp.example",
        "tenant_id": "t-1",
        "username": "api",
        "password": "",
        "identity_url": row.identity_url,
        "subscriber_url": row.subscriber_url,
        "telemetry_url": row.telemetry_url,
        "kilobyte": "1024",
        "calls_a_second": "3",
        "reason": "Their support said 1024",
    }
    return values | changes


def test_switched_off_the_page_says_so(owner):
    assert "Interstellio is not asked" in owner.get(reverse(PAGE)).text


def test_the_settings_are_changed_with_a_reason_and_keep_their_password(owner, row):
    sealed = row.sealed_password
    address = reverse("staff_network:interstellio-settings")

    assert owner.post(address, typed(row)).status_code == 302

    row.refresh_from_db()
    assert (row.kilobyte, row.sealed_password) == (1024, sealed)
    event = AuditEvent.objects.get(action="interstellio_settings.changed")
    assert event.after["kilobyte"] == 1024
    assert "sandbox-password" not in owner.get(address).text


def test_switched_on_it_needs_what_it_signs_in_with(owner, row):
    InterstellioSettings.objects.update(sealed_password="")
    answer = owner.post(reverse("staff_network:interstellio-settings"), typed(row, domain=""))

    assert answer.status_code == 422
    assert answer.text.count("Needed to sign in.") >= 2


def test_the_test_button_says_whether_the_login_works(owner, row, cloud):
    address = reverse("staff_network:try-interstellio")
    assert "the login works" in owner.post(address, follow=True).text

    cloud.faults.append("401")
    assert "the login is refused" in owner.post(address, follow=True).text


def test_the_page_tells_who_is_behind_and_what_went_wrong(owner, row, at):
    InterstellioRunFactory(began_at=at, error="stopped after 5 failures", unknown=["ghost"])
    InterstellioLinkFactory(read_until=at - timedelta(hours=5), error="status 404")
    InterstellioLinkFactory(read_until=at)

    shown = owner.get(reverse(PAGE)).text

    assert "stopped after 5 failures" in shown
    assert "status 404" in shown
    assert "ghost" in shown


def test_everything_since_a_day_is_read_anew(owner, row, monkeypatch):
    at = clock.now()
    asked = []
    instead_of(monkeypatch, "network.read_interstellio", asked.append)
    link = InterstellioLinkFactory(read_until=at)
    address = reverse("staff_network:read-usage-again")

    assert owner.post(address, {"since": "2020-01-01"}).status_code == 422
    since = (at - timedelta(days=9)).date()
    assert owner.post(address, {"since": since.isoformat()}).status_code == 302

    assert InterstellioLink.objects.get(pk=link.pk).read_until < at - timedelta(days=5)
    assert len(asked) == 1


def test_support_looks_and_changes_nothing(client, row):
    client.force_login(UserFactory(role="SUPPORT"))

    assert client.get(reverse(PAGE)).status_code == 200
    assert client.get(reverse("staff_network:interstellio-settings")).status_code == 403
    assert client.post(reverse("staff_network:read-usage-now")).status_code == 403
    assert client.post(reverse("staff_network:try-interstellio")).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_no_more_for_more(owner, row, at, count, django_assert_max_num_queries):
    for _each in range(count):
        InterstellioLinkFactory(read_until=at - timedelta(days=1))
        InterstellioRunFactory(began_at=at)
    owner.get(reverse(PAGE))

    with django_assert_max_num_queries(14):
        owner.get(reverse(PAGE), headers={"HX-Request": "true"})
