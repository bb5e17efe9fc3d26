"""Let a router ask RADIUS about its lines, change how it does, and take it back."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access, Router
from network.radius.models import RadiusNas, RadiusUser
from network.radius.services import keys
from network.services import desired_states

# Every line is told anew, with its password: what knows of it is another from now on.
_ANEW = """
UPDATE network_access SET generation = generation + 1,
    password_generation = CASE WHEN sealed_password = '' THEN 0 ELSE generation + 1 END,
    desired_since = %s, desired_by_name = %s, desired_reason = %s, attempts = 0,
    next_attempt_at = NULL, is_on_hold = false, last_error = ''
WHERE id IN (SELECT id FROM network_access WHERE router_id = %s AND desired_state <> 'REMOVED'
             ORDER BY id FOR NO KEY UPDATE)
"""


class NasRefused(DomainError):
    """The router cannot ask RADIUS as described."""


@dataclass(frozen=True, kw_only=True)
class Door:
    """How a router asks: where its packets come from, what is shared with it, where it listens."""

    address: str
    secret: str
    coa_port: int
    ipv6_pool: str = ""


def enter(*, router: Router, door: Door, act: Act) -> RadiusNas:
    """Let a router ask RADIUS, or change how it does; an empty secret keeps the one there is.

    Raises NasRefused, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    try:
        with transaction.atomic():
            trail.begin(act=act)
            router = Router.objects.select_for_update(no_key=True).get(pk=router.pk)
            nas = RadiusNas.objects.filter(router=router).first()
            is_new = nas is None
            nas = nas or RadiusNas(router=router, since=act.at)
            before = {} if is_new else _snapshot(nas)
            if not door.secret and not nas.secret:
                raise NasRefused(_("A secret is needed: the router and FreeRADIUS share it."))
            nas.address, nas.coa_port, nas.ipv6_pool = door.address, door.coa_port, door.ipv6_pool
            after = _snapshot(nas)
            if door.secret:
                nas.secret = keys.seal(door.secret)
                after["secret"] = "replaced"  # noqa: S105 - the word for the log
            nas.save()
            if is_new:
                Router.objects.filter(pk=router.pk).update(uses_radius=True)
                _tell_anew(router, act=act)
            _record("router.radius_changed", router, before, after, act=act)
            return nas
    except IntegrityError as error:
        if "radius_nas_address_once" in str(error):
            raise NasRefused(_("Another router asks from this address.")) from error
        raise


@transaction.atomic
def leave(*, router: Router, act: Act) -> None:
    """Keep the lines of a router as users on it again.

    Raises NasRefused while one has a fixed prefix, which only RADIUS can tell; ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    router = Router.objects.select_for_update(no_key=True).get(pk=router.pk)
    nas = RadiusNas.objects.filter(router=router).first()
    if nas is None:
        return
    told = Access.objects.filter(router=router).exclude(delegated_prefix=None)
    if told.exclude(desired_state=Access.State.REMOVED).exists():
        raise NasRefused(
            _(
                "Lines of this router have a fixed IPv6 prefix, which only RADIUS can tell; "
                "release these first."
            )
        )
    before = _snapshot(nas)
    nas.delete()
    RadiusUser.objects.filter(line__router=router).delete()
    Router.objects.filter(pk=router.pk).update(uses_radius=False)
    _tell_anew(router, act=act)
    _record("router.radius_left", router, before, {}, act=act)


def _tell_anew(router: Router, *, act: Act) -> None:
    statements.run(_ANEW, [act.at, desired_states.name_of(act.actor), act.reason, router.pk])
    desired_states.enqueue([router.pk])


def _snapshot(nas: RadiusNas) -> dict[str, Any]:
    return {"address": str(nas.address), "coa_port": nas.coa_port, "ipv6_pool": nas.ipv6_pool}


def _record(
    action: str, router: Router, before: dict[str, Any], after: dict[str, Any], *, act: Act
) -> None:
    events.record(act=act, action=action, target=router, before=before, after=after)
