"""The code of an offer, typed by a customer."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Subscription


class CodeForm(forms.Form):
    """A code, and the own service it is for."""

    code = forms.CharField(
        label=_("Code of the offer"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
    )
    service = forms.TypedChoiceField(label=_("For"), coerce=int)

    def __init__(self, *args: Any, services: QuerySet[Subscription], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["service"]
        choice.choices = [  # type: ignore[attr-defined]
            (service.pk, f"{service.package.name} · {service.connection_id}")
            for service in services
        ]
