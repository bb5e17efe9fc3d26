"""The way out that nobody chose: a session that ends because of what was tried in it."""

from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ispbill.accounts.http import Request
from ispbill.accounts.models import SignedInSession
from ispbill.accounts.services import sessions
from ispbill.accounts.views.sign_in import door_of
from ispbill.core import clock


def shut_out(request: Request, why: str) -> HttpResponse:
    """End this session and lead to its door, where `why` is said."""
    user = request.user
    session_id = request.session.get("signed_in_id")
    session = SignedInSession.objects.filter(pk=session_id or 0).first()
    if session is not None:
        sessions.revoke(session=session, actor=user, at=clock.now(), reason=why)
    auth.logout(request)
    messages.error(request, why)
    target = reverse(door_of(user).name)
    if request.htmx:
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    return HttpResponseRedirect(target)
