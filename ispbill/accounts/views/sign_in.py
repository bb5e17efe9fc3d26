"""The four doors, the code, the second factor, and the way out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import destinations, responses
from ispbill.accounts.access import public
from ispbill.accounts.forms import sign_in as forms
from ispbill.accounts.http import client_ip, with_wait
from ispbill.accounts.models import User
from ispbill.accounts.services import one_time_codes, second_factor, sessions, sign_in
from ispbill.accounts.services.throttle import TooManyTries
from ispbill.accounts.views import entry
from ispbill.core import clock
from ispbill.core.errors import DomainError

# A code for a known login takes longer than one for an unknown one; both are answered after this.
_CODE_SECONDS = 0.25
_WAITING_SECONDS = 10 * 60  # between the password and the second factor


@dataclass(frozen=True)
class Door:
    """A sign-in page: whose it is and what it offers."""

    name: str
    title: str | Promise
    offers_codes: bool = False
    offers_passkeys: bool = False


STAFF = Door("accounts:login", _("Staff sign-in"), offers_passkeys=True)
CUSTOMER = Door("accounts:portal-login", _("Sign in"), offers_codes=True)
RESELLER = Door("accounts:reseller-login", _("Reseller sign-in"))
TECHNICIAN = Door("accounts:technician-login", _("Technician sign-in"))


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def staff_login(request: HttpRequest) -> HttpResponse:
    return _door(request, STAFF)


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def portal_login(request: HttpRequest) -> HttpResponse:
    return _door(request, CUSTOMER)


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def reseller_login(request: HttpRequest) -> HttpResponse:
    return _door(request, RESELLER)


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def technician_login(request: HttpRequest) -> HttpResponse:
    return _door(request, TECHNICIAN)


@public
@never_cache
@require_GET
def who(request: HttpRequest) -> HttpResponse:
    """Tell a page who is signed in now, and what its forms have to carry."""
    user = request.user
    told = {"user": user.pk if user.is_authenticated else None, "token": get_token(request)}
    return JsonResponse(told)


@public
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def one_time_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent to the phone."""
    login = request.session.get("code_login")
    if not login:
        return redirect(CUSTOMER.name)
    form = forms.Code(request.POST or None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            with _levelled():
                user = sign_in.by_code(
                    login=login,
                    code=form.cleaned_data["code"],
                    device=entry.device(request),
                    at=clock.now(),
                )
            return _let_in(request, user, how="code")
        except DomainError as refusal:
            refused = refusal
    context = {"form": form, "title": _("Enter the code"), "wanted": _wanted(request)}
    return _page(request, "accounts/one_time_code.html", context, refused)


@public
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody whose password was right."""
    user = waiting_user(request)
    if user is None:
        return redirect(STAFF.name)
    form = forms.Code(request.POST or None)
    form.fields["code"].widget.attrs["inputmode"] = "text"  # recovery codes have letters
    refused: DomainError | None = None
    if form.is_valid():
        try:
            kind = second_factor.prove(
                user=user,
                code=form.cleaned_data["code"],
                device=entry.device(request),
                at=clock.now(),
                real_at=clock.real_now(),
            )
            how = request.session["waiting"]["how"]
            return entry.enter(request, user, how=how, wanted=_wanted(request), second_factor=kind)
        except DomainError as refusal:
            refused = refusal
    context = {
        "form": form,
        "title": _("Second step"),
        "wanted": _wanted(request),
        "has_passkeys": user.passkeys.exists(),
    }
    return _page(request, "accounts/second_step.html", context, refused)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go back to its door.

    A typed address signs nobody out (a picture on another site could); it shows the button.
    """
    user = request.user
    if not user.is_authenticated:
        return redirect(STAFF.name)
    if request.method == "GET":
        return render(request, "accounts/sign_out.html", {"title": _("Sign out")})
    session_id = request.session.get("signed_in_id")
    if session_id:
        sessions.end(session_id=session_id, user=user, at=clock.now())
    auth.logout(request)
    response = HttpResponseRedirect(reverse(door_of(user).name))
    # A shared computer keeps no page of the one who left. Not "storage": what a technician's phone
    # has not sent yet lies there, and the app itself deletes it once it is sent.
    response["Clear-Site-Data"] = '"cache"'
    return response


@public
@never_cache
def django_admin_login(request: HttpRequest) -> HttpResponse:
    """Send whoever is to sign in to Django's admin to the staff door."""
    return _on(request, STAFF.name)


def door_of(user: User) -> Door:
    """Return the sign-in page of a user's role."""
    doors = {
        User.Role.CUSTOMER.value: CUSTOMER,
        User.Role.RESELLER.value: RESELLER,
        User.Role.TECHNICIAN.value: TECHNICIAN,
        User.Role.COLLECTOR.value: TECHNICIAN,
    }
    return doors.get(user.role, STAFF)


def waiting_user(request: HttpRequest) -> User | None:
    """Return the user who has shown the password and still owes the second factor."""
    waiting = request.session.get("waiting") or {}
    if clock.real_now().timestamp() - waiting.get("since", 0) > _WAITING_SECONDS:
        return None
    return User.objects.filter(pk=int(waiting.get("user") or 0), is_active=True).first()


def _door(request: HttpRequest, door: Door) -> HttpResponse:
    user = request.user
    if request.method == "GET" and user.is_authenticated and door_of(user) == door:
        if _is_over(request):
            return entry.is_in(request, user)
        return redirect(destinations.after_sign_in(request, user, _wanted(request)))
    form_class = forms.CustomerSignIn if door.offers_codes else forms.SignIn
    form = form_class(request.POST or None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            if isinstance(form, forms.CustomerSignIn) and form.wants_code:
                return _send_code(request, form.cleaned_data["login"])
            found = sign_in.by_password(
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                device=entry.device(request),
                at=clock.now(),
            )
            return _let_in(request, found, how="password")
        except DomainError as refusal:
            refused = refusal
    context = {"form": form, "door": door, "title": door.title, "wanted": _wanted(request)}
    return _page(request, "accounts/sign_in.html", context, refused)


def _let_in(request: HttpRequest, user: User, *, how: str) -> HttpResponse:
    wanted = _wanted(request)
    if not second_factor.needed(user):
        return entry.enter(request, user, how=how, wanted=wanted)
    request.session.cycle_key()
    request.session["waiting"] = {
        "user": user.pk,
        "how": how,
        "since": clock.real_now().timestamp(),
    }
    return _on(request, "accounts:second-step")


def _send_code(request: HttpRequest, typed: str) -> HttpResponse:
    with _levelled():
        login = sign_in.normalised(typed)
        one_time_codes.issue(
            login=login,
            purpose="sign-in",
            user=sign_in.customer(login),
            ip=client_ip(request),
            at=clock.now(),
        )
    request.session["code_login"] = login
    return _on(request, "accounts:portal-code")


@contextmanager
def _levelled() -> Iterator[None]:
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, _CODE_SECONDS - (time.monotonic() - began)))


def _on(request: HttpRequest, name: str) -> HttpResponse:
    """Redirect to the next step with the destination kept."""
    wanted = _wanted(request)
    query = {"next": wanted} if destinations.safe(request, wanted) else {}
    return HttpResponseRedirect(reverse(name, query=query))


def _is_over(request: HttpRequest) -> bool:
    """Tell whether somebody signs in over a page, whose script asks for this."""
    return bool(getattr(request, "htmx", None))


def _wanted(request: HttpRequest) -> str:
    return str(request.POST.get("next") or request.GET.get("next") or "")


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], refused: DomainError | None
) -> HttpResponse:
    """Render a step with what was refused, if anything: 422, or 429 with how long to wait."""
    form = context["form"]
    if refused is not None:
        form.add_error(None, str(refused))
    status = 422 if form.errors else 200
    if _is_over(request):
        over = render(request, "accounts/_sign_in_over.html", context, status=status)
        response = responses.varied(responses.over(over))
    else:
        response = responses.varied(render(request, template, context, status=status))
    if isinstance(refused, TooManyTries):
        response.status_code = 429
        return with_wait(response, refused.wait_seconds)
    return response
