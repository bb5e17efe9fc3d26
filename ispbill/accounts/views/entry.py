"""The last step of every way in: the session itself."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django_htmx.http import trigger_client_event

from ispbill.accounts import destinations
from ispbill.accounts.access import note_proof
from ispbill.accounts.http import client_ip
from ispbill.accounts.models import User
from ispbill.accounts.services import sessions
from ispbill.accounts.services.sign_in import Device
from ispbill.core import clock

BACKEND = "ispbill.accounts.backends.LoginBackend"


def device(request: HttpRequest) -> Device:
    """Return where this request comes from."""
    return Device(ip=client_ip(request), user_agent=request.headers.get("User-Agent", ""))


def enter(
    request: HttpRequest, user: User, *, how: str, wanted: str, second_factor: str = ""
) -> HttpResponse:
    """Sign the user in under a new session key and lead to where they were going."""
    destination = destinations.after_sign_in(request, user, wanted)
    auth.login(request, user, backend=BACKEND)
    real_at = clock.real_now()
    row = sessions.begin(
        user=user,
        session_key=str(request.session.session_key),
        device=device(request),
        how=how,
        second_factor=second_factor,
        at=clock.now(),
        real_at=real_at,
    )
    request.session.update(
        {
            "signed_in_id": row.pk,
            "signed_in_how": how,
            "began_at": real_at.timestamp(),
            "seen_at": real_at.timestamp(),
        }
    )
    note_proof(request)
    for leftover in ("waiting", "code_login"):
        request.session.pop(leftover, None)
    return is_in(request, user) if _is_over(request) else HttpResponseRedirect(destination)


def is_in(request: HttpRequest, user: User) -> HttpResponse:
    """Tell a page whose session had ended who has signed in over it.

    The old token of its forms went with the old session; here is the new one.
    """
    response = HttpResponse(status=204)
    told = {"user": user.pk, "token": get_token(request)}
    return trigger_client_event(response, "signed-in", told)


def _is_over(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", None))
