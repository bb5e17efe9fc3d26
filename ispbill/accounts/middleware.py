"""Language, theme and actor of a request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from ispbill import logs
from ispbill.core.models import Company

LANGUAGE_COOKIE = "ispbill_language"


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
    """Name the signed-in user in the log lines of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        label = f"user:{user.pk}" if user is not None and user.is_authenticated else "-"
        token = logs.actor_label.set(label)
        try:
            return self.get_response(request)
        finally:
            logs.actor_label.reset(token)
