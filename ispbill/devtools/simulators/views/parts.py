"""Every shared part of the console on one page, each in its states, with made-up content.

The reference for whoever builds the next page, and what the pictures of the parts are taken of.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts.access import staff_only
from ispbill.audit.forms import ReasonField
from ispbill.core import badges
from ispbill.core.charts import Chart, Point, Series
from ispbill.core.fields import MoneyField, NumberField
from ispbill.core.paging import Pager
from ispbill.portals.views import errors


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"))
    phone = forms.CharField(
        label=gettext_lazy("Phone"), help_text=gettext_lazy("As the customer says it: 01711-…")
    )
    amount = NumberField(
        label=gettext_lazy("Amount"),
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    method = forms.ChoiceField(
        label=gettext_lazy("Method"),
        choices=[
            ("cash", gettext_lazy("Cash")),
            ("bkash", "bKash"),
            ("card", gettext_lazy("Card")),
        ],
    )
    bill_day = forms.ChoiceField(
        label=gettext_lazy("Bill day"),
        widget=forms.RadioSelect,
        choices=[("1", "1"), ("5", "5"), ("25", "25"), ("30", "30")],
        help_text=gettext_lazy("The 30th, or the last day of shorter months."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    consent = forms.BooleanField(label=gettext_lazy("May be sent SMS"), required=False)


class SampleReasonForm(forms.Form):
    """The two questions of every reason dialog."""

    reason_code = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[("", "—"), ("non_payment", gettext_lazy("Not paid"))]
    )
    reason = ReasonField(label=gettext_lazy("In your words"))


class SampleFilters(forms.Form):
    """What a list may be narrowed by: choices, a range, a switch."""

    ranges = {"amount": gettext_lazy("Amount")}

    q = forms.CharField(label=gettext_lazy("Search"), required=False)
    area = forms.ChoiceField(
        label=gettext_lazy("Area"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", gettext_lazy("Any")), ("1", "Badda"), ("2", "Mirpur-10"), ("3", "Uttara-4")],
    )
    status = forms.MultipleChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("OVERDUE", gettext_lazy("Overdue")), ("PAID", gettext_lazy("Paid"))],
    )
    amount_from = MoneyField(label=gettext_lazy("Amount from"), required=False)
    amount_to = MoneyField(label=gettext_lazy("Amount to"), required=False)


@dataclass(frozen=True)
class SampleRow:
    """A row of the sample list."""

    number: str
    customer: str
    issued: date
    total: Decimal
    due: Decimal
    status: str


_ROWS = [
    SampleRow(
        "INV-2026-00042", "Rahima Khatun", date(2026, 1, 5), Decimal(1200), Decimal(1200), "OVERDUE"
    ),
    SampleRow("INV-2026-00043", "রহিম উদ্দিন", date(2026, 1, 5), Decimal(800), Decimal(0), "PAID"),
    SampleRow(
        "INV-2026-00044",
        "Mirpur Bakery & Sweets",
        date(2026, 1, 7),
        Decimal("123456.50"),
        Decimal("23456.50"),
        "PARTIAL",
    ),
    SampleRow(
        "INV-2026-00045", "Sadia Islam", date(2026, 1, 9), Decimal(1500), Decimal(1500), "UNPAID"
    ),
    SampleRow(
        "INV-2026-00046", "Karim Hossain", date(2026, 1, 9), Decimal(950), Decimal(0), "VOID"
    ),
]
PERMISSION, MISSING = 403, 404
_MONTHS = ["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"]


@require_GET
@staff_only("console.use")
def show(request: HttpRequest) -> HttpResponse:
    """Show every shared part with made-up content."""
    bound = SampleForm({"phone": "0171", "amount": "12,00", "consent": "on"})
    bound.is_valid()
    context = {
        "vocabulary": badges.VOCABULARY,
        "filters": SampleFilters({"area": "2"}),
        "columns": [
            {"name": name, "label": label, "is_shown": shown}
            for name, label, shown in (
                ("issued", _("Issued"), True),
                ("total", _("Total"), True),
                ("branch", _("Branch"), False),
            )
        ],
        "exports": [{"label": _("Export CSV"), "url": "?"}],
        "form": SampleForm(initial={"amount": Decimal(1200), "bill_day": "5"}),
        "bound": bound,
        "rows": _ROWS,
        "pager": Pager("", "eyJpZCI6NX0", 25, (25, 50, 100), 500, 1, 25),
        "chips": [
            {"label": _("Status"), "value": _("Overdue"), "remove_url": "?"},
            {"label": _("Area"), "value": "Mirpur-10", "remove_url": "?"},
        ],
        "tabs": [
            {"label": _("All"), "url": "?", "current": True, "count": 612},
            {"label": _("Overdue"), "url": "?state=OVERDUE", "current": False, "count": 23},
            {"label": "Mirpur round", "url": "?x=1", "current": False, "pk": 1, "is_own": True},
        ],
        "charts": _charts(),
        "spark": [31, 33, 32, 36, 39, 38, 42, 45, 44, 48],
        "owed": Decimal(1200),
        "credit": Decimal(-300),
        "nothing": Decimal(0),
        "large": Decimal("1234567.50"),
        "on": date(2026, 1, 5),
        "period_start": date(2026, 1, 15),
        "period_end": date(2026, 2, 15),
        "at": datetime(2026, 1, 5, 8, 30, tzinfo=UTC),
    }
    return render(request, "sim/parts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("console.use")
def reason(request: HttpRequest) -> HttpResponse:
    """Show the reason dialog; sending it checks the form and changes nothing."""
    form = SampleReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        response = HttpResponse(status=204)
        response["HX-Trigger"] = '{"dialog:close": true, "toast": {"text": "OK"}}'
        return response
    context = {
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Suspend"),
        "danger": True,
        "effects": [
            _("The line of CT-2026-00012 is closed on the router within a minute."),
            _("Billing goes on; the bill of 05 Feb is still written."),
        ],
        "changes": [{"label": _("Service"), "before": _("Active"), "after": _("Suspended")}],
    }
    return render(request, "sim/parts_reason.html", context, status=422 if form.is_bound else 200)


@require_GET
@staff_only("console.use")
def failure(request: HttpRequest, code: int) -> HttpResponse:
    """Show what a person sees when a page is refused, missing or broken; itself it went well."""
    if code == PERMISSION:
        response = errors.refused(request, PermissionDenied())
    elif code == MISSING:
        response = errors.missing(request, Http404())
    else:
        response = errors.broken(request)
    response.status_code = HTTPStatus.OK
    return response


def _charts() -> list[Chart]:
    collected = [412, 455, 448, 502, 530, 517, 560, 588, None, 640, 655, 310]
    thousands = [None if value is None else value * 1000 for value in collected]
    return [
        Chart(
            "bars",
            "collected",
            _("Collections grew by half in a year"),
            _("January is not over yet; October has no data."),
            "money",
            _("Collected"),
            points=[
                Point(month, value, is_partial=month == "Jan")
                for month, value in zip(_MONTHS, thousands, strict=True)
            ],
        ),
        Chart(
            "lines",
            "growth",
            _("More customers join than leave"),
            labels=_MONTHS,
            series=[
                Series(_("New"), [12, 18, 15, 22, 25, 21, 30, 28, 33, 35, 31, 36]),
                Series(_("Lost"), [4, 6, 5, 9, 7, 8, None, 10, 9, 12, 8, 7]),
            ],
        ),
    ]
