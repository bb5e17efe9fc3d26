from dataclasses import replace
from zoneinfo import ZoneInfo

from django import forms
from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import get_language, gettext_lazy

# Web processes publish tasks too, so the Celery application must exist before the first one does.
# (It is not imported in ispbill/__init__.py: the bootstrap runs before Celery is installed.)
from ispbill.celery import app as celery_app
from ispbill.core import formats, phones

__all__ = ["CoreConfig", "celery_app"]


class CoreConfig(AppConfig):
    name = "ispbill.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        """Let the pure format and phone functions follow the company's settings."""
        formats.set_defaults(_formats)
        phones.set_default_region(_phone_region)
        _speak_plainly()
        from ispbill.core import checks, heartbeats, metering, tracing  # noqa: PLC0415 - models load after the registry

        heartbeats.connect()
        metering.connect()
        tracing.connect()
        register(checks.guards_are_migrated)


def _speak_plainly() -> None:
    """Say in our words what Django's forms say in a programmer's."""
    forms.Field.default_error_messages["required"] = gettext_lazy("Fill this in.")
    forms.ChoiceField.default_error_messages["required"] = gettext_lazy("Choose one.")
    forms.FileField.default_error_messages["required"] = gettext_lazy("Choose a file.")


def _formats() -> formats.Defaults:
    from ispbill.core.models import Company  # noqa: PLC0415 - models load after the app registry

    company = Company.current()
    language = (get_language() or "en").split("-")[0]
    return formats.Defaults(
        style=replace(
            formats.STYLES[company.number_style],
            hide_zero_decimals=company.hides_zero_decimals,
            # As the days beside them: of one kind on a page.
            bangla_digits=company.uses_bangla_digits and language == "bn",
        ),
        tz=ZoneInfo(company.time_zone),
        bangla_digits_in_bangla=company.uses_bangla_digits,
    )


def _phone_region() -> str:
    from ispbill.core.models import Company  # noqa: PLC0415 - models load after the app registry

    return Company.current().phone_region
