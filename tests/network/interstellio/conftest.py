import pytest

from ispbill.core import crypto
from ispbill.devtools.sandbox import interstellio as sandbox
from network.interstellio.models import InterstellioSettings
from network.interstellio.services import accounts
from tests.factories.network import AccessFactory


@pytest.fixture
def cloud():
    server = sandbox.InterstellioServer(usernames=["rahim"])
    yield server
    server.close()


@pytest.fixture
def row(cloud, settings):
    settings.SIMULATORS = True
    made = InterstellioSettings(
        pk=1,
        is_on=True,
        identity_url=f"{cloud.url}/identity",
        subscriber_url=f"{cloud.url}/subscriber",
        telemetry_url=f"{cloud.url}/telemetry",
        domain=sandbox.DOMAIN,
        tenant_id=sandbox.TENANT,
        username=sandbox.USER,
        calls_a_second=20,
    )
    made.sealed_password = crypto.seal(sandbox.PASSWORD, context=accounts.secret_place(made))
    made.save()
    return made


@pytest.fixture
def line(row):
    return AccessFactory(username="rahim")
