"""Everybody's own account: profile, password, second factor, sessions, language."""

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import destinations, responses
from ispbill.accounts.access import (
    demand_proof,
    freshly_proven,
    is_proven,
    note_proof,
    public,
    signed_in,
)
from ispbill.accounts.forms import own_account as forms
from ispbill.accounts.forms import sign_in as sign_in_forms
from ispbill.accounts.http import LANGUAGE_COOKIE, Request
from ispbill.accounts.services import own_account, passwords, second_factor, sessions, step_up
from ispbill.accounts.views import leaving
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

_YEAR_SECONDS = 365 * 24 * 3600


@signed_in
@require_http_methods(["GET", "POST"])
def profile(request: Request) -> HttpResponse:
    """Show and change name and tastes; lists what else there is."""
    user = request.user
    initial = {
        "name": user.name,
        "language": user.language or request.LANGUAGE_CODE,
        "theme": user.theme,
        "density": user.density,
        "hotkeys": user.has_hotkeys,
    }
    form = forms.Profile(request.POST or None, initial=initial)
    if form.is_valid():
        chosen = form.cleaned_data
        own_account.rename(user=user, name=chosen["name"], at=clock.now())
        own_account.prefer(
            user=user,
            language=chosen["language"],
            theme=chosen["theme"],
            density=chosen["density"],
            has_hotkeys=chosen["hotkeys"],
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "title": _("My account"),
        "has_second_factor": second_factor.needed(user),
        "home": destinations.home(user),
    }
    return responses.form_page(request, "accounts/profile.html", context)


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Request) -> HttpResponse:
    """Change the own password; a person who just came with a code, or has none yet, need not know
    it."""
    asks_current = request.user.has_usable_password() and not _came_with_code(request)
    form = sign_in_forms.ChangePassword(request.POST or None, asks_current=asks_current)
    if form.is_valid():
        if not asks_current:
            demand_proof(request)
        try:
            if asks_current:
                _prove(request, form.cleaned_data["current"])
            return _new_password(request, form.cleaned_data["password"])
        except step_up.SessionOver as over:
            return leaving.shut_out(request, str(over))
        except step_up.WrongProof as refusal:
            form.add_error("current", str(refusal))
        except DomainError as refusal:
            form.add_error("password", str(refusal))
    context = {
        "form": form,
        "title": _("Change password"),
        "wanted": request.POST.get("next") or request.GET.get("next") or "",
    }
    return responses.form_page(request, "accounts/password.html", context)


@signed_in
@freshly_proven
@require_http_methods(["GET", "POST"])
def two_factors(request: Request) -> HttpResponse:
    """Set up an authenticator app and passkeys, and see what there is."""
    demand_proof(request)  # the page shows the secret of an app that is being set up
    user = request.user
    device = second_factor.start(user=user)
    form = sign_in_forms.Code(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form, "code"):
            codes = second_factor.confirm(
                user=user, code=form.cleaned_data["code"], at=clock.now(), real_at=clock.real_now()
            )
            return _show_codes(request, codes)
    context = {
        "form": form,
        "title": _("Second factor"),
        "device": device,
        "passkeys": user.passkeys.order_by("pk"),
        "is_required": second_factor.is_missing(user),
    }
    if device.confirmed_at is None:
        context["picture"] = second_factor.picture(device, issuer=Company.current().name)
        context["secret"] = second_factor.secret(device)
    return responses.form_page(request, "accounts/second_factor.html", context)


@signed_in
@sensitive_post_parameters()
@require_POST
def new_recovery_codes(request: Request) -> HttpResponse:
    """Show fresh recovery codes once; the present password is asked again."""
    try:
        _prove(request, request.POST.get("password", ""))
    except step_up.SessionOver as over:
        return leaving.shut_out(request, str(over))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:second-factor")
    codes = second_factor.recovery_codes(user=request.user)
    return _show_codes(request, codes)


