"""Adding and changing a customer, with the first service."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import BILLING_DAYS
from customers.models import Area, Customer, Cycle, Package
from customers.queries import areas, directory, packages
from customers.services import referrals
from customers.services.profile import Details
from customers.services.subscriptions import FirstService, Line
from ispbill.accounts.access import may
from ispbill.accounts.models import Branch, User
from ispbill.core import phones
from ispbill.core.choosing import choose_from
from ispbill.core.fields import DegreeField, MoneyField, PhoneField

_PHONE = {"inputmode": "tel", "autocomplete": "off"}


class CustomerForm(forms.Form):
    """A customer's particulars. `number` of the customer being changed, if any."""

    name = forms.CharField(label=_("Name"), max_length=120)
    local_name = forms.CharField(label=_("Name in local script"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("Type"), choices=Customer.Kind.choices)
    phone = PhoneField(label=_("Phone"), max_length=40, widget=forms.TextInput(attrs=_PHONE))
    alternate_phone = PhoneField(
        label=_("Alternate phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=_PHONE),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    national_id = forms.CharField(
        label=_("National id"),
        max_length=40,
        required=False,
        help_text=_("Kept encrypted; leave empty to keep what is stored."),
    )
    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())
    address = forms.CharField(label=_("Address"), max_length=240)
    latitude = DegreeField(label=_("Latitude"), required=False, most=90)
    longitude = DegreeField(label=_("Longitude"), required=False, most=180)
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("The area's branch"),
    )
    collector = forms.ModelChoiceField(
        label=_("Collector"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    preferred_billing_day = forms.TypedChoiceField(
        label=_("Bill date"),
        choices=BILLING_DAYS,
        coerce=int,
        help_text=_(
            "The day of the month the service is billed. In a month without a 30th it is the"
            " last day; the month after goes back to the 30th."
        ),
    )
    referred_by = forms.CharField(
        label=_("Referred by"),
        max_length=20,
        required=False,
        help_text=_("Account number, for example CT-2026-00012, or the code of an invitation."),
    )
    tags = forms.CharField(
        label=_("Tags"), max_length=200, required=False, help_text=_("Separated by commas.")
    )
    credit_limit_amount = MoneyField(label=_("Credit limit"), required=False)
    is_tax_exempt = forms.BooleanField(
        label=_("Exempt from tax"),
        required=False,
        help_text=_(
            "Follows the tax certificates on file; without one it is shown as a revenue leak."
        ),
    )
    is_never_suspended = forms.BooleanField(label=_("Never suspend"), required=False)
    wants_sms = forms.BooleanField(label=_("SMS"), required=False, initial=True)
    wants_whatsapp = forms.BooleanField(label=_("WhatsApp"), required=False)
    wants_email = forms.BooleanField(label=_("E-mail messages"), required=False, initial=True)
    wants_marketing = forms.BooleanField(label=_("Offers and news"), required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    shared_phone_reason = forms.CharField(
        label=_("Why the phone is shared"), max_length=240, required=False
    )

    def __init__(
        self, *args: Any, user: User, customer: Customer | None = None, **kwargs: Any
    ) -> None:
        if customer is not None:
            kwargs.setdefault("initial", initial(customer))
        super().__init__(*args, **kwargs)
        self.user, self.customer = user, customer
        self.fields["is_tax_exempt"].disabled = not may(user, "tax.edit")
        mine = areas.visible_to(user).filter(archived_at__isnull=True)
        self._choose("area", mine.select_related("branch").order_by("name"))
        self._choose("branch", areas.branches(user))
        self._choose("collector", areas.collectors(user))
        address = reverse_lazy("staff_customers:phone-check")
        self.fields["phone"].widget.attrs.update(
            {
                "hx-get": f"{address}?but={customer.number}" if customer else str(address),
                "hx-trigger": "change",
                "hx-target": "#phone-check",
                "hx-disabled-elt": "unset",
            }
        )

    def clean_referred_by(self) -> Customer | None:
        """Return the account that was named."""
        number = self.cleaned_data["referred_by"].strip().upper()
        if not number:
            return None
        referrer = directory.visible_to(self.user).filter(number=number).first()
        if referrer is None:
            referrer = referrals.referrer_of(number)
        if referrer is None:
            raise forms.ValidationError(_("There is no account with this number."))
        if self.customer is not None and referrer.pk == self.customer.pk:
            raise forms.ValidationError(_("Nobody refers themselves."))
        return referrer

    def clean_tags(self) -> tuple[str, ...]:
        """Return the tags one by one."""
        tags = tuple(tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip())
        if any(len(tag) > 30 for tag in tags):
            raise forms.ValidationError(_("A tag has at most 30 characters."))
        return tags

    def details(self) -> Details:
        """Return what was filled in; what the form does not ask stays as it is."""
        read = dict(self.cleaned_data)
        read.pop("shared_phone_reason")
        for name in ("package", "cycle", "connection_id"):
            read.pop(name, None)
        read["credit_limit_amount"] = read["credit_limit_amount"] or 0
        if self.customer is not None:
            read |= {
                "reseller_id": self.customer.reseller_id,
                "is_auto_pay": self.customer.is_auto_pay,
            }
        read["national_id"] = read["national_id"] or None
        return Details(**read)

    def _choose(self, name: str, rows: Any) -> None:
        choose_from(self, name, rows)


class NewCustomerForm(CustomerForm):
    """A new customer, with the first service if a package is chosen."""

    package = forms.ModelChoiceField(
        label=_("Package"),
        queryset=Package.objects.none(),
        required=False,
        empty_label=_("No service yet"),
    )
    cycle = forms.ChoiceField(label=_("Billing cycle"), choices=Cycle.choices, required=False)
    connection_id = forms.CharField(
        label=_("Connection id (PPPoE name)"),
        max_length=60,
        required=False,
        help_text=_("Left empty, it is made from the account number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("package", packages.sold())
        self.fields["national_id"].help_text = _("Kept encrypted.")

    def first_service(self) -> FirstService | None:
        """Return the service to begin with, or None."""
        read = self.cleaned_data
        if not read.get("package"):
            return None
        return FirstService(
            package=read["package"],
            cycle=read["cycle"] or Cycle.MONTHLY,
            line=Line(connection_id=read["connection_id"]),
        )


class Note(forms.Form):
    """A remark on the timeline."""

    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_pinned = forms.BooleanField(label=_("Keep on top"), required=False)


def initial(customer: Customer) -> dict[str, Any]:
    """Return what the form shows of a customer; the national id is never shown."""
    names = [
        "name", "local_name", "kind", "email", "language", "address", "latitude", "longitude",
        "preferred_billing_day", "credit_limit_amount", "is_tax_exempt", "is_never_suspended",
        "wants_sms", "wants_whatsapp", "wants_email", "wants_marketing", "notes",
    ]  # fmt: skip
    shown = {name: getattr(customer, name) for name in names}
    return shown | {
        "area": customer.area_id,
        "branch": customer.branch_id,
        "collector": customer.collector_id,
        "phone": shown_phone(customer.phone),
        "alternate_phone": shown_phone(customer.alternate_phone),
        "referred_by": customer.referred_by.number if customer.referred_by else "",
        "tags": ", ".join(customer.tags),
    }


def shown_phone(phone: str) -> str:
    """Return a stored phone as it is dialled at home."""
    return phones.national(phone) if phone.startswith("+") else phone
