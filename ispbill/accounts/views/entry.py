"""The last step of every way in: the session itself."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

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
    return HttpResponseRedirect(destination)
