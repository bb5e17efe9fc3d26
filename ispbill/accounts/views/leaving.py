"""The way out that nobody chose: a session that ends because of what was tried in it."""

from django.contrib import auth, messages
from django.http import HttpResponse
from django.urls import reverse

from ispbill.accounts import responses
from ispbill.accounts.http import Request
from ispbill.accounts.models import SignedInSession
from ispbill.accounts.services import sessions
from ispbill.accounts.views.sign_in import door_of
from ispbill.core.acts import Act


def shut_out(request: Request, why: str) -> HttpResponse:
    """End this session and lead to its door, where `why` is said."""
    user = request.user
    session_id = request.session.get("signed_in_id")
    session = SignedInSession.objects.filter(pk=session_id or 0).first()
    if session is not None:
        sessions.revoke(session=session, act=Act.now(user, reason=why))
    auth.logout(request)
    messages.error(request, why)
    target = reverse(door_of(user).name)
    return responses.sign_in_at(request, target)
