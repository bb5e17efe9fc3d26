"""Bring a line to its customer another way: by another router, under another name, by another
method.

What it leaves behind is taken off its old place as soon as that router can be reached; an open line
is first brought to the new one.
"""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from network.models import Access, Leftover, Method, Router
from network.services import addressing, desired_states, lines
from network.services.lines import LineRefused


def move_to_router(
    *, line: Access, router: Router, act: Act, username: str | None = None
) -> Access:
    """Move a line to another router, or give it another user name, or both, with a reason.

    The user on the old place goes once the new router has confirmed an open line, as soon as the
    old one can be reached. Raises LineRefused when the name is taken there or its fixed
    prefix cannot be told there, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    name = line.username if username is None else username
    lines.check(name, "")
    try:
        with transaction.atomic():
            trail.begin(act=act)
            line = lines.locked(line)
            before = (line.router_id, line.username)
            if before == (router.pk, name):
                return line
            if line.desired_state == Access.State.REMOVED:
                raise LineRefused(_("A removed line cannot be moved."))
            if router.archived_at is not None or not router.is_enabled:
                raise LineRefused(_("This router is not in use."))
            _leave(line, to=(router.pk, name, line.method), act=act)
            line.router, line.username = router, name
            addressing.check_prefix(line)
            _begin_anew(line, act=act)
            line.save()
            lines.record(
                "line.moved",
                line,
                f"router {before[0]}: {before[1]}",
                f"router {router.pk}: {name}",
                act=act,
            )
            desired_states.enqueue([before[0], router.pk])
            return line
    except IntegrityError as error:
        raise lines.explained(error) from error


def change_method(*, line: Access, method: str, act: Act, mac_address: str = "") -> Access:
    """Bring a line to its customer by another method, with a reason; it stays as open as it was.

    The line keeps its name, its address and its password. Raises LineRefused when the new method
    lacks what it is made of or cannot be told the line's fixed prefix, ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    way = Method(method)
    try:
        with transaction.atomic():
            trail.begin(act=act)
            line = lines.locked(line)
            if line.desired_state == Access.State.REMOVED:
                raise LineRefused(_("A removed line cannot be changed."))
            mac = lines.check_facts(
                way,
                address=line.static_ip,
                mac_address=mac_address or line.mac_address,
                password=line.sealed_password,
            )
            if (line.method, line.mac_address) == (way, mac):
                return line
            before = {"method": line.method, "mac_address": line.mac_address}
            _leave(line, to=(line.router_id, line.username, way), act=act)
            line.method, line.mac_address = way, mac
            addressing.check_prefix(line)
            _begin_anew(line, act=act)
            line.save()
            events.record(
                act=act,
                action="line.method_changed",
                target=line,
                before=before,
                after={"method": way.value, "mac_address": mac},
            )
            desired_states.enqueue([line.router_id])
            return line
    except IntegrityError as error:
        raise lines.explained(error) from error


def _leave(line: Access, *, to: tuple[int, str, str], act: Act) -> None:
    """Write down what has to go, unless it is where the line goes: then it is to stay."""
    router_id, username, method = to
    Leftover.objects.filter(
        access=line, router_id=router_id, username=username, method=method
    ).delete()
    if (line.router_id, line.username, line.method) == to:
        return
    Leftover.objects.get_or_create(
        access=line,
        router_id=line.router_id,
        username=line.username,
        method=line.method,
        defaults={"since": act.at},
    )


def _begin_anew(line: Access, *, act: Act) -> None:
    """Number what is wanted now of a place that has confirmed nothing yet."""
    line.confirmed_state = line.confirmed_profile = ""
    lines.number(line, act=act)
    line.password_generation = line.generation  # it may have been there with an older one
