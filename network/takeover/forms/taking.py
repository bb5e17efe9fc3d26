"""Which users are taken over, and what the new customers among them get."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Package
from customers.queries import areas, packages
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from, offer
from ispbill.core.fields import PhoneField
from network.takeover.services.taking import NewOnes


class TakeForm(forms.Form):
    """The chosen users; with an area those nobody knows become customers."""

    users = forms.TypedMultipleChoiceField(coerce=int, required=False)
    area = forms.TypedChoiceField(
        label=_("New customers: area"), coerce=int, required=False, empty_value=None
    )
    package = forms.ModelChoiceField(
        label=_("New customers: package when the profile does not tell"),
        queryset=Package.objects.none(),
        required=False,
    )
    address = forms.CharField(label=_("New customers: address"), max_length=240, required=False)
    reason = ReasonField()

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        offer(self, "area", [("", "—"), *areas.choices(user)])
        choose_from(self, "package", packages.sold())
        field = self.fields["users"]
        if isinstance(field, forms.TypedMultipleChoiceField):
            # The service takes only users of this router, so the ids need no list here.
            field.valid_value = lambda value: str(value).isdigit()  # type: ignore[method-assign]

    def clean(self) -> dict[str, Any]:
        """Ask for an area and a package together."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("area")) != bool(cleaned.get("package")):
            missing = "package" if cleaned.get("area") else "area"
            self.add_error(missing, _("New customers need an area and a package."))
        if cleaned.get("area") and not cleaned.get("address"):
            self.add_error("address", _("Where do they live? The street or the area's name."))
        return cleaned

    def new(self) -> NewOnes | None:
        """Return what new customers get; None: only users we know are taken over."""
        given = self.cleaned_data
        if not given["area"]:
            return None
        return NewOnes(given["area"], given["package"].pk, given["address"])


class NameForm(forms.Form):
    """What the customer of a user is called and reached by."""

    new_name = forms.CharField(label=_("Name"), max_length=120)
    new_phone = PhoneField(label=_("Phone"))
