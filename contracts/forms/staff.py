"""What staff fill in about contracts and the templates behind them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from billing.ledger.forms.amounts import AmountField
from contracts.models import Agreement, AgreementVersion
from contracts.queries.contracts import Filters
from contracts.services import agreements
from customers.models import Customer, Subscription
from ispbill.core.fields import DayField, NumberField

MOST_TEXT = 400_000  # letters, pictures among them


class Find(forms.Form):
    """What narrows the list of contracts, beside the tab and the search."""

    agreement = forms.ModelChoiceField(
        label=_("Template"), queryset=Agreement.objects.order_by("name"), required=False
    )

    def filters(self, view: str, text: str) -> Filters:
        """Return the filters; what cannot be read narrows nothing."""
        chosen = self.cleaned_data.get("agreement") if self.is_valid() else None
        return Filters(view=view, q=text[:80], agreement=chosen.pk if chosen else None)


class DrawUp(forms.Form):
    """A new contract for one of a customer's services."""

    service = forms.ModelChoiceField(label=_("Service"), queryset=Subscription.objects.none())
    agreement = forms.ModelChoiceField(
        label=_("Template"), queryset=Agreement.objects.filter(archived_at__isnull=True)
    )
    starts_on = DayField(label=_("First day"))
    rest_of = forms.CharField(
        label=_("Taken over: contract number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "code"}),
        help_text=_("Only when somebody else's contract goes on with this customer."),
    )

    def __init__(self, *args: Any, customer: Customer, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        live = customer.subscriptions.exclude(status=Subscription.Status.CANCELLED)
        services: Any = self.fields["service"]
        services.queryset = live.select_related("package").order_by("line_no")
        services.label_from_instance = lambda one: f"{one.package.name}, {one.connection_id}"
        services.initial = services.queryset.first()
        if "agreement" in self.fields:
            default = Agreement.objects.filter(kind=customer.kind, is_default=True).first()
            self.fields["agreement"].initial = default
        self.fields["starts_on"].initial = on


class DrawUpOwn(DrawUp):
    """A new contract by the template of the customer's type: what a reseller asks for."""

    agreement = None  # type: ignore[assignment]
    rest_of = None  # type: ignore[assignment]


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))


class RenewForm(ReasonForm):
    """Another term for a contract, as it was when the question was asked."""

    ends_on = DayField(widget=forms.HiddenInput)


class DrawUpMany(forms.Form):
    """A contract for each of the chosen customers."""

    agreement = forms.ModelChoiceField(
        label=_("Template"), queryset=Agreement.objects.filter(archived_at__isnull=True)
    )
    starts_on = DayField(label=_("First day"))
    sends = forms.BooleanField(
        label=_("Send them to be signed at once"),
        required=False,
        initial=True,
        help_text=_("Otherwise they are drafts, to be read and sent one by one."),
    )


class Nothing(forms.Form):
    """A question that only wants a yes."""


class AgreementForm(forms.Form):
    """The words and the terms of a template."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("For customers of type"), choices=Customer.Kind.choices)
    language = forms.ChoiceField(
        label=_("Language of the text"),
        choices=settings.LANGUAGES,
        help_text=_("Dates, amounts and words that are filled in are written in it."),
    )
    body = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
        max_length=MOST_TEXT,
        help_text=_("HTML with headings, lists, tables and pictures; fields in double braces."),
    )
    term_months = forms.IntegerField(label=_("Term in months"), min_value=1, max_value=120)
    minimum_months = forms.IntegerField(
        label=_("Minimum term in months"), min_value=0, max_value=120, help_text=_("0: none.")
    )
    notice_count = forms.IntegerField(label=_("Notice"), min_value=0, max_value=366)
    notice_unit = forms.ChoiceField(
        label=_("Notice in"), choices=AgreementVersion.NoticeUnit.choices
    )
    renewal = forms.ChoiceField(
        label=_("When the term is over"), choices=AgreementVersion.Renewal.choices
    )
    renewal_binds = forms.BooleanField(label=_("Another term has a minimum again"), required=False)
    price_lock = forms.ChoiceField(
        label=_("Price is locked"), choices=AgreementVersion.PriceLock.choices
    )
    fee = forms.ChoiceField(label=_("Fee for leaving early"), choices=AgreementVersion.Fee.choices)
    fee_amount = AmountField(label=_("Amount of the fee, without tax"), required=False)
    fee_percent = NumberField(
        label=_("Share of what is left, in percent"),
        required=False,
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    cap_months = forms.IntegerField(
        label=_("At most the price of so many months"), required=False, min_value=0, max_value=120
    )
    cap_amount = AmountField(label=_("At most, without tax"), required=False)
    cooling_off_days = forms.IntegerField(
        label=_("Cooling-off days"),
        min_value=0,
        max_value=60,
        help_text=_("Contracts of private people signed at a distance can be taken back so long."),
    )
    bills_used_days = forms.BooleanField(
        label=_("Days used before it is taken back are billed"), required=False
    )
    refuses_downgrade = forms.BooleanField(
        label=_("No cheaper package in the minimum term"), required=False
    )

    def __init__(self, *args: Any, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:  # contracts were drawn up from it: it stays what it is for
            self.fields["kind"].disabled = self.fields["language"].disabled = True

    def clean_body(self) -> str:
        """Refuse unknown fields, and a text without a place for the signature."""
        body: str = self.cleaned_data["body"]
        said = agreements.fault_words(body)
        if said:
            raise forms.ValidationError(said)
        return body

    def values(self) -> dict[str, Any]:
        """Return the text and the terms as a version keeps them."""
        given = dict(self.cleaned_data)
        given["fee_rate"] = (given.pop("fee_percent") or Decimal(0)) / 100
        given["fee_amount"] = given["fee_amount"] or Decimal(0)
        return {
            name: value for name, value in given.items() if name not in {"name", "kind", "language"}
        }


def of_version(version: AgreementVersion) -> dict[str, Any]:
    """Return what the form shows of a version."""
    shown: dict[str, Any] = {name: getattr(version, name) for name in agreements.TERMS}
    shown["fee_percent"] = (shown.pop("fee_rate") * 100).quantize(Decimal("0.01"))
    agreement = version.agreement
    return {
        **shown,
        "body": version.body,
        "name": agreement.name,
        "kind": agreement.kind,
        "language": agreement.language,
    }


class Preview(forms.Form):
    """Whose data a preview is filled with."""

    customer = forms.CharField(
        label=_("Customer number"), max_length=20, widget=forms.TextInput(attrs={"class": "code"})
    )
