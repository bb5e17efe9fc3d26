from importlib import import_module

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"
    label = "customers"

    def ready(self) -> None:
        # Models load after the app registry.
        from customers.queries import directory, logins  # noqa: PLC0415
        from customers.services import bulk_messages  # noqa: PLC0415
        from ispbill.accounts import access  # noqa: PLC0415
        from ispbill.accounts.models import User  # noqa: PLC0415
        from ispbill.accounts.services import sign_in  # noqa: PLC0415

        access.register_scope(User.Role.CUSTOMER, directory.own_accounts)
        sign_in.register_lookup(logins.behind)
        bulk_messages.register()
        inbox = import_module("ispbill.inbox.queries.sources")
        inbox.register(import_module("customers.views.inbox").CALLS)
        import_module("customers.views.call_happenings").register()
        import_module("customers.receivers")
