"""The settings of tickets: promises, hours, teams, replies kept for use again; being away."""

from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch, User
from ispbill.core.acts import Act
from tickets.forms import agreements as forms
from tickets.forms.staff import Why
from tickets.models import CannedReply, OpeningHours, SlaPolicy, Team
from tickets.rules import opening
from tickets.services import agreements, assignment, founding

_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("tickets.view")
def index(request: Request) -> HttpResponse:
    """Show what the company has laid down about tickets."""
    branches = Branch.objects.filter(archived_at__isnull=True).order_by("name")
    context = {
        "policies": SlaPolicy.objects.select_related("category").order_by("position", "pk"),
        "teams": Team.objects.select_related("branch", "lead")
        .prefetch_related("members__user", "categories")
        .order_by("name"),
        "replies": CannedReply.objects.select_related("category").order_by("language", "title"),
        "hours": [(one, one.pk if one else 0, _week(one)) for one in (None, *branches)],
        "may_edit": may(request.user, "settings.edit"),
        "may_lead": may(request.user, "tickets.lead"),
    }
    return render(request, "tickets/staff/settings.html", context)


@_both
@staff_only("settings.edit")
@editing.one_at_a_time
def policy(request: Request, pk: int = 0) -> HttpResponse:
    """Add a promise, or change one."""
    row = editing.held(request, get_object_or_404(SlaPolicy, pk=pk)) if pk else SlaPolicy()
    start = forms.of_policy(row) if pk else {}
    form = _form(request, forms.PolicyForm, row, start)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "reason"}
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        with responses.refusals_in(form):
            agreements.save_policy(row=row, values=values, act=act)
            return _back(request)
    return _ask(request, form, _("Promise"))


@_both
@staff_only("settings.edit")
def remove_policy(request: Request, pk: int) -> HttpResponse:
    """Take a promise away."""
    row = get_object_or_404(SlaPolicy, pk=pk)
    form = Why(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        agreements.remove_policy(row=row, act=act)
        return _back(request)
    return _ask(request, form, _("Remove"))


@_both
@staff_only("tickets.lead")
@editing.one_at_a_time
def reply(request: Request, pk: int = 0) -> HttpResponse:
    """Add a reply for use again, or change one."""
    row = editing.held(request, get_object_or_404(CannedReply, pk=pk)) if pk else CannedReply()
    start = forms.of_reply(row) if pk else {"is_active": True}
    form = _form(request, forms.ReplyForm, row, start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            agreements.save_reply(row=row, values=form.cleaned_data, act=Act.now(request.user))
            return _back(request)
    return _ask(request, form, _("Canned reply"))


@_both
@staff_only("settings.edit")
@editing.one_at_a_time
def team(request: Request, pk: int = 0) -> HttpResponse:
    """Add a team, or change one."""
    if request.method == "POST":
        founding.lay()
    row = editing.held(request, get_object_or_404(Team, pk=pk)) if pk else Team()
    start = forms.of_team(row) if pk else {"is_active": True}
    form = _form(request, forms.TeamForm, row, start)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        people = User.objects.filter(pk__in=given.pop("people")).order_by("pk")
        with responses.refusals_in(form):
            agreements.save_team(
                row=row,
                categories=list(given.pop("categories")),
                people=list(people),
                values=given,
                act=Act.now(request.user),
            )
            return _back(request)
    return _ask(request, form, _("Team"))


@_both
@staff_only("settings.edit")
@editing.one_at_a_time
def hours(request: Request, pk: int = 0) -> HttpResponse:
    """Set when the company (0) or a branch is open."""
    branch = get_object_or_404(Branch, pk=pk) if pk else None
    start = {f"day_{day}": text for day, _label, text in _week(branch)}
    form = editing.form(request, forms.HoursForm, about=None, place=f"hours:{pk}", initial=start)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        agreements.set_hours(branch=branch, week=form.week(), act=act)
        return _back(request)
    return _ask(request, form, _("Opening hours"))


@require_POST
@staff_only("tickets.work")
def away(request: Request) -> HttpResponse:
    """Say that one is away, or back: nobody is given tickets while away."""
    is_away = request.POST.get("away") == "1"
    assignment.set_away(user=request.user, is_away=is_away, act=Act.now(request.user))
    said = _("You are given no tickets until you are back.") if is_away else _("Welcome back.")
    return responses.go(request, reverse("staff_tickets:index"), said)


def _form(request: Request, make: Any, row: Model, start: dict[str, Any]) -> Any:
    """Return the form of a row that is edited, or of a new one."""
    if row.pk is None:
        return make(request.POST or None, initial=start)
    return editing.form(request, make, about=row, initial=start)


def _week(branch: Branch | None) -> list[tuple[int, Any, str]]:
    rows = list(OpeningHours.objects.filter(branch=branch))
    return [
        (
            day,
            label,
            opening.written(
                tuple((one.opens_minute, one.closes_minute) for one in rows if one.weekday == day)
            ),
        )
        for day, label in forms.WEEK
    ]


def _ask(request: Request, form: Any, heading: str) -> HttpResponse:
    back = reverse("staff_tickets:settings")
    return responses.dialog(request, form, heading=heading, label=_("Save"), back=back)


def _back(request: Request) -> HttpResponse:
    return responses.go(request, reverse("staff_tickets:settings"), _("Saved."))
