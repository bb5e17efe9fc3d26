"""A phone that was ended gets nothing and sends nothing: its next contact is the farewell."""

from django.http import Http404

from fieldservice.services import devices
from ispbill.accounts.http import Request
from ispbill.core import clock, rls

# What only a phone gets that the office knows. What another one sends is taken: it may be money.
ONLY_KNOWN = frozenset({"field:day", "field:round-day"})


def refuse_ended(request: Request) -> None:
    """Raise Http404 for a phone that names itself and was ended, or is somebody else's.

    Every technician's view asks this. The session a phone uses now is noted: it ends with it.
    """
    token = request.headers.get("X-Field-Device", "")
    if not token:
        return
    with rls.as_house():
        device = devices.called(
            token=token,
            by=request.user,
            session_id=request.session.get("signed_in_id"),
            at=clock.now(),
        )
    match = request.resolver_match
    if device is None and (match is None or match.view_name not in ONLY_KNOWN):
        return
    if device is None or device.ended_at is not None or device.person_id != request.user.pk:
        raise Http404
