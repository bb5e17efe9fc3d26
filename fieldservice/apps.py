from importlib import import_module

from django.apps import AppConfig


class FieldserviceConfig(AppConfig):
    name = "fieldservice"
    label = "fieldservice"

    def ready(self) -> None:
        """Say what papers there are, whose rows technicians may see, and what waits for staff."""
        papers = import_module("fieldservice.services.papers")
        import_module("billing.invoices.services.documents").register(papers.REPORT, papers.report)
        from fieldservice.queries import orders  # noqa: PLC0415 - models load first
        from ispbill.accounts import access  # noqa: PLC0415
        from ispbill.accounts.models import User  # noqa: PLC0415

        access.register_scope(User.Role.TECHNICIAN, orders.customer_ids)
        phones = import_module("fieldservice.views.phones")
        access.register_check("technician", phones.refuse_ended)
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("fieldservice.views.inbox").JOBS)
        inbox.register(import_module("fieldservice.views.inbox_conflicts").CONFLICTS)
        inbox.register(import_module("fieldservice.views.inbox_swaps").SWAPS)
        inbox.register(import_module("fieldservice.views.inbox_flags").FLAGS)
        inbox.register(import_module("fieldservice.stock.views.inbox").COUNTS)
        inbox.register(import_module("fieldservice.stock.views.inbox").LOW)
        inbox.register(import_module("fieldservice.rounds.views.inbox").ODD)
