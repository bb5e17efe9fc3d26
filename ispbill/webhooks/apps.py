from importlib import import_module

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "ispbill.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Have addresses that keep failing watched as every other condition is."""
        conditions = import_module("ispbill.upkeep.queries.conditions")
        import_module("ispbill.webhooks.queries.failing").register(conditions)
        rotation = import_module("ispbill.portals.services.key_rotation")
        endpoint = import_module("ispbill.webhooks.models").Endpoint
        for column in ("sealed_secret", "sealed_old_secret"):
            rotation.COLUMNS.append(rotation.Sealed(endpoint, column, lambda row: row.context))
