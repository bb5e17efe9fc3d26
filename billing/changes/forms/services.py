"""Switching services by hand: when, which kind, and why."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.changes.rules.exit_fee import Cause
from billing.ledger.forms.reasons import OTHER, ReasonForm
from billing.receivables.rules.deposits import AtEnd, DepositChoice, DepositHeld
from customers.models import Subscription, Suspension
from ispbill.core.demands import demand
from ispbill.core.fields import DayField

Leaving = Subscription.Leaving
LONGEST_BACK_DAYS = 31
CAUSES = (
    (Cause.NOTICE.value, _("The customer gives notice")),
    (Cause.NON_PAYMENT.value, _("Unpaid for long")),
    (Cause.COOLING_OFF.value, _("Taken back while cooling off (free)")),
    (Cause.DEATH.value, _("Death, seen on a document (free)")),
    (Cause.HOUSE.value, _("Our breach, or we end it (free)")),
    (Cause.UNSERVABLE.value, _("The new address cannot be served (free)")),
    (Cause.MUTUAL.value, _("Handed on to somebody else (free)")),
    (Cause.WAIVED.value, _("Fee waived")),
)
_DEPOSIT = (
    (AtEnd.LEAVE.value, _("stays held")),
    (AtEnd.CREDIT.value, _("pays what is owed; the rest is kept as credit")),
    (AtEnd.PAY_BACK.value, _("pays what is owed; the rest is paid back")),
)


class _DatedForm(ReasonForm):
    """A change that takes effect today, or took effect up to a month ago; some may be planned."""

    longest_ahead_days = 0

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = on
        first = on - timedelta(days=LONGEST_BACK_DAYS)
        last = on + timedelta(days=self.longest_ahead_days)
        field = self.fields["on"]
        field.initial = on
        field.widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self.order_fields(["on", "reason_code", "reason"])

    def clean_on(self) -> date:
        """Refuse days that have not come yet, and those long gone."""
        chosen: date = self.cleaned_data["on"]
        if chosen > self.today + timedelta(days=self.longest_ahead_days):
            raise forms.ValidationError(_("This day has not come yet."))
        if chosen < self.today - timedelta(days=LONGEST_BACK_DAYS):
            raise forms.ValidationError(
                _("At most %(days)d days back.") % {"days": LONGEST_BACK_DAYS}
            )
        return chosen


class ActivateForm(_DatedForm):
    reasons = (
        ("INSTALLED", _("Installed and tested")),
        ("AGREED", _("Agreed with the customer")),
        OTHER,
    )
    on = DayField(label=_("In use from"))


_LEAVING = {
    "MOVED": Leaving.MOVED,
    "PRICE": Leaving.OWN_WISH,
    "COMPETITOR": Leaving.OWN_WISH,
    "QUALITY": Leaving.OWN_WISH,
    "NEED": Leaving.OWN_WISH,
    "NON_PAYMENT": Leaving.NON_PAYMENT,
    "DIED": Leaving.DIED,
    "BY_US": Leaving.BY_US,
}
"""Why somebody goes, by the reason that is chosen; of anything else it is not told."""


class CancelForm(_DatedForm):
    reasons = (
        ("MOVED", _("Customer moved away")),
        ("PRICE", _("Too expensive")),
        ("COMPETITOR", _("Went to somebody else")),
        ("QUALITY", _("Not content with the service")),
        ("NEED", _("Does not need it any more")),
        ("NON_PAYMENT", _("Unpaid for long")),
        ("DIED", _("Customer died")),
        ("BY_US", _("We end it")),
        ("OTHER", _("Something else, or not told")),
    )
    on = DayField(label=_("First day without the service"))
    cause = forms.ChoiceField(
        label=_("Why the contract ends"),
        help_text=_("It decides whether leaving before the minimum term costs a fee."),
        required=False,
        initial=Cause.NOTICE.value,
    )
    longest_ahead_days = 366

    def __init__(
        self,
        *args: Any,
        deposit_held: DepositHeld | None = None,
        is_last: bool = True,
        may_waive: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        cause: Any = self.fields["cause"]
        cause.choices = [
            (key, text) for key, text in CAUSES if may_waive or key != Cause.WAIVED.value
        ]
        self.order_fields(["on", "cause", "reason_code", "reason"])
        self.deposit_held = (
            deposit_held if deposit_held is not None and deposit_held.amount else None
        )
        if self.deposit_held is None:
            return
        # A customer with other services may need it further; one who leaves for good is asked.
        self.fields |= {
            "deposit": forms.ChoiceField(
                label=_("Deposit held"), choices=[*([("", "—")] if is_last else []), *_DEPOSIT]
            ),
            "method": forms.ChoiceField(
                label=_("Paid back by"),
                required=False,
                choices=[("", "—"), *self.deposit_held.ways],
                help_text=_("Only when the rest is paid back."),
            ),
            "reference": forms.CharField(
                label=_("Reference"),
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            ),
        }
        order = ["on", "cause", "deposit", "method", "reference", "reason_code", "reason"]
        self.order_fields(order)
        demand(self, "method", by="deposit", values=[AtEnd.PAY_BACK])

    def clean(self) -> dict[str, Any]:
        """Refuse money paid back without a way, or on a day to come."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("deposit") != AtEnd.PAY_BACK:
            return cleaned
        if (cleaned.get("on") or self.today) > self.today:
            text = _("Money is paid back when the day has come; keep it as credit or as a deposit.")
            self.add_error("deposit", text)
        elif not cleaned.get("method"):
            self.add_error("method", _("Say how the money is paid back."))
        return cleaned

    def left_because(self) -> str:
        """Return why the customer goes (`Subscription.Leaving`), "" where it was not told."""
        return _LEAVING.get(self.cleaned_data["reason_code"], "")

    def deposit_choice(self) -> DepositChoice | None:
        """Return what is to become of the deposit; None when there is none to decide about."""
        if self.deposit_held is None:
            return None
        given = self.cleaned_data
        return DepositChoice(AtEnd(given["deposit"]), given["method"], given["reference"].strip())


