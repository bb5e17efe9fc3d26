from importlib import import_module

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    label = "tickets"

    def ready(self) -> None:
        """Say what of tickets waits for somebody, and what a customer's page tells of them."""
        papers = import_module("tickets.services.sla_report")
        import_module("billing.invoices.services.documents").register(papers.REPORT, papers.report)
        inbox = import_module("ispbill.inbox.queries.sources")
        own = import_module("tickets.views.inbox")
        inbox.register(own.TICKETS)
        inbox.register(own.LOW_SCORES)
        inbox.register(import_module("tickets.views.mail_inbox").MAILS)
        inbox.register(import_module("tickets.views.inbox_opinions").LOW_OPINIONS)
        bells = import_module("ispbill.inbox.queries.bells")
        bells.register(import_module("tickets.views.bells").KINDS)
        import_module("tickets.views.happenings").register()
