"""The key pair by which push services know us: made at first use, and made anew."""

from datetime import datetime

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.notifications.gateways.web_push import PLACE
from ispbill.notifications.models import PushDevice, PushKeys
from ispbill.notifications.rules import push_sealing


def secret_place(_keys: PushKeys) -> str:
    """Return what the private key is bound to."""
    return PLACE


def public_key(*, at: datetime) -> str:
    """Return the public key, which browsers subscribe with; made when it is asked for first."""
    known = PushKeys.objects.filter(pk=1).values_list("public_key", flat=True).first()
    if known is not None:
        return known
    with transaction.atomic():
        pair = push_sealing.new_pair()
        row, _created = PushKeys.objects.get_or_create(
            pk=1,
            defaults={
                "public_key": pair.public,
                "sealed_private_key": crypto.seal(pair.private, context=PLACE),
                "made_at": at,
            },
        )
    return row.public_key


@transaction.atomic
def renew(*, act: Act[User | None]) -> int:
    """Make new keys; every device has to be switched on again. Return how many there were."""
    trail.begin(act=act)
    devices, _by_model = PushDevice.objects.all().delete()
    PushKeys.objects.filter(pk=1).delete()
    public_key(at=act.at)
    events.record(
        act=act,
        action="push_keys.renewed",
        target=PushKeys.objects.get(pk=1),
        label="push keys",
        after={"devices": devices},
    )
    return devices
