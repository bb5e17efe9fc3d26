"""What narrows the customers' list, read from the address."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.forms.widgets import BILLING_DAYS
from customers.models import Customer, OttApp, Package
from customers.queries import areas, resellers
from customers.queries.directory import Filters
from ispbill.accounts.models import Branch, User
from ispbill.core.choosing import show_choices
from ispbill.core.fields import DayField, MoneyField, NumberField

_ANY = ("", _("Any"))


class Filtering(forms.Form):
    """The list's filters. A value that makes no sense is left out rather than refused."""

    ranges = {"balance": _("Balance"), "joined": _("Customer since"), "value": _("Paid in all")}

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
    ott = forms.CharField(label=_("Streaming app"), required=False, max_length=60)
    nps = forms.ChoiceField(
        label=_("Would recommend us"),
        choices=[
            _ANY,
            ("promoter", _("Yes (9 or 10)")),
            ("passive", _("Perhaps (7 or 8)")),
            ("detractor", _("No (0 to 6)")),
        ],
        required=False,
    )
    stars_to = forms.ChoiceField(
        label=_("Satisfaction, at most"),
        choices=[_ANY, *((str(n), f"{n}") for n in (1, 2, 3, 4))],
        required=False,
    )
    value_from = MoneyField(label=_("Paid in all, from"), required=False)
    value_to = MoneyField(label=_("Paid in all, to"), required=False)
    speed_to = NumberField(
        label=_("Average speed, at most (Mbps)"), required=False, min_value=0, max_digits=8
    )
    uptime_to = forms.ChoiceField(
        label=_("Uptime, at most"),
        choices=[_ANY, *((one, f"{one} %") for one in ("99.9", "99.5", "99", "98", "95"))],
        required=False,
    )
    peak = forms.ChoiceField(
        label=_("Busy at"),
        choices=[_ANY, *((str(hour), f"{hour:02d}:00") for hour in range(24))],
        required=False,
    )
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
            **_picture(read),
            is_suspect=bool(read.get("suspect")),
            has_no_phone=bool(read.get("no_phone")),
            is_archived=bool(read.get("archived")),
        )


def _picture(read: dict[str, Any]) -> dict[str, Any]:
    """Return what is asked of how customers use their lines and what they think of us."""
    stars, uptime, peak = (read.get(name) for name in ("stars_to", "uptime_to", "peak"))
    return {
        "ott": read.get("ott", ""),
        "nps": read.get("nps", ""),
        "stars_to": Decimal(stars) if stars else None,
        "value_from": read.get("value_from"),
        "value_to": read.get("value_to"),
        "speed_to": read.get("speed_to"),
        "uptime_to": Decimal(uptime) if uptime else None,
        "peak": int(peak) if peak else None,
    }


class FilterDrawer(Filtering):
    """The same with lists to choose from; they are read only when the drawer is opened."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("area", areas.choices(user))
        self._offer("branch", _options(Branch.objects.filter(archived_at__isnull=True)))
        apps = OttApp.objects.order_by("name").values_list("name", "name")
        self._offer("ott", list(apps))
        self._offer("package", _options(Package.objects.all()))
        self._offer("collector", _options(areas.collectors(user)))
        self._offer("reseller", resellers.choices(user))
        self.fields["q"].widget = forms.HiddenInput()

    def _offer(self, name: str, options: list[tuple[Any, str]]) -> None:
        show_choices(self, name, [_ANY, *options])


def _options(rows: QuerySet[Any]) -> list[tuple[Any, str]]:
    return list(rows.order_by("name").values_list("pk", "name"))
