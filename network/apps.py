from importlib import import_module

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"

    def ready(self) -> None:
        """Say what the network knows of a customer, and what of it waits for somebody."""
        import_module("network.views.happenings").register()
        import_module("network.speedtest.views.happenings").register()
        inbox = import_module("ispbill.inbox.queries.sources")
        own = import_module("network.outages.views.inbox")
        inbox.register(own.PROPOSED)
        inbox.register(own.BREACHES)
