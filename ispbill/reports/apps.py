from importlib import import_module

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "ispbill.reports"
    label = "reports"

    def ready(self) -> None:
        """Say how a week is laid out on paper."""
        brief = import_module("ispbill.reports.views.brief")
        import_module("billing.invoices.services.documents").register(brief.KIND, brief.paper)
