from importlib import import_module

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    label = "contracts"

    def ready(self) -> None:
        """Say what of contracts waits for the office, and what a technician may have signed."""
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("contracts.views.inbox").SEALS)
        import_module("contracts.services.bulk").register()
        to_sign = import_module("contracts.queries.contracts").to_sign
        import_module("fieldservice.queries.to_sign").register(to_sign)
