from importlib import import_module

from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"

    def ready(self) -> None:
        """Say what billing can make, what it does, what waits for whom, and what it knows."""
        documents = import_module("billing.invoices.services.documents")
        papers = import_module("billing.receivables.services.papers")
        documents.register("INVOICE", papers.invoice)
        documents.register("CREDIT_NOTE", papers.credit_note)
        documents.register("STATEMENT", papers.statement)
        changes = import_module("billing.changes.services.papers")
        documents.register("CHANGE", changes.change)
        for room in (
            "billing.prepaid.services.prepaid_terms",
            "billing.receivables.services.corrections",
            "billing.receivables.services.deposits",
            "billing.changes.services.bulk_suspension",
        ):
            import_module(room).register()
        import_module("customers.services.campaigns").register_holidays(
            import_module("billing.dunning.queries.policies").company_holidays
        )
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("billing.receivables.views.inbox").APPROVALS)
        inbox.register(import_module("billing.run.views.inbox").PLANS)
        inbox.register(import_module("billing.changes.views.inbox").PACKAGE_CHANGES)
        inbox.register(import_module("billing.changes.views.inbox_pauses").PAUSES)
        inbox.register(import_module("billing.compensation.views.inbox").CREDITS)
        import_module("billing.receivables.views.happenings").register()
