"""What dispatchers are asked: a new job, who goes and when, why not."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Fee, Subscription
from fieldservice.models import WorkOrder
from fieldservice.queries import orders
from fieldservice.rules.slots import Free
from fieldservice.services.orders import NewOrder, Slot
from ispbill.accounts.models import User
from ispbill.core import clock, formats
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, LastDigitsField
from network.models import Router

_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class CustomerForm(forms.Form):
    """Whose job it is, where the page does not know yet."""

    customer = forms.CharField(
        label=_("Customer number"), max_length=20, help_text=_("Such as CT-2026-00012.")
    )


class OrderForm(forms.Form):
    """A new job for a customer."""

    kind = forms.ChoiceField(label=_("What is to be done"), choices=WorkOrder.Kind.choices)
    subscription = forms.ModelChoiceField(
        label=_("Service"),
        queryset=Subscription.objects.none(),
        required=False,
        empty_label=_("None in particular"),
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=WorkOrder.Priority.choices,
        coerce=int,
        initial=WorkOrder.Priority.NORMAL,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=240,
        required=False,
        help_text=_("Empty: that of the service, or of the customer."),
    )
    planned_minutes = forms.IntegerField(
        label=_("Planned minutes"),
        required=False,
        min_value=10,
        max_value=480,
        help_text=_("Empty: as usual for this kind of job."),
    )
    instructions = forms.CharField(
        label=_("Notes for the technician"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        required=False,
        help_text=_("What it came from, such as a ticket's number."),
    )
    with_fee = forms.BooleanField(
        label=_("A disconnection charges the fee for ending early"), required=False, initial=True
    )
    left_because = forms.ChoiceField(
        label=_("Why the customer goes"),
        required=False,
        choices=[("", "—"), *Subscription.Leaving.choices],
        help_text=_("Only of a disconnection."),
    )

    router = forms.ModelChoiceField(
        label=_("Router of the new address"),
        queryset=Router.objects.none(),
        required=False,
        empty_label=_("The same router"),
        help_text=_("Only of moving house: the line goes there when the job is complete."),
    )
    fee = forms.ModelChoiceField(
        label=_("Fee of moving house"),
        queryset=Fee.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("Charged once, when the job is complete."),
    )

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        chosen: dict[str, Any] = self.fields
        chosen["router"].queryset = Router.objects.filter(
            branch_id=customer.branch_id, archived_at=None
        ).order_by("name")
        chosen["fee"].queryset = Fee.objects.filter(archived_at=None, net_amount__gt=0).order_by(
            "name"
        )
        services = customer.subscriptions.order_by("line_no")
        field: Any = self.fields["subscription"]
        field.queryset = services.select_related("package")
        field.label_from_instance = _service_words
        demand(self, "address", by="kind", values=[WorkOrder.Kind.RELOCATION])
        demand(self, "left_because", by="kind", values=[WorkOrder.Kind.DISCONNECTION])

    def clean(self) -> dict[str, Any]:
        """Demand why somebody goes with the job that ends a service, and where one moves to."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == WorkOrder.Kind.RELOCATION and not cleaned.get("address"):
            self.add_error("address", _("Say where the customer moves to."))
        if cleaned.get("kind") != WorkOrder.Kind.DISCONNECTION:
            cleaned["left_because"] = ""
        elif not cleaned.get("left_because"):
            self.add_error("left_because", _("Say why the customer goes."))
        return cleaned

    def asked(self) -> NewOrder:
        """Return what was asked for."""
        values = self.cleaned_data
        names = ("kind", "subscription", "priority", "address", "instructions", "reference")
        is_move = values["kind"] == WorkOrder.Kind.RELOCATION
        return NewOrder(
            customer=self.customer,
            planned_minutes=values["planned_minutes"],
            with_fee=values["with_fee"],
            left_because=values["left_because"],
            router=values["router"] if is_move else None,
            fee=values["fee"] if is_move else None,
            **{name: values[name] for name in names},
        )


class AssignForm(forms.Form):
    """Who goes, and when the customer may expect them (company time)."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none())
    day = DayField(label=_("Day"))
    start = forms.TimeField(label=_("From"), widget=_TIME)
    end = forms.TimeField(label=_("Until"), widget=_TIME)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the customer knows of another time."),
    )
    is_confirmed = forms.BooleanField(label=_("Plan it all the same"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["technician"]
        field.queryset = orders.technicians(user)

    def slot(self) -> Slot:
        """Return what was chosen, as moments."""
        values = self.cleaned_data
        return Slot(
            values["technician"],
            moment(values["day"], values["start"]),
            moment(values["day"], values["end"]),
        )


class ReasonForm(forms.Form):
    """Why something is taken back or given up."""

    reason = forms.CharField(
        label=_("Reason"), min_length=10, widget=forms.Textarea(attrs={"rows": 3})
    )


class SwapForm(ReasonForm):
    """Who takes a job over, and why."""

    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none())
    field_order = ("technician", "reason")

    def __init__(self, *args: Any, user: User, but: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["technician"]
        field.queryset = orders.technicians(user).exclude(pk=but.pk)


class SlotForm(forms.Form):
    """Which of the free windows a customer takes; `version` is that of the job they saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    slot = forms.ChoiceField(label=_("New time"))

    def __init__(self, *args: Any, free: Sequence[Free], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["slot"]
        field.choices = [
            (
                f"{one.on.isoformat()} {one.start:%H:%M}",
                f"{formats.day(one.on)}, {one.start:%H:%M}–{one.end:%H:%M}",
            )
            for one in free
        ]

    def chosen(self) -> tuple[date, time]:
        """Return the day and the hour it begins."""
        found = datetime.strptime(self.cleaned_data["slot"], "%Y-%m-%d %H:%M")  # noqa: DTZ007 - company time
        return found.date(), found.time()


class LastDigitsForm(forms.Form):
    """What an old link asks for before it shows a job."""

    digits = LastDigitsField()


def moment(on: date, at: time) -> datetime:
    """Return the moment of a company day and time."""
    return datetime.combine(on, at, tzinfo=clock.zone())


def _service_words(service: Subscription) -> str:
    return f"{service.package.name} · {service.connection_id} · {service.get_status_display()}"
