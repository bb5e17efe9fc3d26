"""What somebody is asked who wants a line: where, which package, who, and the code."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import BILLING_DAYS
from customers.models import Area, Package
from customers.queries import coverage
from ispbill.core import phones
from ispbill.core.choosing import offer
from ispbill.core.fields import DegreeField, PhoneField
from ispbill.core.uploads import Upload, UploadField
from signup.models import OrderDocument
from signup.services import documents
from signup.services.drafts import Person, Spot


class Trap(forms.Form):
    """A field no person sees: whoever fills it in is a machine, and gets a polite answer."""

    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_caught(self) -> bool:
        return bool(self.is_bound and self.data.get("website"))


class PlaceForm(Trap):
    """Where the line is wanted: an area of the list, or a pin."""

    area = forms.TypedChoiceField(label=_("Area"), required=False, coerce=int, empty_value=None)
    latitude = DegreeField(label=_("Latitude"), required=False, most=90)
    longitude = DegreeField(label=_("Longitude"), required=False, most=180)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "area", [("", _("Choose your area")), *coverage.choices()])

    def clean(self) -> dict[str, Any]:
        """Return the place; one of the two ways has to be given."""
        read = dict(super().clean() or {})
        north, east = read.get("latitude"), read.get("longitude")
        if (north is None) != (east is None):
            self.add_error("longitude", _("A point has a latitude and a longitude."))
        elif read.get("area") is None and north is None:
            self.add_error("area", _("Choose your area, or give the point on the map."))
        return read

    def spot(self) -> Spot:
        """Return where it is."""
        read = self.cleaned_data
        area = Area.objects.select_related("branch").filter(pk=read["area"]).first()
        has_pin = read["latitude"] is not None
        return Spot(area=area, pin=(read["latitude"], read["longitude"]) if has_pin else None)


class PackageForm(forms.Form):
    """Which package, and the day of the month it is billed. `offered` as (package, words)."""

    package = forms.ChoiceField(label=_("Package"), widget=forms.RadioSelect)
    billing_day = forms.TypedChoiceField(label=_("Bill date"), choices=BILLING_DAYS, coerce=int)

    def __init__(self, *args: Any, offered: list[tuple[Package, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {str(package.pk): package for package, _words in offered}
        offer(self, "package", [(str(package.pk), words) for package, words in offered])

    def chosen(self) -> Package:
        """Return the package that was chosen."""
        return self._by_id[self.cleaned_data["package"]]


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(UploadField):
    """A few files at once; cleaned it is a list of `Upload`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            most_bytes=documents.MOST_BYTES,
            accept="image/jpeg,image/png,application/pdf",
            **options,
        )
        self.widget = SeveralFiles(attrs=self.widget.attrs)
        self.widget.attrs["multiple"] = True

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        """Return what was sent, each within its size."""
        sent = data if isinstance(data, (list, tuple)) else [data]
        read = [super(PapersField, self).clean(one, initial) for one in sent if one]
        return [one for one in read if isinstance(one, Upload)]


class PersonForm(Trap):
    """Who wants the line. Files are optional: the technician asks for what is missing."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(
        label=_("Phone"),
        max_length=40,
        help_text=_("We send a code to it before the order counts."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=240,
        help_text=_("House, road, floor: so that the technician finds you."),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    referral_code = forms.CharField(
        label=_("Invitation code"),
        max_length=20,
        required=False,
        help_text=_("If a friend of yours invited you."),
    )
    national_id = PapersField(
        label=_("National id, both sides"),
        required=False,
        help_text=_("JPG, PNG or PDF of at most 5 MB each. Kept sealed."),
    )
    proof = PapersField(label=_("Proof of address"), required=False)

    def clean_phone(self) -> str:
        """Return the number; one of another country gets no code."""
        phone: str = self.cleaned_data["phone"]
        if not phones.is_home(phone):
            raise forms.ValidationError(
                _("We can only send the code to a number of this country."), code="foreign"
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """Return what was filled in; six files at most."""
        read = dict(super().clean() or {})
        if len(read.get("national_id") or []) + len(read.get("proof") or []) > documents.MOST:
            self.add_error("proof", _("Send %(most)d files at most.") % {"most": documents.MOST})
        return read

    def person(self) -> Person:
        """Return who it is."""
        read = self.cleaned_data
        kinds = {
            OrderDocument.Kind.NATIONAL_ID: read["national_id"],
            OrderDocument.Kind.ADDRESS: read["proof"],
        }
        return Person(
            name=read["name"],
            phone=read["phone"],
            address=read["address"],
            email=read["email"],
            referral_code=read["referral_code"],
            documents=[(kind, one.content) for kind, sent in kinds.items() for one in sent],
        )


class CodeForm(forms.Form):
    """The code that proves the phone."""

    code = forms.CharField(
        label=_("Code from the SMS"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )
