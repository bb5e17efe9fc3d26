"""Addresses of programs: added, changed, paused, given a new secret, switched on again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events as trail_events
from ispbill.audit.services import trail
from ispbill.core import clock, crypto, outbound
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.webhooks.models import Delivery, Endpoint
from ispbill.webhooks.rules import events, signing

BOTH_SIGN = timedelta(hours=24)
MOST = 20


class NotAcceptable(DomainError):
    """The address is never called, no known event was chosen, or there are too many addresses."""


@transaction.atomic
def add(
    *, name: str, url: str, chosen: Sequence[str], includes_personal: bool, act: Act[User]
) -> tuple[Endpoint, str]:
    """Add an address; return it and its secret, which nobody can see again.

    Raises NotAcceptable.
    """
    trail.begin(act=act)
    if Endpoint.objects.count() >= MOST:
        raise NotAcceptable(_("There are as many addresses as there may be."))
    secret = signing.new_key()
    endpoint = Endpoint(
        name=name.strip(),
        url=_checked(url),
        events=_known(chosen),
        includes_personal=includes_personal,
        created_at=clock.real_now(),
        created_by=act.actor,
    )
    endpoint.sealed_secret = crypto.seal(secret, context=endpoint.context)
    endpoint.save()
    _record(act, "webhook.added", endpoint, after=_said(endpoint))
    return endpoint, secret


@transaction.atomic
def change(
    *,
    endpoint: Endpoint,
    name: str,
    url: str,
    chosen: Sequence[str],
    includes_personal: bool,
    act: Act[User],
) -> None:
    """Change where to and of what an address is told. Raises NotAcceptable."""
    trail.begin(act=act)
    endpoint = _held(endpoint)
    before = _said(endpoint)
    endpoint.name, endpoint.url = name.strip(), _checked(url)
    endpoint.events, endpoint.includes_personal = _known(chosen), includes_personal
    endpoint.save(update_fields=["name", "url", "events", "includes_personal"])
    old, new = trail_events.changes(before, _said(endpoint))
    if new:
        _record(act, "webhook.changed", endpoint, before=old, after=new)


@transaction.atomic
def rotate(*, endpoint: Endpoint, act: Act[User]) -> str:
    """Give an address a new secret and return it; the old one signs beside it for a day."""
    trail.begin(act=act)
    endpoint = _held(endpoint)
    old, new = crypto.unseal(endpoint.sealed_secret, context=endpoint.context), signing.new_key()
    endpoint.sealed_old_secret = crypto.seal(old, context=endpoint.context)
    endpoint.old_secret_until = clock.real_now() + BOTH_SIGN
    endpoint.sealed_secret = crypto.seal(new, context=endpoint.context)
    endpoint.save(update_fields=["sealed_secret", "sealed_old_secret", "old_secret_until"])
    _record(act, "webhook.rotated", endpoint)
    return new


@transaction.atomic
def pause(*, endpoint: Endpoint, act: Act[User]) -> None:
    """Keep what happens for later. Twice is once."""
    trail.begin(act=act)
    endpoint = _held(endpoint)
    if not endpoint.is_paused:
        endpoint.is_paused = True
        endpoint.save(update_fields=["is_paused"])
        _record(act, "webhook.paused", endpoint)


@transaction.atomic
def resume(*, endpoint: Endpoint, act: Act[User]) -> None:
    """Go on sending, after a pause or after it was switched off. Twice is once."""
    trail.begin(act=act)
    endpoint = _held(endpoint)
    if not endpoint.is_paused and endpoint.off_at is None:
        return
    endpoint.is_paused, endpoint.failing_since = False, None
    endpoint.off_at, endpoint.off_reason = None, ""
    endpoint.save(update_fields=["is_paused", "failing_since", "off_at", "off_reason"])
    _record(act, "webhook.resumed", endpoint)


@transaction.atomic
def remove(*, endpoint: Endpoint, act: Act[User]) -> None:
    """Forget an address with its secrets and its log; the trail keeps that it was there.

    Raises ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    endpoint = _held(endpoint)
    _record(act, "webhook.removed", endpoint, before=_said(endpoint))
    Delivery.objects.filter(endpoint=endpoint).delete()
    endpoint.delete()


def keys(endpoint: Endpoint, *, real_at: datetime) -> list[str]:
    """Return the secrets that sign now, newest first."""
    sealed = [endpoint.sealed_secret]
    if endpoint.old_secret_until is not None and real_at < endpoint.old_secret_until:
        sealed.append(endpoint.sealed_old_secret)
    return [crypto.unseal(one, context=endpoint.context) for one in sealed]


def _checked(url: str) -> str:
    try:
        outbound.check_web(url.strip())
    except outbound.NotCallable as error:
        raise NotAcceptable(_("This address cannot be called: {why}.").format(why=error)) from error
    return url.strip()


def _known(chosen: Sequence[str]) -> list[str]:
    if not chosen or set(chosen) - set(events.EVENTS):
        raise NotAcceptable(_("Choose what the address is told."))
    return sorted(set(chosen))


def _said(endpoint: Endpoint) -> dict[str, object]:
    return {
        "name": endpoint.name,
        "url": endpoint.url,
        "events": endpoint.events,
        "includes_personal": endpoint.includes_personal,
    }


def _held(endpoint: Endpoint) -> Endpoint:
    return Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)


def _record(
    act: Act[User],
    action: str,
    endpoint: Endpoint,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    trail_events.record(act=act, action=action, target=endpoint, before=before, after=after)
