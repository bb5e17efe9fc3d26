from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"

    def ready(self) -> None:
        """Listen to the lower apps, and say which documents payments can make."""
        import_module("payments.receivers")
        billing_documents = import_module("billing.services.documents")
        own = import_module("payments.services.documents")
        billing_documents.register(own.KIND, own.receipt)
        papers = import_module("payments.services.money_out_papers")
        billing_documents.register(papers.REFUND, papers.refund)
        billing_documents.register(papers.DEPOSIT, papers.deposit)
        desk = import_module("payments.services.desk.papers")
        billing_documents.register(desk.SHIFT, desk.shift)
        billing_documents.register(desk.DAY, desk.day)
        billing_documents.register(desk.ROUND, desk.round_sheet)
        import_module("payments.services.refunds").register()
        import_module("payments.services.deposits").register()
        journal = import_module("billing.queries.sources")
        sources = import_module("payments.queries.sources")
        journal.register("payment", sources.payments)
        journal.register("refund", sources.refunds)
        journal.register("statement_line", sources.statement_lines)
        journal.register("statement_part", sources.statement_parts)
        journal.register("payout", sources.payouts)
        journal.register("payout_line", sources.payout_lines)
        journal.register("deposit", sources.deposit_moves)
        journal.register("cash_count", sources.cash_counts)
        journal.register("cash_banking", sources.cash_bankings)
        import_module("payments.services.prepaid_terms").register()
