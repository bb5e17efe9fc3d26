"""What staff fill in to credit, write off or charge: amounts, and always the reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.invoices.models import InvoiceLine
from billing.ledger.forms.reasons import OTHER, ReasonForm
from billing.receivables.rules.crediting import gross_credit
from billing.receivables.services.corrections import Charge
from ispbill.core.demands import demand
from ispbill.core.fields import DayField, MoneyField, NumberField
from ispbill.core.money import Taxed

CHARGE_ROWS = 3


@dataclass(frozen=True)
class LineField:
    """A line of the invoice with what is left of it, and the field to credit it by."""

    line: InvoiceLine
    left: Taxed
    field: BoundField


class CreditForm(ReasonForm):
    """An amount for each line of an invoice, without tax or with it; empty ones are left alone."""

    reasons = (
        ("OUTAGE", gettext_lazy("The line was down")),
        ("WRONG_PRICE", gettext_lazy("Wrong package or price")),
        ("GOODWILL", gettext_lazy("Goodwill")),
        ("NOT_DELIVERED", gettext_lazy("Not delivered")),
        ("DUPLICATE", gettext_lazy("Billed by mistake")),
        OTHER,
    )

    includes_tax = forms.TypedChoiceField(
        label=gettext_lazy("The amounts are"),
        choices=[("net", gettext_lazy("without tax")), ("gross", gettext_lazy("with tax"))],
        coerce=lambda value: value == "gross",
        widget=forms.RadioSelect,
        initial="net",
    )

    def __init__(
        self, *args: Any, lines: Sequence[tuple[InvoiceLine, Taxed]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line, left in lines:
            self.fields[_name(line)] = MoneyField(
                label=line.description, required=False, disabled=not left.net and not left.tax
            )
            demand(self, _name(line))  # at least one of the lines

    def rows(self) -> list[LineField]:
        """Return each line with its field."""
        return [LineField(line, left, self[_name(line)]) for line, left in self.lines]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for line, left in self.lines:
            typed, most = cleaned.get(_name(line)), abs(left.net)
            if cleaned.get("includes_tax"):
                most = abs(left.gross)
            if typed is not None and typed > most:
                self.add_error(_name(line), _("More than is left of this line."))
        if not self.errors and not self.nets():
            raise forms.ValidationError(_("Write an amount for at least one line."))
        return cleaned

    def nets(self) -> dict[int, Decimal]:
        """Return the net amounts by line id; only what could be read."""
        if self.cleaned_data.get("includes_tax"):
            return {pk: part.net for pk, part in self._with_tax().items()}
        return self._typed()

    def taxes(self) -> dict[int, Decimal]:
        """Return the tax by line id of amounts typed with tax; otherwise it follows by itself."""
        if self.cleaned_data.get("includes_tax"):
            return {pk: part.tax for pk, part in self._with_tax().items()}
        return {}

    def _typed(self) -> dict[int, Decimal]:
        found = {line.pk: self.cleaned_data.get(_name(line)) for line, _left in self.lines}
        return {pk: amount for pk, amount in found.items() if amount}

    def _with_tax(self) -> dict[int, Taxed]:
        typed = self._typed()
        return {
            line.pk: gross_credit(
                left=-left if left.gross < 0 else left, gross=typed[line.pk], rate=line.tax_rate
            )
            for line, left in self.lines
            if line.pk in typed
        }


class WriteOffForm(ReasonForm):
    """How much of what is due is given up."""

    reasons = (
        ("GONE", gettext_lazy("Moved away, cannot be found")),
        ("WILL_NOT_PAY", gettext_lazy("Will not pay")),
        ("TOO_SMALL", gettext_lazy("Too small to pursue")),
        ("INSOLVENT", gettext_lazy("Bankrupt or deceased")),
        OTHER,
    )

    amount = MoneyField(label=gettext_lazy("Amount to write off"))

    def __init__(self, *args: Any, due: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due = due
        self.fields["amount"].initial = due

    def clean_amount(self) -> Decimal:
        """Return the amount; it lies within what is due."""
        amount: Decimal = self.cleaned_data["amount"]
        if not 0 < amount <= self.due:
            raise forms.ValidationError(_("Between nothing and what is still due."))
        return amount


class ChargeForm(ReasonForm):
    """Up to three lines to charge once, and when they are due."""

    reasons = (
        ("VISIT", gettext_lazy("Visit or repair")),
        ("EQUIPMENT", gettext_lazy("Equipment sold or lost")),
        ("EXTRA", gettext_lazy("Extra service")),
        ("CORRECTION", gettext_lazy("Correction of an earlier bill")),
        OTHER,
    )

    due_date = DayField(label=gettext_lazy("Due date"))

    def __init__(
        self, *args: Any, on: date, tax_rate: Decimal, is_draft: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.is_draft = on, is_draft
        for name in ("reason_code", "reason"):
            self.fields[name].required = not is_draft  # asked when it is issued
        percent = f"{(tax_rate * 100).normalize():f}"
        for number in range(1, CHARGE_ROWS + 1):
            self.fields[f"what_{number}"] = forms.ChoiceField(
                label=_("Kind"), required=False, choices=charge_kinds()
            )
            self.fields[f"text_{number}"] = forms.CharField(
                label=_("Description"), required=False, max_length=160
            )
            self.fields[f"amount_{number}"] = MoneyField(
                label=_("Amount before tax"), required=False
            )
            self.fields[f"tax_{number}"] = NumberField(
                label=_("Tax %"),
                required=False,
                min_value=0,
                max_value=Decimal("99.99"),
                decimal_places=3,
                initial=percent,
            )
            demand(self, f"text_{number}", by=f"amount_{number}" if number > 1 else "")
            demand(self, f"amount_{number}", by=f"text_{number}" if number > 1 else "")

    def clean_reason(self) -> str:
        """Return the words; a draft needs none yet."""
        return "" if self.is_draft else str(self.cleaned_data["reason"])

    def rows(self) -> list[list[BoundField]]:
        """Return the fields of each line."""
        return [
            [self[f"{name}_{number}"] for name in ("what", "text", "amount", "tax")]
            for number in range(1, CHARGE_ROWS + 1)
        ]

    def clean_due_date(self) -> date:
        """Return the day; it is not in the past."""
        due: date = self.cleaned_data["due_date"]
        if due < self.on:
            raise forms.ValidationError(_("This day has passed."))
        return due

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, CHARGE_ROWS + 1):
            if bool(cleaned.get(f"text_{number}")) != bool(cleaned.get(f"amount_{number}")):
                name = "amount" if cleaned.get(f"text_{number}") else "text"
                if f"{name}_{number}" not in self.errors:
                    self.add_error(f"{name}_{number}", _("This is needed for the line."))
        if not self.errors and not self.charges():
            raise forms.ValidationError(_("Write at least one line."))
        return cleaned

    def charges(self) -> list[Charge]:
        """Return the lines that are complete."""
        read: Mapping[str, Any] = self.cleaned_data
        return [
            Charge(
                what=read.get(f"what_{number}") or "ADJUSTMENT",
                description=read[f"text_{number}"],
                amount=read[f"amount_{number}"],
                tax_rate=(read.get(f"tax_{number}") or Decimal(0)) / 100,
            )
            for number in range(1, CHARGE_ROWS + 1)
            if read.get(f"text_{number}") and read.get(f"amount_{number}")
        ]


class DecisionForm(forms.Form):
    """What the second person says; a refusal needs words."""

    note = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Needed to reject: at least ten characters."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "note")  # by one of the two buttons


def charge_kinds() -> list[tuple[str, str]]:
    """Return what a one-off charge may be, in words."""
    return [
        ("FEE", _("Fee")),
        ("EQUIPMENT", _("Equipment")),
        ("SERVICE", _("Internet service")),
        ("ADJUSTMENT", _("Adjustment")),
    ]


def _name(line: InvoiceLine) -> str:
    return f"net_{line.pk}"
