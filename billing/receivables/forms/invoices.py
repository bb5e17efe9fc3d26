"""What narrows the list of invoices, read from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.receivables.queries.register import Filters
from ispbill.accounts.models import Branch
from ispbill.core.fields import DayField, MoneyField

STATES = [
    ("UNPAID", _("Unpaid")),
    ("PARTIAL", _("Partly paid")),
    ("OVERDUE", _("Overdue")),
    ("PAID", _("Paid")),
    ("CREDITED", _("Credited")),
    ("OPEN", _("Anything owed")),
    ("VOID", _("Void")),
]


class InvoiceFilter(forms.Form):
    """The list's filters. A value that makes no sense is left out rather than refused."""

    ranges = {"due": _("Due"), "issued": _("Issued"), "amount": _("Total")}

    q = forms.CharField(
        label=_("Invoice number, customer number or name"), required=False, max_length=80
    )
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("Any")), *STATES],
        widget=forms.RadioSelect,
    )
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[("", _("Any")), ("today", _("Today"))],
        widget=forms.HiddenInput,
    )
    due_from = DayField(label=_("Due from"), required=False)
    due_to = DayField(label=_("Due to"), required=False)
    issued_from = DayField(label=_("Issued from"), required=False)
    issued_to = DayField(label=_("Issued to"), required=False)
    amount_from = MoneyField(label=_("Total from"), required=False)
    amount_to = MoneyField(label=_("Total to"), required=False)
    branch = forms.TypedChoiceField(
        label=_("Branch"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    run = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput, label=_("Run")
    )
    customer = forms.CharField(
        required=False, max_length=20, widget=forms.HiddenInput, label=_("Customer")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Branch.objects.filter(archived_at__isnull=True).order_by("name")
        self.fields["branch"].choices = [  # type: ignore[attr-defined]
            ("", _("Any")),
            *branches.values_list("pk", "name"),
        ]

    def filters(self) -> Filters:
        """Return the filters that could be read."""
        self.is_valid()
        read: dict[str, Any] = self.cleaned_data
        return Filters(
            q=read.get("q", "").strip(),
            state=read.get("state", ""),
            is_due_today=read.get("due") == "today",
            due_from=read.get("due_from"),
            due_to=read.get("due_to"),
            issued_from=read.get("issued_from"),
            issued_to=read.get("issued_to"),
            amount_from=read.get("amount_from"),
            amount_to=read.get("amount_to"),
            branch=read.get("branch"),
            run=read.get("run"),
            customer=read.get("customer", ""),
        )
