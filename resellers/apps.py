from importlib import import_module

from django.apps import AppConfig


class ResellersConfig(AppConfig):
    name = "resellers"
    label = "resellers"

    def ready(self) -> None:
        """Say what papers and entries there are, and which customers a reseller's pages may see."""
        papers = import_module("resellers.services.papers")
        documents = import_module("billing.invoices.services.documents")
        documents.register(papers.PAYOUT, papers.payout)
        documents.register(papers.MONTH, papers.month)
        journal = import_module("billing.books.queries.sources")
        sources = import_module("resellers.queries.sources")
        journal.register("commission", sources.commissions)
        journal.register("commission_back", sources.backs)
        journal.register("partner_payout", sources.payouts)
        journal.register("partner_transfer", sources.transfers)
        journal.register("partner_checkout", sources.checkouts)
        journal.register("partner_refund", sources.refunds)
        brands = import_module("resellers.queries.brands")
        import_module("billing.invoices.queries.partner_brand").register(
            brands.of_customer, brands.holder
        )
        expected = import_module("resellers.queries.expected")
        import_module("billing.run.queries.shares").register(expected.shares, expected.earned)
        renewing = import_module("resellers.services.renewing")
        first_bills = import_module("billing.changes.services.first_bills")
        first_bills.register(renewing.pay_first)
        import_module("resellers.services.bulk_moves").register()
        checkouts = import_module("resellers.services.checkouts")
        orders = import_module("payments.online.services.other_orders")
        orders.register(checkouts.find, checkouts.heard)
        from ispbill.accounts import access  # noqa: PLC0415 - models load first
        from ispbill.accounts.models import User  # noqa: PLC0415
        from resellers.queries import own_customers  # noqa: PLC0415

        access.register_scope(User.Role.RESELLER, own_customers.reach)
        lines = import_module("resellers.services.bank_lines")
        import_module("payments.bank.services.other_owners").register(
            find=lines.find, take=lines.take, give_back=lines.give_back
        )
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("resellers.views.inbox").PAYOUTS)
        inbox.register(import_module("resellers.views.inbox_transfers").TRANSFERS)
        inbox.register(import_module("resellers.views.inbox_top_ups").TOP_UPS)
        inbox.register(import_module("resellers.views.inbox_sent_back").SENT_BACK)
