"""/reseller-portal/profile/: who we are to the company, and who of us signs in (R-08)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import rls
from ispbill.core.acts import Act
from resellers.forms.people import UserRights
from resellers.forms.staff import NewUser
from resellers.queries.own import Login
from resellers.rules import states
from resellers.services import onboarding, people
from resellers.views.portal_money import login_of

_SHOWN = 4  # last characters of the payout account


@reseller_only
@require_GET
def show(request: Request) -> HttpResponse:
    """Terms as agreed, and the users."""
    login = login_of(request)
    reseller = login.reseller
    with rls.as_house():
        context = {
            "login": login,
            "reseller": reseller,
            "areas": list(reseller.areas.order_by("name")),
            "plan": reseller.plans.order_by("-effective_from").first(),
            "payout_account": _masked(reseller.payout_account),
            "users": list(reseller.users.select_related("user").order_by("pk")),
            "partner": reseller.user,
            "may_edit": login.may(states.USERS),
        }
        return render(request, "resellers/portal/profile.html", context)


@reseller_only
@require_http_methods(["GET", "POST"])
def add_user(request: Request) -> HttpResponse:
    """Let somebody else of us sign in; a link sets the first password."""
    login = _may(request)
    with rls.as_house():
        form = NewUser(request.POST or None)
        if form.is_valid():
            given = form.cleaned_data
            with responses.refusals_in(form):
                onboarding.add_user(
                    reseller=login.reseller,
                    name=given["name"],
                    email=given["email"],
                    rights=given["rights"],
                    act=Act.now(request.user),
                )
                messages.success(request, _("A link to set the password is on its way."))
                return redirect("reseller:profile")
        context = {"form": form, "heading": _("Add user"), "label": _("Add")}
        return responses.form_page(request, "resellers/portal/user.html", context)


@reseller_only
@require_http_methods(["GET", "POST"])
@editing.one_at_a_time
def user(request: Request, pk: int) -> HttpResponse:
    """Change what somebody of us may do, shut them out or let them in again."""
    login = _may(request)
    with rls.as_house():
        rows = login.reseller.users.select_related("user")
        person = editing.held(request, get_object_or_404(rows, pk=pk))
        shown = {"rights": person.rights, "is_active": person.user.is_active}
        form = editing.form(request, UserRights, about=person, initial=shown)
        if form.is_valid():
            with responses.refusals_in(form):
                people.change(person=person, act=Act.now(request.user), **form.cleaned_data)
                return responses.go(request, reverse("reseller:profile"), _("Saved."))
        context = {"form": form, "heading": person.user.name, "label": _("Save")}
        return responses.form_page(request, "resellers/portal/user.html", context)


def _may(request: Request) -> Login:
    login = login_of(request)
    if not login.may(states.USERS):
        raise PermissionDenied
    return login


def _masked(account: str) -> str:
    return f"•••• {account[-_SHOWN:]}" if len(account) > _SHOWN else account
