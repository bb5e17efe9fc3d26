"""Areas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from customers.queries import areas
from customers.services.areas import Place
from ispbill.accounts.models import Branch, User
from ispbill.core.fields import NumberField

_PLACE = ("coverage", "latitude", "longitude")


class AreaForm(forms.Form):
    """An area: its name, and what it lies in."""

    name = forms.CharField(label=_("Name"), max_length=80)
    local_name = forms.CharField(label=_("Name in local script"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Area.Kind.choices, initial=Area.Kind.AREA)
    parent = forms.ModelChoiceField(
        label=_("Lies in"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("Nothing: it is at the top"),
    )

    coverage = forms.ChoiceField(
        label=_("Coverage"),
        required=False,
        choices=[("", _("As what it lies in")), *Area.Coverage.choices],
    )
    latitude = NumberField(
        label=_("Latitude of the centre"),
        required=False,
        min_value=-90,
        max_value=90,
        decimal_places=6,
        max_digits=9,
    )
    longitude = NumberField(
        label=_("Longitude of the centre"),
        required=False,
        min_value=-180,
        max_value=180,
        decimal_places=6,
        max_digits=9,
    )

    def clean(self) -> dict[str, Any]:
        """Return what was filled in, coverage and centre as one; a centre has both degrees."""
        read = dict(super().clean() or {})
        if (read.get("latitude") is None) != (read.get("longitude") is None):
            self.add_error("longitude", _("A centre has a latitude and a longitude."))
        read["place"] = Place(*[read.pop(name, None) for name in _PLACE])
        return read

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = areas.visible_to(user).filter(archived_at__isnull=True).order_by("name")


class NewAreaForm(AreaForm):
    """A new area, with the branch that serves it."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field = self.fields["branch"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = areas.branches(user)
