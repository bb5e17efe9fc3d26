"""What staff enter about outages."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Area
from customers.queries import areas as area_queries
from ispbill.accounts.models import User
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import MOMENT, MomentField, MoneyField, NumberField
from network.models import Router
from network.outages.models import Outage, OutageSettings
from network.outages.rules import moves
from network.outages.services.moving import Facts, Words
from network.outages.services.opening import Plan
from network.queries import lines


class Places(forms.Form):
    """Areas and routers the person may choose."""

    areas = forms.MultipleChoiceField(
        label=_("Areas"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 7, "data-outage-place": ""}),
        help_text=_("With everything below them."),
    )
    routers = forms.MultipleChoiceField(
        label=_("Routers"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4, "data-outage-place": ""}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._areas: QuerySet[Area] = area_queries.visible_to(user).filter(archived_at=None)
        self._routers: QuerySet[Router] = lines.routers_visible_to(user)
        named = area_queries.choices(user)
        self.fields["areas"].choices = named  # type: ignore[attr-defined]
        routers = self._routers.order_by("name").values_list("pk", "name")
        self.fields["routers"].choices = list(routers)  # type: ignore[attr-defined]

    def chosen_areas(self) -> list[Area]:
        """Return the areas that were chosen."""
        return list(self._areas.filter(pk__in=self.cleaned_data["areas"]).order_by("pk"))

    def chosen_routers(self) -> list[Router]:
        """Return the routers that were chosen."""
        return list(self._routers.filter(pk__in=self.cleaned_data["routers"]).order_by("pk"))

    def clean(self) -> dict[str, Any]:
        """Ask for a place."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("areas") and not cleaned.get("routers"):
            self.add_error("areas", _("Choose at least one area or router."))
        return cleaned


class OutageForm(Places):
    """A new outage, or works that are announced."""

    is_planned = forms.TypedChoiceField(
        label=_("What is it?"),
        choices=[("", _("An outage now")), ("1", _("Planned works"))],
        empty_value="",
        required=False,
    )
    severity = forms.ChoiceField(label=_("How bad"), choices=Outage.Severity.choices)
    cause = forms.ChoiceField(label=_("Cause"), choices=Outage.Cause.choices)
    started_at = MomentField(label=_("Start"))
    expected_at = MomentField(label=_("Expected end"), required=False)
    title = forms.CharField(label=_("Public title"), max_length=120)
    local_title = forms.CharField(label=_("Public title in Bangla"), max_length=120, required=False)
    text = forms.CharField(
        label=_("Public text"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    local_text = forms.CharField(
        label=_("Public text in Bangla"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = (
        "is_planned", "areas", "routers", "severity", "cause", "started_at", "expected_at",
        "title", "local_title", "text", "local_text",
    )  # fmt: skip

    def plan(self) -> Plan:
        """Return what was entered."""
        given = self.cleaned_data
        names = ("title", "local_title", "text", "local_text", "started_at", "expected_at")
        return Plan(
            **{name: given[name] for name in names},
            severity=given["severity"],
            cause=given["cause"],
            is_planned=bool(given["is_planned"]),
            areas=self.chosen_areas(),
            routers=self.chosen_routers(),
        )


class PlacesForm(Places):
    """More places of an outage."""

    since = MomentField(label=_("Since"))


class SayForm(forms.Form):
    """Public words, and whether they are sent too. `seen` is the reach that was shown."""

    text = forms.CharField(
        label=_("Public text"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )
    local_text = forms.CharField(
        label=_("Public text in Bangla"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class UpdateForm(SayForm):
    """How it stands, in which phase."""

    state = forms.ChoiceField(label=_("Phase"))
    sends = forms.BooleanField(label=_("Send it to the customers too"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("state", "text", "local_text", "sends", "seen")

    def __init__(self, *args: Any, outage: Outage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = moves.phases_after(outage.state)
        if outage.state == moves.PROPOSED:
            names = [moves.INVESTIGATING]
        words = dict(Outage.State.choices)
        offered = [(name, words[name]) for name in names or [outage.state]]
        self.fields["state"].choices = offered  # type: ignore[attr-defined]

    def words(self) -> Words:
        """Return what was entered."""
        given = self.cleaned_data
        seen = given["seen"] if given["sends"] else None
        return Words(given["text"], given["local_text"], seen)


class ResolveForm(SayForm):
    """When service was back, and the last words."""

    restored_at = MomentField(label=_("Service was back at"))
    field_order = ("restored_at", "text", "local_text")

    def words(self) -> Words:
        """Return what was entered."""
        return Words(self.cleaned_data["text"], self.cleaned_data["local_text"])


class EndPlaceForm(forms.Form):
    """When one place was back."""

    ended_at = MomentField(label=_("Service was back at"))


class MergeForm(forms.Form):
    """Which outage another one is part of."""

    into = forms.ModelChoiceField(label=_("Part of"), queryset=Outage.objects.none())
    reason = ReasonField()

    def __init__(self, *args: Any, choices: QuerySet[Outage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = choices  # type: ignore[attr-defined]


class FactsForm(forms.Form):
    """What is known of an outage, corrected with a reason."""

    title = forms.CharField(label=_("Public title"), max_length=120)
    local_title = forms.CharField(label=_("Public title in Bangla"), max_length=120, required=False)
    severity = forms.ChoiceField(label=_("How bad"), choices=Outage.Severity.choices)
    cause = forms.ChoiceField(label=_("Cause"), choices=Outage.Cause.choices)
    expected_at = MomentField(label=_("Expected end"), required=False)
    is_creditable = forms.BooleanField(label=_("Customers get credit for it"), required=False)
    not_creditable_reason = forms.CharField(
        label=_("Why there is no credit"), max_length=300, required=False
    )
    not_ours_reason = forms.CharField(
        label=_("Not ours because"),
        max_length=300,
        required=False,
        help_text=_("When given, its minutes are left out of uptime."),
    )
    reason = ReasonField()

    def facts(self) -> Facts:
        """Return what was entered."""
        return Facts(**{name: self.cleaned_data[name] for name in Facts.__dataclass_fields__})


class SettingsForm(forms.Form):
    """How outages are proposed, credited and judged."""

    propose_after_minutes = forms.IntegerField(
        label=_("Propose an outage when a router is silent for (minutes)"),
        min_value=2,
        max_value=240,
    )
    tail_hours = forms.IntegerField(
        label=_("Nobody is cut off after an outage for (hours)"), min_value=0, max_value=240
    )
    credit = forms.ChoiceField(label=_("Credit"), choices=OutageSettings.Credit.choices)
    credit_rule = forms.ChoiceField(
        label=_("How credit is reckoned"), choices=OutageSettings.Rule.choices
    )
    credit_min_minutes = forms.IntegerField(
        label=_("No credit below (minutes)"), min_value=0, max_value=44_640
    )
    credit_min_amount = MoneyField(label=_("No credit below (amount before tax)"))
    maintenance_notice_hours = forms.IntegerField(
        label=_("Works announced so many hours ahead do not count as downtime"),
        min_value=0,
        max_value=720,
    )
    uptime_target = NumberField(
        label=_("Promised uptime in percent"), min_value=1, max_value=100, decimal_places=3
    )
    reason = ReasonField()

    def values(self) -> dict[str, Any]:
        """Return the settings that were entered."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


def now_in(moment: datetime) -> str:
    """Return a moment as the fields above are filled in with it."""
    return moment.strftime(MOMENT)
