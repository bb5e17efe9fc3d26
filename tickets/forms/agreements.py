"""What the company lays down about tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ispbill.accounts.models import Branch, User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import offer
from tickets.forms.staff import workers
from tickets.models import CannedReply, Category, SlaPolicy, Team, Ticket
from tickets.rules import canned, opening
from tickets.rules.sla import Spans

WEEK = (
    (5, _("Saturday")),
    (6, _("Sunday")),
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
)


class PolicyForm(forms.Form):
    """How soon we answer, and to whom; blank columns match all."""

    name = forms.CharField(label=_("Name"), max_length=60)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.order_by("position", "pk"),
        required=False,
        empty_label=_("Any"),
    )
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    customer_class = forms.ChoiceField(label=_("Kind of customer"), required=False)
    first_minutes = forms.IntegerField(
        label=_("First answer (minutes)"), required=False, min_value=1, max_value=100_000
    )
    next_minutes = forms.IntegerField(
        label=_("Next answer (minutes)"), required=False, min_value=1, max_value=100_000
    )
    resolution_minutes = forms.IntegerField(
        label=_("Resolution (minutes)"), required=False, min_value=1, max_value=100_000
    )
    is_around_the_clock = forms.BooleanField(label=_("Counts at night too"), required=False)
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, required=False
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("priority", Ticket.Priority.choices),
            ("customer_class", Customer.Kind.choices),
        ):
            offer(self, name, [("", _("Any")), *choices])

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0


class ReplyForm(forms.Form):
    """A reply kept for use again."""

    title = forms.CharField(label=_("Title"), max_length=60)
    language = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("bn", "বাংলা")])
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=Category.objects.order_by("position", "pk"),
        required=False,
        empty_label=_("Any"),
    )
    text = forms.CharField(
        label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = " ".join(f"{{{name}}}" for name in canned.PLACEHOLDERS)


class TeamForm(forms.Form):
    """Who answers for what."""

    name = forms.CharField(label=_("Name"), max_length=60)
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.filter(archived_at__isnull=True).order_by("name"),
        required=False,
        empty_label=_("All branches"),
    )
    categories = forms.ModelMultipleChoiceField(
        label=_("Categories"),
        queryset=Category.objects.order_by("position", "pk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.MultipleChoiceField(
        label=_("People"), required=False, widget=forms.CheckboxSelectMultiple
    )
    mode = forms.ChoiceField(label=_("Tickets are given"), choices=Team.Mode.choices)
    lead = forms.ModelChoiceField(
        label=_("Lead"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = workers()
        people, lead = self.fields["people"], self.fields["lead"]
        assert isinstance(people, forms.MultipleChoiceField)  # noqa: S101 - narrows the type
        assert isinstance(lead, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        people.choices = [(str(pk), name) for pk, name in offered]
        lead.queryset = User.objects.filter(pk__in=[pk for pk, _name in offered]).order_by("name")


class HoursForm(forms.Form):
    """When the house is open, a line a weekday; an empty line is a closed day."""

    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields.pop("reason")
        for weekday, label in WEEK:
            self.fields[f"day_{weekday}"] = forms.CharField(
                label=label,
                required=False,
                max_length=120,
                widget=forms.TextInput(attrs={"placeholder": "09:00–13:00, 14:00–18:00"}),
            )
        self.fields["reason"] = reason

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for weekday, _label in WEEK:
            name = f"day_{weekday}"
            try:
                opening.read(given.get(name, ""))
            except ValueError:
                self.add_error(name, _("Write it as 09:00–13:00, 14:00–18:00."))
        return given

    def week(self) -> dict[int, Spans]:
        """Return the stretches of each weekday."""
        return {day: opening.read(self.cleaned_data[f"day_{day}"]) for day, _label in WEEK}


def of_reply(row: CannedReply) -> dict[str, Any]:
    """Return a reply as its form shows it."""
    names = ("title", "language", "text", "is_active")
    return {**{name: getattr(row, name) for name in names}, "category": row.category_id}


def of_policy(row: SlaPolicy) -> dict[str, Any]:
    """Return a promise as its form shows it."""
    names = (
        "name",
        "priority",
        "customer_class",
        "first_minutes",
        "next_minutes",
        "resolution_minutes",
        "is_around_the_clock",
        "position",
    )
    return {**{name: getattr(row, name) for name in names}, "category": row.category_id}


def of_team(row: Team) -> dict[str, Any]:
    """Return a team as its form shows it."""
    return {
        "name": row.name,
        "branch": row.branch_id,
        "mode": row.mode,
        "lead": row.lead_id,
        "is_active": row.is_active,
        "categories": list(row.categories.order_by("pk").values_list("pk", flat=True)),
        "people": [str(pk) for pk in row.members.order_by("pk").values_list("user_id", flat=True)],
    }
