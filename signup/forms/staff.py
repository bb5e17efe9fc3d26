"""What staff are asked when they decide about an order or convert a lead."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms.customer import NewCustomerForm
from customers.models import Area
from customers.queries import areas, packages
from customers.services.profile import Details
from ispbill.accounts.models import User
from ispbill.core.choosing import choose_from, offer
from signup.models import Order


class AcceptForm(forms.Form):
    """What is still open when an order is accepted: the area, and why a phone is shared."""

    area = forms.ModelChoiceField(label=_("Area"), queryset=Area.objects.none())
    shared_phone_reason = forms.CharField(
        label=_("Why the phone number is shared"),
        max_length=200,
        required=False,
        help_text=_("Only where another account has this number."),
    )

    def __init__(self, data: Any = None, *, user: User, order: Order) -> None:
        super().__init__(data, initial={"area": order.area_id})
        choose_from(
            self, "area", areas.visible_to(user).filter(archived_at__isnull=True).order_by("name")
        )


class FindOrders(forms.Form):
    """What narrows the list of orders, from the address; what cannot be read is left out."""

    area = forms.TypedChoiceField(
        label=_("Area"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    package = forms.TypedChoiceField(
        label=_("Package"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    no_area = forms.BooleanField(label=_("No area near the pin"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        sold = [(one.pk, one.name) for one in packages.sold()]
        for name, found in (("area", areas.choices(user)), ("package", sold)):
            offer(self, name, [("", _("Any")), *found])
        self.is_valid()

    def wanted(self) -> dict[str, Any]:
        """Return what was read, for `queries.orders.narrowed`."""
        read = self.cleaned_data
        return {
            "area": read.get("area"),
            "package": read.get("package"),
            "has_no_area": bool(read.get("no_area")),
        }


class ConvertForm(NewCustomerForm):
    """A lead's new customer, first service, and whether the installation job is made with them."""

    with_job = forms.BooleanField(label=_("Make the installation job too"), required=False)

    def details(self) -> Details:
        """Return what was filled in of the customer."""
        self.wants_job = bool(self.cleaned_data.pop("with_job", False))
        return super().details()
