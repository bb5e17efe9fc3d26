"""How unpaid bills are treated, as people type it: percent, days around the due date, ticks."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.dunning.models import DunningPolicy
from billing.dunning.rules.ladder import EARLIEST_OFFSET, LATEST_OFFSET, Action, Policy, Step
from billing.dunning.services.policies import Values
from customers.models import Customer, TaxClass
from ispbill.accounts.models import Branch
from ispbill.audit.forms import ReasonField
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, NumberField
from ispbill.notifications.models import Message

ROWS = 8
WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")),
    (4, _("Friday")), (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip
WORDINGS = [
    ("", _("Fits the day")),
    ("payment_reminder", _("Payment reminder")),
    ("payment_due_today", _("Payment due today")),
    ("payment_overdue", _("Payment overdue")),
    ("suspension_notice", _("Notice of suspension")),
]


class StepForm(forms.Form):
    """One message of the ladder; an empty row is none."""

    action = forms.ChoiceField(
        label=_("Step"),
        required=False,
        choices=[("", "—"), ("REMIND", _("Reminder")), ("NOTICE", _("Notice of suspension"))],
    )
    offset_days = forms.IntegerField(
        label=_("Days around the due date"),
        required=False,
        min_value=EARLIEST_OFFSET,
        max_value=LATEST_OFFSET,
    )
    channels = forms.MultipleChoiceField(
        label=_("Only by"),
        required=False,
        choices=Message.Channel.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    event = forms.ChoiceField(label=_("Wording"), required=False, choices=WORDINGS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "action", by="offset_days")
        demand(self, "offset_days", by="action")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("action")) != (cleaned.get("offset_days") is not None):
            raise forms.ValidationError(_("A step needs what is done and on which day."))
        return cleaned

    def step(self) -> Step | None:
        """Return the step, None for an empty row."""
        given = self.cleaned_data
        if not given.get("action"):
            return None
        channels = tuple(given["channels"])
        return Step(Action(given["action"]), given["offset_days"], channels, given["event"])


class StepForms(forms.BaseFormSet):  # type: ignore[type-arg]
    """The messages, in the order of their days."""

    def steps(self) -> list[Step]:
        found = [form.step() for form in self.forms if form.has_changed() or form.initial]
        return [step for step in found if step is not None]


STEPS = forms.formset_factory(StepForm, formset=StepForms, extra=0, max_num=ROWS * 2)


class PolicyForm(forms.Form):
    """A policy but for its messages."""

    name = forms.CharField(label=_("Name"), max_length=80)
    customer_kind = forms.ChoiceField(
        label=_("Class of customers"),
        required=False,
        choices=[("", _("Every class")), *Customer.Kind.choices],
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        required=False,
        queryset=Branch.objects.order_by("name"),
        empty_label=_("Every branch"),
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace after the due date"),
        required=False,
        min_value=0,
        max_value=90,
        help_text=_("Left empty: as in the company's settings."),
    )
    minimum_amount = NumberField(
        label=_("Ignore debts below"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("Left empty: as in the company's settings."),
    )
    suspends = forms.BooleanField(
        label=_("Suspend when the days of grace are over"), required=False
    )
    cutoff_weekdays = forms.TypedMultipleChoiceField(
        label=_("Lines are cut on"),
        required=False,
        coerce=int,
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every day."),
    )
    observes_holidays = forms.BooleanField(label=_("Not on holidays"), required=False)
    pauses_on_outage = forms.BooleanField(
        label=_("Not during an outage, nor while the customer's router does not answer"),
        required=False,
        initial=True,
    )
    promise_days = forms.IntegerField(
        label=_("Longest promise to pay, in days"), min_value=1, max_value=90
    )
    promises_a_year = forms.IntegerField(
        label=_("Promises a customer may make in a year"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Left empty: as many as they like."),
    )
    fee_kind = forms.ChoiceField(
        label=_("Late fee"),
        required=False,
        choices=[
            ("", _("None")),
            ("AMOUNT", _("A fixed amount")),
            ("PERCENT", _("Percent of what is unpaid")),
        ],
    )
    fee_value = NumberField(
        label=_("Amount or percent, without tax"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=3,
    )
    fee_offset = forms.IntegerField(
        label=_("Late fee, days after the due date"),
        required=False,
        min_value=1,
        max_value=LATEST_OFFSET,
    )
    fee_tax_class = forms.ModelChoiceField(
        label=_("Tax on the late fee"),
        required=False,
        empty_label=_("The company's own rate"),
        queryset=TaxClass.objects.filter(archived_at__isnull=True).order_by("name"),
    )
    cancel_offset = forms.IntegerField(
        label=_("Propose to cancel, days after the due date"),
        required=False,
        min_value=1,
        max_value=LATEST_OFFSET,
        help_text=_("A person decides; nothing is cancelled by itself."),
    )
    reason = ReasonField()

    def __init__(self, *args: Any, is_company: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_company = is_company
        demand(self, "customer_kind")  # one of the two, or both
        demand(self, "branch")
        demand(self, "fee_value", by="fee_kind")
        if is_company:  # these are the company's settings
            for name in ("customer_kind", "branch", "grace_days", "minimum_amount"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_general = not cleaned.get("branch") and not cleaned.get("customer_kind")
        if not self.is_company and is_general and not self.errors:
            self.add_error("customer_kind", _("Choose a class or a branch, or both."))
        if cleaned.get("fee_kind") and cleaned.get("fee_value") is None:
            self.add_error("fee_value", _("Say how much the late fee is."))
        if cleaned.get("fee_kind") == "PERCENT" and (cleaned.get("fee_value") or 0) > 100:
            self.add_error("fee_value", _("At most 100 percent."))
        return cleaned

    def values(self, messages: list[Step]) -> Values:
        """Return what was typed, with the messages of the other form."""
        given = self.cleaned_data
        steps = list(messages)
        for action, name in (
            (Action.LATE_FEE, "fee_offset"),
            (Action.PROPOSE_CANCEL, "cancel_offset"),
        ):
            if given.get(name) is not None:
                place = sum(step.offset_days <= given[name] for step in steps)
                steps.insert(place, Step(action, given[name]))
        kind, value = given["fee_kind"], given.get("fee_value")
        branch, tax_class = given.get("branch"), given.get("fee_tax_class")
        return Values(
            name=given["name"],
            branch_id=branch.pk if branch else None,
            customer_kind=given.get("customer_kind", ""),
            grace_days=given.get("grace_days"),
            minimum_amount=given.get("minimum_amount"),
            cutoff_weekdays=given["cutoff_weekdays"],
            observes_holidays=given["observes_holidays"],
            pauses_on_outage=given["pauses_on_outage"],
            promise_days=given["promise_days"],
            promises_a_year=given["promises_a_year"],
            late_fee_amount=value if kind == "AMOUNT" else None,
            late_fee_rate=value / 100 if kind == "PERCENT" and value is not None else None,
            late_fee_tax_class_id=tax_class.pk if tax_class else None,
            suspends=given["suspends"],
            steps=steps,
        )


def initial(row: DunningPolicy | None, policy: Policy | None) -> dict[str, Any]:
    """Return what the form shows of a policy; of none, what a new one starts with."""
    if policy is None:
        return {"suspends": True, "observes_holidays": True, "promise_days": 30}
    fee, fee_step = policy.late_fee, policy.first(Action.LATE_FEE)
    cancel = policy.first(Action.PROPOSE_CANCEL)
    percent = fee is not None and fee.rate is not None
    return {
        "name": policy.name,
        "customer_kind": policy.customer_kind,
        "branch": policy.branch_id,
        "grace_days": row.grace_days if row else None,
        "minimum_amount": row.minimum_amount if row else None,
        "suspends": policy.suspends,
        "cutoff_weekdays": list(row.cutoff_weekdays) if row else [],
        "observes_holidays": policy.observes_holidays,
        "pauses_on_outage": policy.pauses_on_outage,
        "promise_days": policy.promise_days,
        "promises_a_year": policy.promises_a_year,
        "fee_kind": "" if fee is None else "PERCENT" if percent else "AMOUNT",
        "fee_value": _fee_value(policy),
        "fee_offset": fee_step.offset_days if fee_step else None,
        "fee_tax_class": fee.tax_class_id if fee else None,
        "cancel_offset": cancel.offset_days if cancel else None,
    }


def _fee_value(policy: Policy) -> Decimal | None:
    if policy.late_fee is None:
        return None
    if policy.late_fee.rate is not None:
        return Decimal(f"{(policy.late_fee.rate * 100).normalize():f}")
    return policy.late_fee.amount


def step_rows(policy: Policy | None) -> list[dict[str, Any]]:
    """Return the rows of messages, some empty ones after them."""
    rows: list[dict[str, Any]] = [
        {
            "action": step.action.value,
            "offset_days": step.offset_days,
            "channels": list(step.channels),
            "event": step.event,
        }
        for step in (policy.messages if policy else ())
    ]
    return rows + [{} for _empty in range(max(ROWS - len(rows), 2))]


class HolidayForm(forms.Form):
    """A day on which no line is cut."""

    day = DayField(label=_("Day"))
    name = forms.CharField(label=_("Name"), max_length=80)
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        required=False,
        queryset=Branch.objects.order_by("name"),
        empty_label=_("Every branch"),
    )


class SimulatorForm(forms.Form):
    """A customer, and perhaps other days of grace."""

    customer = forms.CharField(label=_("Customer number"), max_length=20, required=False)
    grace = forms.IntegerField(label=_("Days of grace"), required=False, min_value=0, max_value=90)
