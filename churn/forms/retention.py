"""What is typed about customers who may leave."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from churn.models import ChurnSettings, RetentionTask
from churn.queries.tasks import Filters
from churn.services import retention
from churn.services.retention import Offer
from customers.models import Subscription
from customers.queries import areas
from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.core.choosing import choose_from
from ispbill.core.demands import demand
from ispbill.core.fields import MoneyField

State = RetentionTask.State


class Find(forms.Form):
    """What narrows the list of tasks, beside the tab and the search."""

    state = forms.ChoiceField(
        label=_("State"), choices=[("", _("Any")), *State.choices], required=False
    )
    action = forms.ChoiceField(
        label=_("What to do"),
        choices=[("", _("Any")), *RetentionTask.Action.choices],
        required=False,
    )

    def filters(self, view: str, text: str) -> Filters:
        """Return the filters; what cannot be read narrows nothing."""
        self.is_valid()
        read = self.cleaned_data
        return Filters(view, text[:80], read.get("state", ""), read.get("action", ""))


class AssignForm(forms.Form):
    """Who does it."""

    to = forms.ModelChoiceField(label=_("Who does it"), queryset=User.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        working = areas.collectors(user).filter(role__in=CAPABILITIES["churn.work"])
        choose_from(self, "to", working)
        self.fields["to"].initial = user


class OfferForm(forms.Form):
    """What was offered; a discount with its limits."""

    action = forms.ChoiceField(
        label=_("What is offered"),
        initial=RetentionTask.Action.DISCOUNT,
        choices=[
            (one.value, one.label)
            for one in (
                RetentionTask.Action.DISCOUNT,
                RetentionTask.Action.UPGRADE,
                RetentionTask.Action.DOWNGRADE,
                RetentionTask.Action.PAYMENT_PLAN,
                RetentionTask.Action.TECHNICIAN,
            )
        ],
    )
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Subscription.objects.none(), required=False
    )
    percent = forms.IntegerField(label=_("Percent"), required=False, min_value=1, max_value=100)
    cycles = forms.IntegerField(
        label=_("For so many billing periods"), required=False, min_value=1, max_value=24
    )
    reason = forms.CharField(
        label=_("Why more than usual"),
        required=False,
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Asked for where a second person has to agree; ten characters at least."),
    )

    def __init__(self, *args: Any, task: RetentionTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = task.customer.subscriptions.exclude(status=Subscription.Status.CANCELLED)
        services: Any = self.fields["service"]
        services.queryset = living.select_related("package").order_by("line_no")
        services.label_from_instance = lambda one: f"{one.package.name}, {one.connection_id}"
        services.initial = services.queryset.first()
        limits = ChurnSettings.current()
        self.fields["percent"].initial = min(10, limits.most_discount_percent)
        self.fields["cycles"].initial = limits.most_discount_cycles
        for name in ("service", "percent", "cycles"):
            demand(self, name, by="action", values=[RetentionTask.Action.DISCOUNT])

    def offer(self) -> Offer:
        """Return what was typed; only a discount has a service and a percentage."""
        read = self.cleaned_data
        if read["action"] != RetentionTask.Action.DISCOUNT:
            return Offer(read["action"])
        return Offer(read["action"], read["service"], read["percent"], read["cycles"])


class CloseForm(forms.Form):
    """How it ended."""

    state = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[(one.value, one.label) for one in retention.OUTCOMES],
        widget=forms.RadioSelect,
    )
    outcome = forms.CharField(
        label=_("In a few words"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    takes_offer = forms.BooleanField(label=_("Takes the discount"), required=False)
    cost = MoneyField(
        label=_("What it cost us"),
        required=False,
        help_text=_("A visit, a part: what the result is reckoned with. Not the discount."),
    )

    def __init__(self, *args: Any, task: RetentionTask, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if task.discount_percent is None:
            del self.fields["takes_offer"]

    def given(self) -> dict[str, Any]:
        """Return what was typed, as the service takes it."""
        read = self.cleaned_data
        return {
            "state": read["state"],
            "outcome": read["outcome"],
            "cost": read["cost"] or Decimal(0),
            "takes_offer": bool(read.get("takes_offer")),
        }


class OverrideForm(forms.Form):
    """Why somebody is called who was drawn to be left alone."""

    reason = forms.CharField(
        label=_("Reason"), max_length=240, widget=forms.Textarea(attrs={"rows": 2})
    )