class ReactivateForm(ReasonForm):
    reasons = (
        ("PAID", _("Paid or agreed to pay")),
        ("RETURNED", _("Customer is back")),
        ("FIXED", _("Fault repaired")),
        ("MISTAKE", _("Suspended by mistake")),
        OTHER,
    )


class SuspendForm(ReasonForm):
    reasons = (
        ("UNPAID", _("Bill not paid")),
        ("HOLIDAY", _("Customer asked for a pause")),
        ("FAULT", _("Fault or works")),
        ("ABUSE", _("Abuse or fraud")),
        OTHER,
    )
    kind = forms.ChoiceField(label=_("Kind of suspension"), choices=Suspension.Kind.choices)
    billed = forms.ChoiceField(
        label=_("Days while suspended"),
        required=False,
        choices=[
            ("", _("As usual for this kind")),
            ("yes", _("are billed")),
            ("no", _("are not billed, nor later")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["kind", "billed", "reason_code", "reason"])


class PauseForm(SuspendForm):
    """The same for one service, with the days when they are known."""

    start = DayField(
        label=_("First day without the service"),
        required=False,
        help_text=_("Empty or today: at once."),
    )
    until = DayField(
        label=_("First day back"),
        required=False,
        help_text=_("Empty: until somebody brings it back."),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = on
        for name in ("start", "until"):
            self.fields[name].widget.attrs["min"] = on.isoformat()
        self.fields["start"].initial = on
        self.order_fields(["kind", "start", "until", "billed", "reason_code", "reason"])

    def clean(self) -> dict[str, Any]:
        """Refuse days that have gone by or come in the wrong order."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start = cleaned.get("start") or self.today
        until = cleaned.get("until")
        if start < self.today:
            self.add_error("start", _("This day has gone by."))
        if until is not None and until <= start:
            self.add_error("until", _("The first day back comes after the first day without."))
        cleaned["start"] = start
        return cleaned

    @property
    def is_planned(self) -> bool:
        """Tell whether a day to come is part of it."""
        return self.cleaned_data["start"] > self.today or self.cleaned_data["until"] is not None


class BulkSuspendForm(SuspendForm):
    """The same for many customers; the word to type names how many."""

    ids = forms.CharField(widget=forms.HiddenInput)
    typed = forms.CharField(label=_("Confirmation"), max_length=40)

    def __init__(self, *args: Any, typed_word: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed_word = typed_word
        self.fields["typed"].label = _("To go on, type %(word)s") % {"word": typed_word}

    def clean_typed(self) -> str:
        """Refuse anything but the word that names the number."""
        if str(self.cleaned_data["typed"]).strip().upper() != self.typed_word:
            raise forms.ValidationError(_("Type %(word)s.") % {"word": self.typed_word})
        return self.typed_word
