from importlib import import_module

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    label = "contracts"

    def ready(self) -> None:
        """Say what of contracts waits for the office."""
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("contracts.views.inbox").SEALS)
        import_module("contracts.services.bulk").register()
