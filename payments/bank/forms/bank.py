"""Forms about bank accounts, their statements and the lines nobody has explained."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from billing.ledger.models import Account
from billing.ledger.rules.chart import ACCOUNTS, Chart
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.models import Branch, User
from ispbill.audit.forms import ReasonField
from ispbill.core.choosing import choose_from, offer, show_choices
from ispbill.core.demands import demand
from ispbill.core.fields import DayField
from ispbill.core.money import AmountRefused, parse_amount
from ispbill.core.uploads import UploadField
from payments.bank.models import BankAccount, StatementPart
from payments.bank.queries import unmatched
from payments.bank.rules import statement_rows
from payments.bank.rules.statement_cells import DATE_FORMATS
from payments.bank.rules.statement_rows import Layout
from payments.bank.services.files import MOST_BYTES

_DELIMITERS = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar |"),
}
_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows (CP1252)"}
ROLE_WORDS = {
    "date": gettext_lazy("Day"), "amount": gettext_lazy("Amount (one column, with sign)"),
    "debit": gettext_lazy("Money out"), "credit": gettext_lazy("Money in"),
    "description": gettext_lazy("Text"), "reference": gettext_lazy("Reference"),
    "counterparty": gettext_lazy("Payer's name"),
    "payer": gettext_lazy("Payer's account number"),
    "bank_id": gettext_lazy("The bank's own number of the line"),
    "balance": gettext_lazy("Balance"), "transaction": gettext_lazy("Transaction id"),
    "gross": gettext_lazy("Amount paid by the customer"), "fee": gettext_lazy("Fee"),
    "net": gettext_lazy("Amount paid out"),
}  # fmt: skip
_MONEY_ACCOUNTS = ("ASSET", "LIABILITY", "EQUITY")


class AccountForm(forms.Form):
    """A bank account of ours."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    number = forms.CharField(label=gettext_lazy("Account number"), max_length=34, required=False)
    method = forms.ChoiceField(
        label=gettext_lazy("Its payments are"), choices=BankAccount.Method.choices
    )
    account = forms.TypedChoiceField(
        label=gettext_lazy("Account in the books"),
        coerce=int,
        initial=int(Chart.BANK),
        help_text=gettext_lazy("1010 is where bank transfers taken by hand are booked."),
    )
    branch = forms.ModelChoiceField(
        label=gettext_lazy("Branch"), queryset=Branch.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose_of_the_books(self, "account", ("ASSET",))
        branches = Branch.objects.filter(archived_at__isnull=True).order_by("name")
        choose_from(self, "branch", branches)


class Upload(forms.Form):
    """A statement's file."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Bank account"), queryset=BankAccount.objects.none(), empty_label=None
    )
    file = UploadField(
        label=gettext_lazy("File"),
        most_bytes=MOST_BYTES,
        accept=".csv,.txt,.xlsx",
        help_text=gettext_lazy("CSV or XLSX as the bank gives it, up to 12 MB."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = BankAccount.objects.filter(archived_at__isnull=True).order_by("name", "pk")
        choose_from(self, "account", accounts)


class LayoutForm(forms.Form):
    """How a file reads; `width` is how many columns it has, `heads` what stands above them."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("Character set"), choices=list(_ENCODINGS.items())
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Columns are parted by"), choices=list(_DELIMITERS.items())
    )
    head_row = forms.IntegerField(
        label=gettext_lazy("Heads stand in row"),
        min_value=0,
        max_value=200,
        help_text=gettext_lazy("0: the file has no heads."),
    )
    date_format = forms.ChoiceField(
        label=gettext_lazy("Days are written"),
        choices=[("", gettext_lazy("Choose")), *((one, one) for one in DATE_FORMATS)],
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("Decimals begin with"),
        choices=[(".", gettext_lazy("Point: 1,150.00")), (",", gettext_lazy("Comma: 1.150,00"))],
    )
    is_out_positive = forms.BooleanField(
        label=gettext_lazy("Money out is written without a minus, money in with one"),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        heads: Sequence[str],
        roles: Sequence[str] = statement_rows.ROLES,
        is_workbook: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.roles = roles
        choices = [("", _("Not in the file"))]
        choices += [
            (str(number), f"{number + 1}: {head[:40]}" if head else f"{number + 1}")
            for number, head in enumerate(heads)
        ]
        for role in roles:
            self.fields[f"column_{role}"] = forms.ChoiceField(
                label=ROLE_WORDS[role], choices=choices, required=False
            )
        if is_workbook:
            del self.fields["encoding"], self.fields["delimiter"]
        if roles != statement_rows.ROLES:
            del self.fields["is_out_positive"]
        if "date_format" in self.fields:  # what lacks is said by the rules, in their words
            self.fields["date_format"].required = False

    @property
    def layout(self) -> Layout:
        """Return the layout that was given, once the form is valid."""
        given = self.cleaned_data
        columns = {
            role: int(given[f"column_{role}"]) for role in self.roles if given[f"column_{role}"]
        }
        return Layout(
            encoding=given.get("encoding") or "utf-8",
            delimiter=given.get("delimiter") or ",",
            head_row=given["head_row"] - 1,
            date_format=given["date_format"],
            mark=given["mark"],
            is_out_positive=given.get("is_out_positive", False),
            columns=columns,
        )


def layout_values(layout: Layout) -> dict[str, Any]:
    """Return a layout as a form's first values."""
    columns = {f"column_{role}": str(column) for role, column in layout.columns.items()}
    return {
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "head_row": layout.head_row + 1,
        "date_format": layout.date_format,
        "mark": layout.mark,
        "is_out_positive": layout.is_out_positive,
        **columns,
    }


class Find(forms.Form):
    """The filters of unmatched lines, from the address; what cannot be read is left out."""

    ranges = {"since": gettext_lazy("Day")}

    view = forms.ChoiceField(
        required=False, choices=[(one, one) for one in unmatched.VIEWS], widget=forms.HiddenInput
    )
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)
    account = forms.IntegerField(
        label=gettext_lazy("Account"), required=False, min_value=1, max_value=2**62
    )
    statement = forms.IntegerField(
        label=gettext_lazy("Statement"),
        required=False,
        min_value=1,
        max_value=2**62,
        widget=forms.HiddenInput,
    )
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)

    def offer(self, accounts: Iterable[BankAccount]) -> None:
        """Put the accounts to choose from into the filters."""
        named = ((one.pk, one.name) for one in accounts)
        show_choices(self, "account", [("", gettext_lazy("All accounts")), *named])

    def filters(self) -> unmatched.Filters:
        """Return the readable filters."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return unmatched.Filters(**given)


class Shares(forms.Form):
    """Who paid how much of a line: as many customers and amounts as were posted."""

    remember = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.shares: list[tuple[Customer, Decimal]] = []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        data: Any = self.data
        numbers, amounts = data.getlist("customer")[:50], data.getlist("amount")[:50]
        known = {
            one.number: one for one in directory.visible_to(self.user).filter(number__in=numbers)
        }
        for number, text in zip(numbers, amounts, strict=False):
            if number not in known:
                raise forms.ValidationError(
                    _("Customer %(number)s is not there.") % {"number": number[:20]}
                )
            try:
                self.shares.append((known[number], parse_amount(text)))
            except AmountRefused as refusal:
                raise forms.ValidationError(_(str(refusal))) from refusal
        if not self.shares:
            raise forms.ValidationError(_("Choose a customer."))
        return given


class SetAside(forms.Form):
    """Why a line is no customer's money, and what it is instead."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (StatementPart.Kind.CHARGES.value, gettext_lazy("Bank charges")),
            (StatementPart.Kind.TRANSFER.value, gettext_lazy("Transfer from or to own account")),
            (
                StatementPart.Kind.ELSEWHERE.value,
                gettext_lazy("In the books already, or not for these books"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    account = forms.TypedChoiceField(
        label=gettext_lazy("The other account of the transfer"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        demand(self, "account", by="kind", values=[StatementPart.Kind.TRANSFER])
        _choose_of_the_books(self, "account", _MONEY_ACCOUNTS, empty=True)


def _choose_of_the_books(
    form: forms.Form, name: str, kinds: Sequence[str], *, empty: bool = False
) -> None:
    """Offer the accounts of the books, also those nothing was posted to yet."""
    known = {int(code): gettext(name) for code, (name, kind) in ACCOUNTS.items() if kind in kinds}
    known |= {one.code: one.title for one in Account.objects.filter(kind__in=kinds)}
    # Balances of customers are moved by payments alone, cash by the cash desk.
    for code in (Chart.RECEIVABLE, Chart.CASH):
        known.pop(int(code), None)
    offered: list[tuple[Any, Any]] = [(code, f"{code} {known[code]}") for code in sorted(known)]
    offer(form, name, [("", "—"), *offered] if empty else offered)
