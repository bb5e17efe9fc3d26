from importlib import import_module

from django.apps import AppConfig


class ChurnConfig(AppConfig):
    name = "churn"
    label = "churn"

    def ready(self) -> None:
        """Tell approvals what a large discount does, and what waits in the inbox and rings."""
        import_module("churn.services.retention").register()
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("churn.views.inbox").TASKS)
        bells = import_module("ispbill.inbox.queries.bells")
        bells.register(import_module("churn.views.bells").KINDS)
