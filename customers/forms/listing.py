"""What narrows the customers' list, read from the address."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import BILLING_DAYS
from customers.models import Customer, Package
from customers.queries import areas, resellers
from customers.queries.directory import Filters
from ispbill.accounts.models import Branch, User
from ispbill.core.choosing import show_choices
from ispbill.core.fields import DayField, MoneyField

_ANY = ("", _("Any"))


class Filtering(forms.Form):
    """The list's filters. A value that makes no sense is left out rather than refused."""

    ranges = {"balance": _("Balance"), "joined": _("Customer since")}

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    area = forms.IntegerField(label=_("Area"), required=False, min_value=1)
    package = forms.IntegerField(label=_("Package"), required=False, min_value=1)
    status = forms.MultipleChoiceField(
        label=_("Status"),
        choices=Customer.Status.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    overdue = forms.ChoiceField(
        label=_("Overdue"),
        choices=[
            _ANY,
            ("0", _("Any overdue amount")),
            ("7", _("More than 7 days")),
            ("30", _("More than 30 days")),
            ("60", _("More than 60 days")),
        ],
        required=False,
    )
    balance_from = MoneyField(label=_("Balance from"), required=False, may_be_negative=True)
    balance_to = MoneyField(label=_("Balance to"), required=False, may_be_negative=True)
    branch = forms.IntegerField(label=_("Branch"), required=False, min_value=1)
    technology = forms.ChoiceField(
        label=_("Plan type"), choices=[_ANY, *Package.Technology.choices], required=False
    )
    billing_day = forms.ChoiceField(
        label=_("Bill date"), choices=[_ANY, *BILLING_DAYS], required=False
    )
    churn = forms.MultipleChoiceField(
        label=_("Churn risk"),
        choices=Customer.ChurnRisk.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=[_ANY, ("en", _("English")), ("bn", _("Bangla"))],
        required=False,
    )
    tag = forms.CharField(label=_("Tag"), required=False, max_length=30)
    collector = forms.IntegerField(label=_("Collector"), required=False, min_value=1)
    reseller = forms.IntegerField(label=_("Reseller"), required=False, min_value=1)
    joined_from = DayField(label=_("Customer since, from"), required=False)
    joined_to = DayField(label=_("Customer since, to"), required=False)
    suspect = forms.BooleanField(label=_("Duplicate suspects"), required=False)
    no_phone = forms.BooleanField(label=_("No phone number"), required=False)
    archived = forms.BooleanField(label=_("Archived accounts"), required=False)

    def filters(self) -> Filters:
        """Return the filters that could be read."""
        self.is_valid()
        read: dict[str, Any] = self.cleaned_data
        day, overdue = read.get("billing_day"), read.get("overdue")
        return Filters(
            q=read.get("q", ""),
            status=tuple(read.get("status", ())),
            overdue_days=int(overdue) if overdue else None,
            balance_from=read.get("balance_from"),
            balance_to=read.get("balance_to"),
            area=read.get("area"),
            branch=read.get("branch"),
            package=read.get("package"),
            technology=read.get("technology", ""),
            billing_day=int(day) if day else None,
            churn=tuple(read.get("churn", ())),
            language=read.get("language", ""),
            tag=read.get("tag", ""),
            collector=read.get("collector"),
            reseller=read.get("reseller"),
            joined_from=read.get("joined_from"),
            joined_to=read.get("joined_to"),
            is_suspect=bool(read.get("suspect")),
            has_no_phone=bool(read.get("no_phone")),
            is_archived=bool(read.get("archived")),
        )


class FilterDrawer(Filtering):
    """The same with lists to choose from; they are read only when the drawer is opened."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("area", areas.choices(user))
        self._offer("branch", _options(Branch.objects.filter(archived_at__isnull=True)))
        self._offer("package", _options(Package.objects.all()))
        self._offer("collector", _options(areas.collectors(user)))
        self._offer("reseller", resellers.choices(user))
        self.fields["q"].widget = forms.HiddenInput()

    def _offer(self, name: str, options: list[tuple[Any, str]]) -> None:
        show_choices(self, name, [_ANY, *options])


def _options(rows: QuerySet[Any]) -> list[tuple[Any, str]]:
    return list(rows.order_by("name").values_list("pk", "name"))
