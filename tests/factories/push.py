"""Devices with notifications on, at a push service of the test."""

from datetime import UTC, datetime

from ispbill.devtools.sandbox import push
from ispbill.notifications.models import PushDevice
from ispbill.notifications.services import push_keys

BORN = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def push_device(user, directory, *, app="PORTAL", name="Chrome on Android", session_id=None):
    """A device of a user, as the service in `directory` knows it."""
    key = push_keys.public_key(at=BORN)
    made = push.subscribe(directory, name=f"{name} of {user.pk}", key=key)
    return PushDevice.objects.create(
        user=user,
        app=app,
        endpoint=made.endpoint,
        p256dh=made.p256dh,
        auth=made.auth,
        name=name,
        session_id=session_id,
        made_at=BORN,
    )
