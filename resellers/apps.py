from django.apps import AppConfig


class ResellersConfig(AppConfig):
    name = "resellers"
    label = "resellers"

    def ready(self) -> None:
        """Say which customers a reseller's pages may see."""
        from ispbill.accounts import access  # noqa: PLC0415 - models load first
        from ispbill.accounts.models import User  # noqa: PLC0415
        from resellers.queries import own_customers  # noqa: PLC0415

        access.register_scope(User.Role.RESELLER, own_customers.ids)
