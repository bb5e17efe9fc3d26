"""Areas."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from customers.queries import areas
from customers.services.areas import Place
from ispbill.accounts.models import Branch, User
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DegreeField

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
    latitude = DegreeField(label=_("Latitude of the centre"), required=False, most=90)
    longitude = DegreeField(label=_("Longitude of the centre"), required=False, most=180)

    def clean(self) -> dict[str, Any]:
        """Return what was filled in, coverage and centre as one; a centre has both degrees."""
        read = dict(super().clean() or {})
        if (read.get("latitude") is None) != (read.get("longitude") is None):
            self.add_error("longitude", _("A centre has a latitude and a longitude."))
        read["place"] = Place(*[read.pop(name, None) for name in _PLACE])
        return read

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(
            self, "parent", areas.visible_to(user).filter(archived_at__isnull=True).order_by("name")
        )


class NewAreaForm(AreaForm):
    """A new area, with the branch that serves it."""

    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        choose_from(self, "branch", areas.branches(user))
