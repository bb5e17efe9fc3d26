"""Session, language and actor of a request."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation

from ispbill import logs
from ispbill.accounts import responses
from ispbill.accounts.access import ProofNeeded
from ispbill.accounts.http import LANGUAGE_COOKIE, Request, client_ip
from ispbill.accounts.services import second_factor, sessions
from ispbill.accounts.views import step_up
from ispbill.core import clock, replica
from ispbill.core.models import Company

_SEEN_EVERY_SECONDS = 60
_LIVE_HEADER = "X-Live"  # static/js/live.js
_DJANGO_ADMIN = "admin"  # the namespace of its addresses; its views carry no mark of ours
_GUARDED = {"staff", "customer", "reseller", "technician"}


class SignedIn:
    """End sessions that were revoked, left idle or are too old; send first things first.

    A revoked session has lost its row in the session table and is dead at once; the look at our
    own list each minute also catches one that a cache still remembers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not self._is_alive(request):
            auth.logout(request)
        if _is_of_another(request):
            return responses.reloaded(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Before any page of the four audiences: a new password, and a second factor if asked.

        Django's own admin is a door to everything and knows neither.
        """
        user = request.user
        if not user.is_authenticated or not _is_guarded(request, view):
            return None
        if user.must_change_password:
            return _instead(request, "accounts:password")
        if second_factor.is_missing(user):
            return _instead(request, "accounts:second-factor")
        return None

    def _is_alive(self, request: HttpRequest) -> bool:
        session, user = request.session, request.user
        now = clock.real_now()
        seen = session.get("seen_at")
        if seen is not None:
            idle = now.timestamp() - seen
            if getattr(user, "is_console_user", False) and idle > settings.STAFF_IDLE_SECONDS:
                return False
            if now.timestamp() - session.get("began_at", seen) > sessions.LONGEST.total_seconds():
                return False
            if idle < _SEEN_EVERY_SECONDS:
                return True
        session_id = session.get("signed_in_id")
        if _LIVE_HEADER in request.headers:  # asked by the page, not by the person before it
            return session_id is None or sessions.is_there(session_id=session_id)
        session["seen_at"] = now.timestamp()
        return session_id is None or sessions.seen(session_id=session_id, real_at=now)


class Preferences:
    """Speak the user's language: own choice, cookie, or the company's default."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.known = {code for code, _name in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        company = Company.current()
        wanted = [
            getattr(user, "language", "") if user is not None and user.is_authenticated else "",
            request.COOKIES.get(LANGUAGE_COOKIE, ""),
            company.default_language,
        ]
        language = next((code for code in wanted if code in self.known), "en")
        with translation.override(language), timezone.override(company.time_zone):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class Actor:
    """Name the signed-in user and the visitor's address for the logs of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        label = f"user:{user.pk}" if user is not None and user.is_authenticated else "-"
        request.actor_label = label  # type: ignore[attr-defined]  # for the line of the access log
        actor = logs.actor_label.set(label)
        address = logs.client_ip.set(client_ip(request))
        try:
            response = self.get_response(request)
            if request.method not in {"GET", "HEAD", "OPTIONS"} and request.user.pk is not None:
                replica.wrote(request.user.pk)
            return response
        finally:
            logs.actor_label.reset(actor)
            logs.client_ip.reset(address)


class StepUp:
    """Ask for a fresh proof of identity where a view wants one, and take it wherever it comes.

    It comes together with what was asked for at first, at the same address; so nothing is kept
    meanwhile, and the page works without a script.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Take a proof before the view, outside of its transaction."""
        audience = getattr(view, "audience", "")
        if audience not in {*_GUARDED, "signed-in"} or not request.user.is_authenticated:
            return None
        return step_up.answered(cast(Request, request)) if step_up.is_answer(request) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer with the dialog; what the view did so far is undone with its transaction."""
        return step_up.asked(cast(Request, request)) if isinstance(error, ProofNeeded) else None


def _is_of_another(request: HttpRequest) -> bool:
    """Tell whether somebody else has signed in since the page was loaded that asks this.

    Nothing typed by one person is done in the name of another: the page is loaded anew.
    """
    of = request.headers.get("X-Page-User", "")
    return bool(of) and request.user.is_authenticated and of != str(request.user.pk)


def _is_guarded(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    found = request.resolver_match
    in_admin = found is not None and _DJANGO_ADMIN in found.namespaces
    return in_admin or getattr(view, "audience", "") in _GUARDED


def _instead(request: HttpRequest, name: str) -> HttpResponse:
    target = f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}"
    return responses.sign_in_at(request, target)
