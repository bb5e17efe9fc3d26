"""The style guide: every shared part on one page, to look at in both themes and languages."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts.access import staff_only
from ispbill.audit.forms import ReasonField
from ispbill.core import badges
from ispbill.core.charts import Point, Series
from ispbill.core.fields import NumberField


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
        label=gettext_lazy("Reason"),
        choices=[("", "—"), ("non_payment", gettext_lazy("Not paid"))],
    )
    reason = ReasonField(label=gettext_lazy("In your words"))


@dataclass(frozen=True)
class SamplePager:
    """The pager's contract: cursors, size, and where we are."""

    newer: str
    older: str
    size: int
    sizes: tuple[int, ...]
    total: int
    first: int
    last: int


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
        "INV-2026-00042",
        "Rahima Khatun",
        date(2026, 1, 5),
        Decimal(1200),
        Decimal(1200),
        "OVERDUE",
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
_MONTHS = ["Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"]


@require_GET
@staff_only("console.use")
def show(request: HttpRequest) -> HttpResponse:
    """Show every shared part with made-up content."""
    bound = SampleForm({"phone": "0171", "amount": "12,00", "consent": "on"})
    bound.is_valid()
    collected = [412, 455, 448, 502, 530, 517, 560, 588, None, 640, 655, 310]
    context = {
        "vocabulary": badges.VOCABULARY,
        "form": SampleForm(initial={"amount": Decimal(1200), "bill_day": "5"}),
        "bound": bound,
        "rows": _ROWS,
        "rows_total": sum((row.total for row in _ROWS), Decimal(0)),
        "rows_due": sum((row.due for row in _ROWS), Decimal(0)),
        "pager": SamplePager("", "eyJpZCI6NX0", 25, (25, 50, 100), 500, 1, 25),
        "chips": [
            {"label": _("Status"), "value": _("Overdue"), "remove_url": "?"},
            {"label": _("Area"), "value": "Mirpur-10", "remove_url": "?"},
        ],
        "tabs": [
            {"label": _("Overview"), "url": "?tab=overview", "current": True, "count": ""},
            {"label": _("Billing"), "url": "?tab=billing", "current": False, "count": 12},
            {"label": _("Tickets"), "url": "?tab=tickets", "current": False, "count": 0},
            {"label": _("Audit"), "url": "?tab=audit", "current": False, "count": ""},
        ],
        "collected": [
            Point(month, None if value is None else value * 1000, is_partial=month == "Jan")
            for month, value in zip(_MONTHS, collected, strict=True)
        ],
        "months": _MONTHS,
        "growth": [
            Series(_("New"), [12, 18, 15, 22, 25, 21, 30, 28, 33, 35, 31, 36]),
            Series(_("Lost"), [4, 6, 5, 9, 7, 8, None, 10, 9, 12, 8, 7]),
        ],
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
    return render(request, "staff/styleguide.html", context)


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
    return render(
        request,
        "staff/_styleguide_reason.html",
        context,
        status=422 if form.is_bound else 200,
    )


def sample_results(query: str) -> dict[str, object]:
    """Return a made-up answer of the search dialog."""
    hits = [
        {
            "url": "#",
            "title": "Rahima Khatun",
            "detail": "CT-2026-00012 · 01711-000012",
            "status": "ACTIVE",
            "status_kind": "service",
            "symbol": "user",
            "action_url": "reason/",
            "action_label": _("Record payment"),
        },
        {
            "url": "#",
            "title": "রহিম উদ্দিন",
            "detail": "CT-2026-00013",
            "status": "SUSPENDED",
            "status_kind": "service",
            "symbol": "user",
        },
    ]
    return {
        "query": query,
        "groups": [{"label": _("Customers"), "hits": hits}],
        "count": len(hits),
    }
