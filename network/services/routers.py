"""Take routers into the books, change how they are reached, and try the connection."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core import crypto, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.jobs import after_commit
from network.gateways.base import Diagnosis, RouterError
from network.models import Access, Router
from network.rules import logins
from network.services import connections, desired_states

EDITABLE = (
    "name", "host", "port", "uses_tls", "tls_fingerprint", "username", "branch", "site",
    "default_method", "dhcp_server", "burst_percent", "burst_seconds", "suspend_mode",
    "walled_profile", "local_address", "address_pool", "walled_pool", "is_enabled",
)  # fmt: skip
_REACH = {"host", "port", "uses_tls", "tls_fingerprint", "username", "is_enabled"}
_CLOSING = {"suspend_mode", "walled_profile"}
_EVERY_LINE = {"dhcp_server", "burst_percent", "burst_seconds"}


class RouterRefused(DomainError):
    """The router cannot be kept as described."""


def check_reachable_address(*, host: str, port: int) -> None:
    """Raise RouterRefused for an address that is not allowed or a name that is not known."""
    try:
        connections.check_address(host=host, port=port)
    except RouterError as error:
        raise RouterRefused(worded(error)) from error


def add(*, values: Mapping[str, Any], password: str, act: Act) -> Router:
    """Take a router into the books and look whether it answers. `values`: see EDITABLE.

    Raises RouterRefused for an address we may not call, control characters, or a name in use.
    """
    router = Router(**{name: values[name] for name in EDITABLE if name in values})
    _check(router, password)
    router.sealed_password = crypto.seal(password, context=connections.secret_place(router))
    try:
        with transaction.atomic():
            trail.begin(act=act.because(""))
            router.added_at = act.at
            router.save()
            events.record(act=act, action="router.added", target=router, after=_snapshot(router))
            after_commit("network.check_router", router_id=router.pk)
    except IntegrityError as error:
        raise _explained(error) from error
    return router


def edit(*, router: Router, values: Mapping[str, Any], password: str, act: Act) -> Router:
    """Change a router; an empty `password` keeps the stored one.

    Another address needs the password again, or it could be sent to somebody who must not have it.
    Suspended lines are told anew when the way of suspending changes, all of them when what every
    line has there does. Raises RouterRefused,
    ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    if set(values) & {"host", "port"}:
        check_reachable_address(
            host=values.get("host", router.host), port=values.get("port", router.port)
        )
    try:
        with transaction.atomic():
            trail.begin(act=act)
            router = Router.objects.select_for_update(no_key=True).get(pk=router.pk)
            if not password and values.get("host", router.host) != router.host:
                raise RouterRefused(_("Another address needs the password typed again."))
            was = _snapshot(router)
            for name in EDITABLE:
                if name in values:
                    setattr(router, name, values[name])
            _check_characters(router, password)
            before, after = events.changes(was, _snapshot(router))
            if password:
                router.sealed_password = crypto.seal(
                    password, context=connections.secret_place(router)
                )
                after["password"] = "replaced"  # noqa: S105 - the word for the log, no password
            if not after:
                return router
            if password or _REACH & set(after):
                router.status, router.status_note = Router.Status.UNKNOWN, ""
                router.failures_in_a_row, router.next_attempt_at = 0, None
            router.save()
            events.record(
                act=act, action="router.changed", target=router, before=before, after=after
            )
            _tell_lines_anew(router, set(after), act=act)
            after_commit("network.check_router", router_id=router.pk)
    except IntegrityError as error:
        raise _explained(error) from error
    return router


def try_connection(*, router: Router, password: str | None = None) -> Diagnosis:
    """Try a router step by step while somebody waits; writes nothing. It may be unsaved."""
    with connections.open_router(
        router, limits=connections.WHILE_SOMEBODY_WAITS, password=password
    ) as link:
        return link.test_connection()


@transaction.atomic
def retry(*, router: Router, act: Act) -> None:
    """Stop leaving a router alone: call it now, and try again what it refused."""
    trail.begin(act=act.because(""))
    Router.objects.filter(pk=router.pk).update(next_attempt_at=None)
    desired_states.end_hold(router_id=router.pk)
    router.leftovers.update(next_attempt_at=None)
    after_commit("network.check_router", router_id=router.pk)


def try_typed(*, tried: Router, password: str, known: Router | None) -> Diagnosis:
    """Try what somebody has typed; without a password the one of `known`, at its address only.

    Raises RouterRefused.
    """
    if not password:
        if known is None or known.host != tried.host:
            raise RouterRefused(_("Another address needs the password typed again."))
        password = connections.password_of(known)
    return try_connection(router=tried, password=password)


def worded(error: RouterError) -> str:
    """Return what went wrong in the reader's language."""
    return _(error.template) % error.values


def _check(router: Router, password: str) -> None:
    _check_characters(router, password)
    check_reachable_address(host=router.host, port=router.port)


def _check_characters(router: Router, password: str) -> None:
    words = (router.username, password, router.host, router.walled_profile, router.dhcp_server)
    if any(logins.has_control_characters(word) for word in words):
        raise RouterRefused(_("Line breaks and other control characters are not allowed."))


def _snapshot(router: Router) -> dict[str, Any]:
    return {
        ("branch_id" if name == "branch" else name): (
            router.branch_id if name == "branch" else getattr(router, name)
        )
        for name in EDITABLE
    }


def _tell_lines_anew(router: Router, changed: set[str], *, act: Act) -> None:
    """Number the lines anew that a change of the router concerns."""
    states: list[str] = []
    if (_CLOSING | _EVERY_LINE) & changed:
        states.append(Access.State.WALLED)
    if _EVERY_LINE & changed:
        states.append(Access.State.OPEN)
    if not states:
        return
    statements.run(
        "UPDATE network_access SET generation = generation + 1, desired_since = %s,"
        " desired_by_name = %s, desired_reason = %s, attempts = 0, next_attempt_at = NULL,"
        " is_on_hold = false, last_error = ''"
        " WHERE id IN (SELECT id FROM network_access WHERE router_id = %s"
        "              AND desired_state = ANY(%s) ORDER BY id FOR NO KEY UPDATE)",
        [
            act.at,
            desired_states.name_of(act.actor),
            act.reason,
            router.pk,
            [str(state) for state in states],
        ],
    )


def _explained(error: IntegrityError) -> RouterRefused:
    if "router_name_once" in str(error):
        return RouterRefused(_("Another router has this name already."))
    raise error
