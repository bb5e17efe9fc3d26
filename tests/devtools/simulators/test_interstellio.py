"""/sim/interstellio/: what the simulated Interstellio counted is set by hand, and arrives here."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.core import clock
from ispbill.devtools.sandbox import interstellio as sandbox
from ispbill.devtools.sandbox.interstellio_control import Control
from ispbill.devtools.sandbox.owners_call import NotRunning
from network.interstellio.models import InterstellioSettings
from network.interstellio.services import accounts, reading
from network.usage.models import UsageDay
from tests.factories.interstellio import InterstellioSettingsFactory
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def directory(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    return tmp_path


@pytest.fixture
def cloud(directory):
    sandbox.count(directory, ["rahim"])
    server = sandbox.serve(directory)
    yield server
    server.close()


def set_day(client, on, **values):
    typed = {"username": "rahim", "on": on.isoformat(), "upload_gb": "2.4", "download_gb": "24"}
    return client.post(reverse("sim:interstellio-use"), typed | values)


def read(cloud):
    row = InterstellioSettingsFactory(
        is_on=True,
        identity_url=f"{cloud.url}/identity",
        subscriber_url=f"{cloud.url}/subscriber",
        telemetry_url=f"{cloud.url}/telemetry",
        domain=sandbox.DOMAIN,
        tenant_id=sandbox.TENANT,
        username=sandbox.USER,
        calls_a_second=20,
    )
    row.sealed_password = accounts.crypto.seal(sandbox.PASSWORD, context=accounts.secret_place(row))
    row.save()
    return reading.read_all(now=clock.now)


def test_a_day_that_is_set_is_the_day_that_counts(client, cloud):
    line, on = AccessFactory(username="rahim"), clock.today() - timedelta(days=1)

    assert set_day(client, on).status_code == 302
    assert "rahim" in client.get(reverse("sim:interstellio")).text
    read(cloud)

    day = UsageDay.objects.get(subscription=line.subscription, date=on)
    assert (day.source, day.upload_bytes, day.download_bytes) == (
        "INTERSTELLIO",
        2_400_000_000,
        24_000_000_000,
    )


def test_a_name_nobody_counts_and_an_amount_below_zero_are_refused(client, cloud):
    on = clock.today()

    assert "counts nobody" in set_day(client, on, username="ghost").text
    assert set_day(client, on, upload_gb="-1").status_code == 422
    assert cloud.set_hours == {}


def test_the_next_call_goes_wrong_as_asked_and_a_revoked_login_signs_in_anew(client, cloud):
    address = reverse("sim:interstellio-act")
    assert client.post(address, {"act": "fail", "fault": "500"}).status_code == 302
    assert client.post(address, {"act": "fail", "fault": "nonsense"}).status_code == 400
    assert list(cloud.faults) == ["500"]

    cloud.tokens.add("t")
    client.post(address, {"act": "revoke"})
    client.post(address, {"act": "clear"})
    assert (cloud.tokens, list(cloud.faults)) == (set(), [])


def test_switched_off_the_page_says_how_to_start_it(client, directory):
    assert "not running" in client.get(reverse("sim:interstellio")).text
    with pytest.raises(NotRunning):
        Control(directory).picture()


def test_a_stranger_does_not_steer_it(cloud, directory):
    (directory / sandbox.FILE).write_text(
        (directory / sandbox.FILE).read_text().replace('"token": "', '"token": "x')
    )
    with pytest.raises(NotRunning):
        Control(directory).picture()
    assert not InterstellioSettings.objects.exists()
