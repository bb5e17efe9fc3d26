from importlib import import_module

from django.apps import AppConfig


class ChurnConfig(AppConfig):
    name = "churn"
    label = "churn"

    def ready(self) -> None:
        """Tell approvals what a large discount does."""
        import_module("churn.services.retention").register()