@signed_in
@sensitive_post_parameters()
@require_POST
def remove_second_factor(request: Request) -> HttpResponse:
    """Give up app and passkeys; the present password is asked again."""
    try:
        _prove(request, request.POST.get("password", ""))
    except step_up.SessionOver as over:
        return leaving.shut_out(request, str(over))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        second_factor.remove(user=request.user, act=Act.now(request.user))
        messages.success(request, _("The second factor is removed."))
    return redirect("accounts:second-factor")


@signed_in
def django_admin_password(_request: Request) -> HttpResponse:
    """Stand before the page of Django's admin that counts no wrong present passwords."""
    return redirect("accounts:password")


@signed_in
@require_GET
def session_list(request: Request) -> HttpResponse:
    """List where this user is signed in."""
    context = {
        "title": _("Where you are signed in"),
        "sessions": request.user.signed_in_sessions.order_by("-last_seen_at"),
        "this_key": request.session.session_key,
    }
    return render(request, "accounts/sessions.html", context)


@signed_in
@require_POST
def revoke_session(request: Request, pk: int) -> HttpResponse:
    """End one of the own sessions."""
    session = get_object_or_404(request.user.signed_in_sessions, pk=pk)
    sessions.revoke(session=session, act=Act.now(request.user))
    messages.success(request, _("That session is ended."))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def preferences(request: Request) -> HttpResponse:
    """Take one choice from the user's menu."""
    form = forms.Preferences(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    chosen: dict[str, str | bool] = {
        name: form.cleaned_data[name]
        for name in ("theme", "density", "language")
        if form.cleaned_data[name]
    }
    if form.cleaned_data["hotkeys"]:
        chosen["has_hotkeys"] = form.cleaned_data["hotkeys"] == "on"
    own_account.prefer(user=request.user, **chosen)
    if request.htmx:
        return HttpResponse(status=204)
    return _back(request)


@signed_in
@require_POST
def pin(request: Request) -> HttpResponse:
    """Pin a page to the menu, or unpin it."""
    form = forms.Pin(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    page = form.cleaned_data
    with responses.refusals_told(request):
        own_account.pin(user=request.user, label=page["label"], url=page["url"])
    return redirect(page["url"])


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak another language: kept in a cookie, and with the user who is signed in."""
    form = forms.Language(request.POST)
    response = _back(request)
    if form.is_valid():
        code = form.cleaned_data["language"]
        if request.user.is_authenticated:
            own_account.prefer(user=request.user, language=code)
        response.set_cookie(
            LANGUAGE_COOKIE,
            code,
            max_age=_YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    return response


def _prove(request: Request, password: str) -> None:
    """Take the present password as a proof; a person who has none shows what else there is."""
    if not request.user.has_usable_password():
        demand_proof(request)
        return
    step_up.present_password(user=request.user, password=password, at=clock.now())
    note_proof(request)


def _new_password(request: Request, new: str) -> HttpResponse:
    user = passwords.change(
        user=request.user,
        password=new,
        act=Act.now(request.user),
        keep_session=str(request.session.session_key),
    )
    auth.update_session_auth_hash(request, user)
    session_id = request.session.get("signed_in_id")
    if session_id:
        sessions.renamed(session_id=session_id, session_key=str(request.session.session_key))
    request.session.pop("signed_in_how", None)
    messages.success(request, _("Your password is changed. Other sessions are ended."))
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return HttpResponseRedirect(destinations.after_sign_in(request, user, wanted))


def _show_codes(request: Request, codes: list[str]) -> HttpResponse:
    context = {"title": _("Recovery codes"), "codes": codes}
    return render(request, "accounts/recovery_codes.html", context)


def _came_with_code(request: HttpRequest) -> bool:
    return request.session.get("signed_in_how") in {"code", "link"} and is_proven(request)


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("next", "")
    return HttpResponseRedirect(wanted if destinations.safe(request, wanted) else "/")
