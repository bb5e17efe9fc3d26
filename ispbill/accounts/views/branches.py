"""/admin/branches/: the company's offices."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.forms import staff as forms
from ispbill.accounts.http import Request
from ispbill.accounts.queries import people
from ispbill.accounts.services import branches
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act


@staff_only("staff.view")
@require_GET
def index(request: Request) -> HttpResponse:
    context = {
        "title": _("Branches"),
        "branches": people.branches_visible_to(request.user).order_by("archived_at", "name"),
        "may_edit": may(request.user, "staff.edit"),
    }
    return render(request, "accounts/staff/branches.html", context)


@staff_only("staff.edit")
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    form = forms.BranchForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            branches.add(details=form.details(), act=Act.now(request.user))
            return _to_list(request)
    return _form(request, form, title=_("Add branch"), confirm_label=_("Save"))


@staff_only("staff.edit")
@require_http_methods(["GET", "POST"])
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    branch = get_object_or_404(people.branches_visible_to(request.user), pk=pk)
    branch = editing.held(request, branch)
    initial = {
        "code": branch.code,
        "name": branch.name,
        "address": branch.address,
        "phone": branch.phone,
        "manager": branch.manager_id,
    }
    form = editing.form(request, forms.BranchForm, about=branch, initial=initial)
    if form.is_valid():
        with responses.refusals_in(form):
            branches.change(branch=branch, details=form.details(), act=Act.now(request.user))
            return _to_list(request)
    return _form(request, form, title=_("Edit branch"), confirm_label=_("Save"))


@staff_only("staff.edit")
@require_http_methods(["GET", "POST"])
def archive(request: Request, pk: int) -> HttpResponse:
    branch = get_object_or_404(people.branches_visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            branches.archive(
                branch=branch, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return _to_list(request)
    title = _("Close branch")
    return _form(request, form, title=title, confirm_label=title, danger=True)


def _form(request: Request, form: Any, **context: Any) -> HttpResponse:
    context |= {"form": form, "form_action": request.path}
    return responses.form_page(request, "accounts/staff/form.html", context)


def _to_list(request: Request) -> HttpResponse:
    target = reverse("staff_accounts:branches")
    return responses.go(request, target)
