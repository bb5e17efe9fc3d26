"""Devices that want notifications: switched on by their owner there, and off again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import outbound
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.gateways.base import Accepted, Outcome, Rejected
from ispbill.notifications.models import Message, PushDevice
from ispbill.notifications.rules import push_sealing

MOST = 10  # devices of a person; the one unused longest makes room


class NotKept(DomainError):
    """What the browser gave is no subscription we may call."""


@dataclass(frozen=True)
class Subscription:
    """What a browser gives (Push API): untrusted."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True)
class Place:
    """Where it was switched on."""

    app: str
    name: str
    session_id: int | None


def keep(*, asked: Subscription, place: Place, act: Act[User]) -> PushDevice:
    """Switch notifications on for a device; one that changes hands goes with its new owner.

    Raises NotKept; asks the resolver, so not for a transaction.
    """
    _judge(asked)
    return _kept(asked, place, act=act)


@transaction.atomic
def _kept(asked: Subscription, place: Place, *, act: Act[User]) -> PushDevice:
    trail.begin(act=act)
    known = PushDevice.objects.select_for_update().filter(endpoint=asked.endpoint).first()
    is_new = known is None or known.user_id != act.actor.pk
    device = known or PushDevice(endpoint=asked.endpoint, made_at=act.at)
    if is_new:
        device.user, device.made_at, device.used_at, device.failed_at = (
            act.actor,
            act.at,
            None,
            None,
        )
    device.p256dh, device.auth = asked.p256dh.rstrip("="), asked.auth.rstrip("=")
    device.app, device.name, device.session_id = place.app, place.name[:60], place.session_id
    device.save()
    if is_new:
        _record(device, "push_device.added", act=act)
        _make_room(act.actor, besides=device)
    return device


@transaction.atomic
def remove(*, device: PushDevice, act: Act[User]) -> None:
    """Switch notifications off for a device."""
    trail.begin(act=act)
    _record(device, "push_device.removed", act=act)
    device.delete()


def signed_out(session_id: int) -> int:
    """Forget the devices of a session that was ended; return how many there were."""
    return PushDevice.objects.filter(session_id=session_id).delete()[0]


def forget(user: User) -> int:
    """Forget all devices of a person who is gone; return how many there were."""
    return PushDevice.objects.filter(user=user).delete()[0]


def tried(message: Message, outcome: Outcome, *, at: datetime) -> None:
    """Note on the device what a push service said; one that is no more is forgotten."""
    number = message.recipient.rpartition("#")[2]
    devices = PushDevice.objects.filter(pk=int(number) if number.isdigit() else 0)
    if isinstance(outcome, Rejected) and outcome.is_gone:
        devices.delete()
    elif isinstance(outcome, Accepted):
        devices.update(used_at=at)
    else:
        devices.update(failed_at=at)


def _judge(asked: Subscription) -> None:
    refused = _("This browser's notifications cannot be used: %(reason)s.")
    longest = PushDevice._meta.get_field("endpoint").max_length or 0
    if len(asked.endpoint) > longest:
        raise NotKept(refused % {"reason": _("its address is too long")})
    try:
        push_sealing.check(asked.p256dh, asked.auth)
        outbound.check_web(asked.endpoint)
    except (push_sealing.BadKeys, outbound.NotCallable) as error:
        raise NotKept(refused % {"reason": error}) from error


def _make_room(user: User, *, besides: PushDevice) -> None:
    others = PushDevice.objects.filter(user=user).exclude(pk=besides.pk)
    kept = others.order_by("-made_at", "-pk").values_list("pk", flat=True)[: MOST - 1]
    others.exclude(pk__in=list(kept)).delete()


def _record(device: PushDevice, action: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=action,
        target=device,
        label=device.address,
        branch_id=act.actor.branch_id,
        after={"device": device.name, "app": device.app},
    )
