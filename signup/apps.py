from importlib import import_module

from django.apps import AppConfig


class SignupConfig(AppConfig):
    name = "signup"
    label = "signup"

    def ready(self) -> None:
        """Say what of orders waits for staff; listen to jobs that move."""
        import_module("signup.receivers")
        pages = import_module("customers.queries.page_sources")
        pages.answer_history(import_module("signup.legacy.queries.records").all_kept)
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("signup.views.inbox").ORDERS)
