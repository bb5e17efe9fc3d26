"""Leads."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Area, Lead, Package
from customers.queries import areas, packages
from customers.services.leads import Interest
from ispbill.accounts.models import Branch, User
from ispbill.core import phones
from ispbill.core.choosing import choose_from, offer
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, PhoneField


class LeadForm(forms.Form):
    """Somebody who may become a customer."""

    name = forms.CharField(label=_("Name"), max_length=120)
    phone = PhoneField(label=_("Phone"), max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=240, required=False)
    area = forms.ModelChoiceField(
        label=_("Area"), queryset=Area.objects.none(), required=False, empty_label=_("Not known")
    )
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.none())
    source = forms.CharField(label=_("Source"), max_length=40, required=False)
    package = forms.ModelChoiceField(
        label=_("Interested in"),
        queryset=Package.objects.none(),
        required=False,
        empty_label=_("Not known"),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    next_action_on = DayField(label=_("Next follow-up"), required=False)
    notes = forms.CharField(
        label=_("Notes"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("area", areas.visible_to(user).filter(archived_at__isnull=True).order_by("name")),
            ("branch", areas.branches(user)),
            ("package", packages.sold()),
            ("owner", areas.collectors(user)),
        ):
            choose_from(self, name, rows)

    def interest(self) -> Interest:
        """Return what was filled in."""
        return Interest(**self.cleaned_data)


class MoveForm(forms.Form):
    """Where a lead goes next."""

    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=[choice for choice in Lead.Stage.choices if choice[0] != Lead.Stage.WON],
    )
    lost_reason = forms.CharField(label=_("Why it was lost"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "lost_reason", by="stage", values=[Lead.Stage.LOST])


class FindLeads(forms.Form):
    """What narrows the list and the board, from the address; what cannot be read is left out."""

    owner = forms.TypedChoiceField(
        label=_("Owner"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    source = forms.ChoiceField(label=_("Source"), required=False, widget=forms.RadioSelect)
    due = forms.BooleanField(label=_("Next follow-up due"), required=False)

    def __init__(self, data: Any, *, user: User, sources: Iterable[str]) -> None:
        super().__init__(data)
        people = [(one.pk, one.name) for one in areas.collectors(user)]
        for name, found in (("owner", people), ("source", [(one, one) for one in sources])):
            offer(self, name, [("", _("Any")), *found])
        self.is_valid()

    def wanted(self) -> dict[str, Any]:
        """Return what was read, for `queries.leads.narrowed`."""
        read = self.cleaned_data
        return {
            "owner": read.get("owner"),
            "source": read.get("source") or "",
            "is_due": bool(read.get("due")),
        }


def initial(lead: Lead) -> dict[str, Any]:
    """Return what the form shows of a lead."""
    return {
        name: getattr(lead, f"{name}_id", getattr(lead, name)) for name in LeadForm.base_fields
    } | {"phone": phones.national(lead.phone) if lead.phone.startswith("+") else lead.phone}
