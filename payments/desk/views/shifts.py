"""/admin/shifts/: whose drawer holds what; opening, counting, signing."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.tills.models import Shift
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.downloads import csv_file, xlsx_file
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch
from ispbill.core import chips, clock, digits, formats, paging, sheets
from ispbill.core.acts import Act
from ispbill.core.money import ZERO
from payments.desk.forms.desk import Count, FindShifts, Float, OpenShift, Sign
from payments.desk.queries import register, tills
from payments.desk.services import shifts

PER_PAGE = 50
MOST_ROWS = 20_000


def address(shift: Shift) -> str:
    """Return where a shift is shown."""
    return reverse("staff_payments:shift", args=[shift.number])


@require_GET
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """List shifts, newest first: everybody's for people who may see them, else one's own."""
    form, sees_all = FindShifts(request.GET), may(request.user, "cash.view")
    if sees_all:
        form.offer(
            people=register.cashiers(),
            branches=Branch.objects.filter(archived_at=None).order_by("name"),
        )
    else:
        form.narrow_to_own()
    found = tills.filtered(tills.visible_to(request.user), form.filters())
    before = digits.row_id(request.GET.get("before", ""))
    page = found if before is None else found.filter(pk__lt=before)
    rows = list(page[: PER_PAGE + 1])
    query = {name: value for name, value in form.data.items() if value and name != "before"}
    export = f"{reverse('staff_payments:export-shifts')}?{urlencode(query)}"
    context = {
        "form": form,
        "tabs": paging.tabs(request.GET, "state", [("", _("All")), *Shift.State.choices]),
        "chips": chips.of(form, request.GET, but=("state",)),
        "rows": rows[:PER_PAGE],
        "older": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else "",
        "query": urlencode(query),
        "is_filtered": bool(query),
        "exports": sheets.offered(f"{export}&format=csv", f"{export}&format=xlsx"),
        "sees_all": sees_all,
        "may_take": may(request.user, "payments.take"),
        "own": tills.open_of(request.user),
    }
    return render(request, "payments/desk/staff/shifts.html", context)


@require_GET
@staff_only("payments.view")
def export(request: Request) -> HttpResponse:
    """Download the filtered shifts (`?format=csv` or `xlsx`)."""
    found = tills.filtered(tills.visible_to(request.user), FindShifts(request.GET).filters())
    head = [
        _("Shift"), _("Person"), _("Branch"), _("Work"), _("State"), _("Cash day"), _("Opened"),
        _("Float"), _("Cash in"), _("Cash out"), _("Received"), _("Handed over"), _("Expected"),
        _("Counted"), _("Difference"), _("Reason"), _("Counted by"), _("Signed by"),
    ]  # fmt: skip
    rows = (
        [
            one.number,
            one.person.name,
            one.branch.name,
            one.get_kind_display(),
            one.get_state_display(),
            one.opened_on,
            timezone.localtime(one.opened_at),
            one.float_amount,
            one.taken_amount,
            one.paid_out_amount,
            one.received_amount,
            one.handed_amount,
            one.held_amount if one.expected_amount is None else one.expected_amount,
            "" if one.counted_amount is None else one.counted_amount,
            one.found_difference,
            one.difference_reason,
            one.counted_by.name if one.counted_by else "",
            one.signed_by.name if one.signed_by else "",
        ]
        for one in found[:MOST_ROWS].iterator(chunk_size=500)
    )
    if request.GET.get("format") == "xlsx":
        return xlsx_file("shifts", head, rows)
    return csv_file("shifts", head, rows)


@require_GET
@staff_only("payments.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One shift: its figures, every movement, what can be done next."""
    shift = _shift(request, number)
    is_own = shift.person_id == request.user.pk and may(request.user, "payments.take")
    supervises = may(request.user, "cash.supervise")
    is_third = request.user.pk not in {shift.person_id, shift.counted_by_id}
    context = {
        "shift": shift,
        "lines": tills.lines(shift),
        "others": tills.other_methods(shift),
        "pieces": tills.latest_counts([shift]).get(shift.pk, {}),
        "waiting": tills.offered_by(shift),
        "may_count": shift.state != Shift.State.CLOSED and (is_own or supervises),
        "may_work": shift.is_open and is_own,
        "may_sign": shift.state == Shift.State.COUNTED and supervises and is_third,
        "needs_third": shift.state == Shift.State.COUNTED and not (supervises and is_third),
    }
    return render(request, "payments/desk/staff/shift.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def open_shift(request: Request) -> HttpResponse:
    """Open one's own shift, with the float."""
    form = OpenShift(request.POST or None, user=request.user)
    if form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            shift = shifts.open_shift(
                person=request.user,
                kind=given["kind"],
                branch=given["branch"],
                float_amount=given["float_amount"],
                at=clock.now(),
            )
            return responses.go(
                request, address(shift), _("%(number)s is open.") % {"number": shift.number}
            )
    effects = [_("All cash you take or pay out from now on belongs to this shift.")]
    back = reverse("staff_payments:shifts")
    return responses.dialog(
        request,
        form,
        heading=_("Open your shift"),
        label=_("Open shift"),
        back=back,
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def add_float(request: Request, number: str) -> HttpResponse:
    """Take more change out of the safe into one's own shift."""
    shift = get_object_or_404(Shift, number=number, person=request.user)
    form = Float(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            shifts.add_float(
                shift=shift, amount=form.cleaned_data["amount"], act=Act.now(request.user)
            )
            return responses.go(request, address(shift), _("The float is in your drawer."))
    heading = _("Float for %(number)s") % {"number": number}
    return responses.dialog(
        request, form, heading=heading, label=_("Take out of the safe"), back=address(shift)
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def count(request: Request, number: str) -> HttpResponse:
    """Count a drawer: notes and coins, with the difference as one types."""
    shift = _shift(request, number)
    form = Count(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            shift = shifts.count(
                shift=shift,
                pieces=form.counted(),
                loose=form.cleaned_data["loose"],
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            said = _("%(amount)s counted. Somebody else signs it now.")
            amount = formats.money(shift.counted_amount or ZERO)
            return responses.go(request, address(shift), said % {"amount": amount})
    context = {
        "shift": shift,
        "form": form,
        "back_url": address(shift),
        "heading": _("Count %(number)s") % {"number": number},
    }
    return responses.form_page(request, "payments/desk/staff/count.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("cash.supervise")
def sign(request: Request, number: str) -> HttpResponse:
    """Confirm somebody's count: its difference is booked, its cash is in the safe."""
    shift = _shift(request, number)
    form = Sign(request.POST or None, initial={"seen": shift.counted_amount})
    if form.is_valid():
        with responses.refusals_in(form):
            shift = shifts.sign_off(
                shift=shift, seen_amount=form.cleaned_data["seen"], act=Act.now(request.user)
            )
            return responses.go(
                request, address(shift), _("%(number)s is closed.") % {"number": number}
            )
    heading = _("Sign the count of %(person)s?") % {"person": shift.person.name}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Sign"),
        back=address(shift),
        effects=sign_effects(shift),
    )


def sign_effects(shift: Shift) -> list[str]:
    """Say what signing a count does."""
    difference = shift.found_difference
    effects = [
        _("%(amount)s goes into the safe.")
        % {"amount": formats.money(shift.counted_amount or ZERO)},
        _("The shift is closed for good."),
    ]
    if difference:
        said = (
            _("%(amount)s are missing and become a loss (5310). “%(reason)s”")
            if difference < 0
            else _("%(amount)s are too much and become a gain (5310). “%(reason)s”")
        )
        effects.insert(
            0, said % {"amount": formats.money(abs(difference)), "reason": shift.difference_reason}
        )
    return effects


def _shift(request: Request, number: str) -> Shift:
    return get_object_or_404(tills.visible_to(request.user), number=number)
