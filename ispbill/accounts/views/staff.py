"""/admin/staff/: the company's people and what they may do."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.forms import staff as forms
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.accounts.queries import people
from ispbill.accounts.services import links, passwords, second_factor, sessions, staff
from ispbill.accounts.views import capability_words
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act

_PER_PAGE = 100


@staff_only("staff.view")
@require_GET
def index(request: Request) -> HttpResponse:
    found = people.staff_visible_to(request.user).order_by("-is_active", "name", "pk")
    wanted = request.GET.get("q", "").strip()
    if wanted:
        found = found.filter(name__icontains=wanted) | found.filter(login__icontains=wanted)
    context = {
        "title": _("Users & roles"),
        "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("page", "1")),
        "q": wanted,
        "may_edit": may(request.user, "staff.edit"),
    }
    return render(request, "accounts/staff/index.html", context)


@staff_only("staff.view")
@require_GET
def roles(request: Request) -> HttpResponse:
    """What each role may do, as the code has it."""
    columns = [role for role in User.Role if any(role in able for able in CAPABILITIES.values())]
    groups = [
        (title, [(words, [role in CAPABILITIES[name] for role in columns]) for name, words in rows])
        for title, rows in capability_words.grouped(CAPABILITIES)
    ]
    context = {"title": _("Roles"), "columns": columns, "groups": groups}
    return render(request, "accounts/staff/roles.html", context)


@staff_only("staff.view")
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(people.staff_visible_to(request.user), pk=pk)
    context = {
        "title": person.name,
        "person": person,
        "may": capability_words.grouped(
            name for name, able in CAPABILITIES.items() if person.role in able
        ),
        "sessions": person.signed_in_sessions.order_by("-last_seen_at"),
        "has_second_factor": second_factor.needed(person),
        "may_edit": may(request.user, "staff.edit"),
    }
    return render(request, "accounts/staff/detail.html", context)


@staff_only("staff.edit")
@freshly_proven
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.AddStaff(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            person = staff.add(person=form.person(), act=Act.now(request.user))
            messages.success(request, _("Added. Now give this person access."))
            return _to(request, "staff_accounts:reset-access", person.pk)
    return _form(request, form, title=_("Add staff"), confirm_label=_("Save"))


@staff_only("staff.edit")
@freshly_proven
@require_http_methods(["GET", "POST"])
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    person = get_object_or_404(people.staff_visible_to(request.user), pk=pk)
    person = editing.held(request, person)
    initial = {
        "name": person.name,
        "email": person.login,
        "phone": person.phone,
        "role": person.role,
        "branch": person.branch_id,
    }
    form = editing.form(request, forms.EditStaff, about=person, initial=initial)
    if form.is_valid():
        with responses.refusals_in(form):
            staff.change(
                user=person,
                person=form.person(),
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return _to(request, "staff_accounts:person", person.pk)
    return _form(request, form, title=_("Edit staff"), confirm_label=_("Save"), person=person)


@staff_only("staff.edit")
@require_http_methods(["GET", "POST"])
def switch(request: Request, pk: int) -> HttpResponse:
    """Deactivate an active person, or let a deactivated one in again."""
    person = get_object_or_404(people.staff_visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    verb = staff.deactivate if person.is_active else staff.reactivate
    if form.is_valid():
        with responses.refusals_in(form):
            verb(user=person, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return _to(request, "staff_accounts:person", person.pk)
    title = _("Deactivate") if person.is_active else _("Reactivate")
    effects = (
        [_("All sessions end at once."), _("The sign-in page no longer lets this person in.")]
        if person.is_active
        else [_("This person can sign in again with the password they had.")]
    )
    return _form(
        request,
        form,
        title=title,
        confirm_label=title,
        person=person,
        effects=effects,
        danger=person.is_active,
    )


@staff_only("staff.edit")
@freshly_proven
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reset_access(request: Request, pk: int) -> HttpResponse:
    """Send a link, or set a temporary password; nobody ever sees a present one."""
    person = get_object_or_404(people.staff_visible_to(request.user), pk=pk)
    form = forms.ResetAccess(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            _give_access(request, person, form.cleaned_data)
            messages.success(request, _("Access is reset."))
            return _to(request, "staff_accounts:person", person.pk)
    title = _("Reset access")
    return _form(request, form, title=title, confirm_label=title, person=person)


@staff_only("staff.edit")
@require_POST
def revoke(request: Request, pk: int, session: int) -> HttpResponse:
    """End one session of a person."""
    person = get_object_or_404(people.staff_visible_to(request.user), pk=pk)
    row = get_object_or_404(person.signed_in_sessions, pk=session)
    sessions.revoke(session=row, act=Act.now(request.user))
    return _to(request, "staff_accounts:person", person.pk)


def _give_access(request: Request, person: User, given: dict[str, Any]) -> None:
    """Give the way in first: a password that is refused leaves the second factor where it is."""
    act = Act.now(request.user, reason=given["reason"])
    if given["how"] == "link":
        links.send(user=person, site=settings.PUBLIC_URL, act=act)
    else:
        passwords.change(user=person, password=given["password"], act=act, must_change=True)
    if given["removes_second_factor"]:
        second_factor.remove(user=person, act=act)


def _form(request: Request, form: Any, **context: Any) -> HttpResponse:
    context |= {"form": form, "form_action": request.path}
    return responses.form_page(request, "accounts/staff/form.html", context)


def _to(request: Request, name: str, pk: int) -> HttpResponse:
    target = reverse(name, args=[pk])
    return responses.go(request, target)
