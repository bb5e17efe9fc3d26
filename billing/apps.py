from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"

    def ready(self) -> None:
        """Say which documents billing can make, and which corrections it can do."""
        from billing.services import (  # noqa: PLC0415 - models load first
            bulk_suspension,
            corrections,
            documents,
            papers,
        )

        bulk_suspension.register()
        corrections.register()
        documents.register("INVOICE", papers.invoice)
        documents.register("CREDIT_NOTE", papers.credit_note)
        documents.register("CHANGE", papers.change)
        documents.register("STATEMENT", papers.statement)
