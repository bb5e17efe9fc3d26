from collections.abc import Iterator

import pytest

from ispbill.devtools.sandbox.messages.providers import ProviderServer
from ispbill.devtools.sandbox.messages.server import MessageServer, serve
from ispbill.notifications.gateways import chosen
from tests.notifications.providers import Provider


@pytest.fixture(autouse=True)
def _no_pace(settings) -> None:
    settings.MESSAGE_RATES = {}


@pytest.fixture
def sandbox(settings, tmp_path) -> Iterator[MessageServer]:
    settings.SANDBOX_DIR = tmp_path
    server = serve(tmp_path)
    yield server
    server.close()


@pytest.fixture
def use(monkeypatch):
    """Let every channel go to a provider of the test."""

    def chosen_provider(provider: Provider) -> Provider:
        monkeypatch.setattr(chosen, "for_channel", lambda _channel: provider)
        return provider

    return chosen_provider


@pytest.fixture
def providers(settings, tmp_path) -> Iterator[ProviderServer]:
    """The four providers on the loopback; what becomes of a message, the test tells itself."""
    settings.SANDBOX_DIR = tmp_path
    server = ProviderServer(tmp_path, reports=False)
    yield server
    server.close()
