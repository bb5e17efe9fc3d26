"""What staff fill in about tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import offer
from tickets.forms.uploads import UploadsField
from tickets.models import Team, Ticket
from tickets.queries import categories
from tickets.queries.queue import Filters

Cause = Ticket.Cause
_CAUSES = [
    Cause.FIXED,
    Cause.EQUIPMENT,
    Cause.PAYMENT,
    Cause.EXPLAINED,
    Cause.NOT_OURS,
    Cause.OUTAGE,
]
_SPOKEN = [Ticket.Channel.PHONE, Ticket.Channel.COUNTER, Ticket.Channel.STAFF]


_ANY = _("Any")


def _any(choices: Any, words: Any = _ANY) -> list[tuple[Any, Any]]:
    return [("", words), *choices]


class Find(forms.Form):
    """What narrows the queue."""

    q = forms.CharField(required=False, max_length=200)
    state = forms.ChoiceField(label=_("State"), required=False, choices=_any(Ticket.State.choices))
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=_any(Ticket.Priority.choices)
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    team = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    assignee = forms.TypedChoiceField(
        label=_("Assigned to"), required=False, coerce=int, empty_value=None
    )
    channel = forms.ChoiceField(
        label=_("Came by"), required=False, choices=_any(Ticket.Channel.choices)
    )
    tag = forms.CharField(label=_("Tag"), required=False, max_length=30)
    customer = forms.CharField(label=_("Customer number"), required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        offer(self, "category", _any(categories.choices()))
        offer(self, "team", _any(teams))
        offer(self, "assignee", _any(workers()))

    def filters(self, view: str) -> Filters:
        """Return what was asked for; what is no choice is left out."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return Filters(view=view, **given)


class Reply(forms.Form):
    """An answer the customer reads. `seen` is the last comment on the page."""

    text = forms.CharField(
        label=_("Answer to the customer"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    attached = UploadsField()
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class Remark(forms.Form):
    """A remark among staff."""

    text = forms.CharField(
        label=_("Note among staff"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class Resolve(forms.Form):
    """How a ticket was solved."""

    keeps_draft = True
    cause = forms.ChoiceField(
        label=_("What was it?"), choices=[(one.value, one.label) for one in _CAUSES]
    )
    text = forms.CharField(
        label=_("What the customer reads"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Sort(forms.Form):
    """What a ticket is about and how urgent it is."""

    subject = forms.CharField(label=_("Subject"), max_length=160)
    category = forms.ChoiceField(label=_("Category"))
    priority = forms.ChoiceField(label=_("Priority"), choices=Ticket.Priority.choices)
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=200, help_text=_("Separated by commas.")
    )
    reason = ReasonField(required=False, help_text=_("Needed for a lower priority."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "category", categories.choices())

    def clean_tags(self) -> list[str]:
        return _tags(self.cleaned_data["tags"])[:10]


class TagMany(forms.Form):
    """Tags to put on many tickets, and to take off."""

    add = forms.CharField(
        label=_("Tags to add"), required=False, max_length=200, help_text=_("Separated by commas.")
    )
    remove = forms.CharField(label=_("Tags to take off"), required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        given = {name: _tags(self.cleaned_data.get(name, "")) for name in ("add", "remove")}
        if not any(given.values()):
            raise forms.ValidationError(_("Name a tag."))
        return given


def _tags(text: str) -> list[str]:
    words = (one.strip().lower()[:30] for one in text.split(","))
    return list(dict.fromkeys(one for one in words if one))


class Assign(forms.Form):
    """Who shall have a ticket, or which team."""

    to = forms.ChoiceField(label=_("Give it to"), required=False)
    team = forms.ChoiceField(
        label=_("Or to another team"), required=False, help_text=_("It goes round there.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        offer(self, "to", _any(workers(), _("Nobody")))
        offer(self, "team", _any(teams, _("Keep the team")))


class Merge(forms.Form):
    """Another ticket of the customer about the same thing."""

    other = forms.ChoiceField(label=_("Together with"))
    reason = ReasonField()

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "other", [(one.number, str(one)) for one in others])


class Why(forms.Form):
    """A reason, for what needs one."""

    reason = ReasonField()


class NewTicket(forms.Form):
    """A ticket written down by staff for a customer."""

    category = forms.ChoiceField(label=_("What is it about?"))
    subject = forms.CharField(label=_("Subject"), max_length=160)
    text = forms.CharField(
        label=_("What the customer says"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=Ticket.Priority.choices, initial=Ticket.Priority.NORMAL
    )
    channel = forms.ChoiceField(
        label=_("Came by"), choices=[(one.value, one.label) for one in _SPOKEN]
    )
    service = forms.ChoiceField(label=_("Service"), required=False)
    attached = UploadsField()

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "category", categories.choices())
        services = customer.subscriptions.exclude(status="CANCELLED").select_related("package")
        offered = [(one.pk, f"{one.package.name} · {one.connection_id}") for one in services]
        offer(self, "service", _any(offered, _("None in particular")))


def workers() -> list[tuple[int, str]]:
    """Return who may be given tickets, by name."""
    people = User.objects.filter(is_active=True, role__in=CAPABILITIES["tickets.work"])
    return list(people.order_by("name", "pk").values_list("pk", "name"))
