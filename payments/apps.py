from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"

    def ready(self) -> None:
        """Listen to the lower apps, and say which documents payments can make."""
        import_module("payments.receivers")
        billing_documents = import_module("billing.invoices.services.documents")
        own = import_module("payments.desk.services.documents")
        billing_documents.register(own.KIND, own.receipt)
        papers = import_module("payments.online.services.money_out_papers")
        billing_documents.register(papers.REFUND, papers.refund)
        billing_documents.register(papers.DEPOSIT, papers.deposit)
        desk = import_module("payments.desk.services.papers")
        billing_documents.register(desk.SHIFT, desk.shift)
        billing_documents.register(desk.DAY, desk.day)
        billing_documents.register(desk.ROUND, desk.round_sheet)
        import_module("payments.online.services.refunds").register()
        journal = import_module("billing.books.queries.sources")
        sources = import_module("payments.desk.queries.sources")
        journal.register("payment", sources.payments)
        journal.register("refund", sources.refunds)
        journal.register("statement_line", sources.statement_lines)
        journal.register("statement_part", sources.statement_parts)
        journal.register("payout", sources.payouts)
        journal.register("payout_line", sources.payout_lines)
        journal.register("deposit", sources.deposit_moves)
        journal.register("cash_count", sources.cash_counts)
        journal.register("cash_banking", sources.cash_bankings)
        self._register_inbox()

    def _register_inbox(self) -> None:
        """Say what of payments waits for somebody's decision."""
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("payments.bank.views.inbox").UNMATCHED)
        inbox.register(import_module("payments.bank.views.inbox_chargebacks").CHARGEBACKS)
        online = import_module("payments.online.views.inbox")
        inbox.register(online.HELD)
        inbox.register(online.OWED_BACK)
        inbox.register(online.ODD)
        inbox.register(import_module("payments.online.views.inbox_doubts").DOUBTS)
        debits = import_module("payments.debits.views.inbox")
        inbox.register(debits.ORDERS)
        inbox.register(debits.STATEMENT)
        cash = import_module("payments.desk.views.inbox")
        inbox.register(cash.COUNTS)
        inbox.register(cash.HANDED_OVER)
        inbox.register(import_module("payments.referrals.views.inbox").REFERRALS)
