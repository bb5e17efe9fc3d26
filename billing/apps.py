from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"

    def ready(self) -> None:
        """Say which documents billing can make."""
        from billing.services import documents, papers  # noqa: PLC0415 - models load first

        documents.register("INVOICE", papers.invoice)
        documents.register("STATEMENT", papers.statement)
