"""A phone that was ended gets nothing and sends nothing: its next contact is the farewell."""

from django.http import Http404

from fieldservice.services import devices
from ispbill.accounts.http import Request
from ispbill.core import clock, rls


def refuse_ended(request: Request) -> None:
    """Raise Http404 for a phone that names itself and was ended, or is somebody else's."""
    token = request.headers.get("X-Field-Device", "")
    if not token:
        return
    with rls.as_house():
        device = devices.called(token=token, at=clock.now())
    if device is None or device.ended_at is not None or device.person_id != request.user.pk:
        raise Http404
