"""What a first bill is worked out from, read from a half filled-in form."""

from django import forms

from customers.models import Area, Cycle
from customers.queries import packages
from ispbill.accounts.models import Branch
from ispbill.core.choosing import choose_from


class FirstBill(forms.Form):
    """The fields of the forms for new customers and services that decide about the first bill."""

    package = forms.ModelChoiceField(queryset=packages.sold().none())
    cycle = forms.ChoiceField(choices=Cycle.choices, required=False)
    billing_day = forms.IntegerField(required=False, min_value=1, max_value=31)
    preferred_billing_day = forms.IntegerField(required=False, min_value=1, max_value=31)
    branch = forms.ModelChoiceField(queryset=Branch.objects.all(), required=False)
    area = forms.ModelChoiceField(queryset=Area.objects.all(), required=False)
    is_tax_exempt = forms.BooleanField(required=False)

    def __init__(self, data: object) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        choose_from(self, "package", packages.sold())

    @property
    def day(self) -> int | None:
        """The bill date asked for, whichever form asks."""
        read = self.cleaned_data
        return read.get("billing_day") or read.get("preferred_billing_day")
