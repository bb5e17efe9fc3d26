from importlib import import_module

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "network"
    label = "network"

    def ready(self) -> None:
        """Say what the network knows of a customer."""
        import_module("network.views.happenings").register()
