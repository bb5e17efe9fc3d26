"""How a job's line is at this moment: asked by a worker, for no router is called by the app.

The phone gets a ticket and comes back with it; the answer is kept for some minutes.
"""

import uuid
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from fieldservice.models import WorkOrder
from ispbill.accounts.models import User
from ispbill.core import formats, jobs
from network.models import Access
from network.services import live
from network.services.live import Echo

KEPT_FOR = 300  # seconds
Facts = list[list[str]]


def ask(*, order: WorkOrder, by: User) -> str:
    """Have the line of a job looked at; return the ticket, "" where it has no line.

    Stands in the transaction of the request: the worker is told after it.
    """
    lines = Access.objects.filter(subscription_id=order.subscription_id or 0)
    line = lines.exclude(desired_state=Access.State.REMOVED).first()
    if line is None:
        return ""
    ticket = uuid.uuid4().hex
    cache.set(_key(by, ticket), [], timeout=KEPT_FOR)
    jobs.after_commit(
        "fieldservice.check_line",
        line_id=line.pk,
        key=_key(by, ticket),
        language=translation.get_language(),
    )
    return ticket


def answer(*, ticket: str, by: User) -> Facts | None:
    """Return what the router said, [] while it is asked, None for a ticket that is none of theirs.

    Each fact is a label and a value.
    """
    found: Facts | None = cache.get(_key(by, ticket))
    return found


def run(*, line_id: int, key: str, language: str, at: datetime) -> bool:
    """Ask the router, and keep what it says under the key; tell whether there was a line."""
    line = Access.objects.select_related("router").filter(pk=line_id).first()
    if line is None:
        return False
    with translation.override(language):
        cache.set(key, facts(line, at=at), timeout=KEPT_FOR)
    return True


def facts(line: Access, *, at: datetime) -> Facts:
    """Return a line's desired state, its session or the last one, and a ping through the router."""
    said = [[_("Wanted"), str(line.get_desired_state_display())]]
    if line.confirmed_generation < line.generation:
        said.append([_("On the router"), _("not confirmed yet")])
    session = live.session_of(line=line, at=at)
    if session.error:
        return [*said, [_("Session"), session.error], *_noted(line)]
    if not session.is_online:
        gone = " ".join(filter(None, [session.last_logged_out, session.disconnect_reason]))
        return [*said, [_("Session"), _("none")], *([[_("Last session"), gone]] if gone else [])]
    said.append([_("Session"), " ".join(filter(None, [session.address, session.caller_id]))])
    if session.uptime_seconds:
        began = at - timedelta(seconds=session.uptime_seconds)
        said.append([_("Since"), formats.moment(began)])
    return [*said, [_("Ping"), _echo(live.ping(line=line))]]


def _noted(line: Access) -> Facts:
    if line.session_noted_at is None:
        return []
    state = _("on line") if line.has_session else _("off line")
    return [[_("Last seen"), f"{state}, {formats.moment(line.session_noted_at)}"]]


def _echo(echo: Echo) -> str:
    if echo.error:
        return echo.error
    said = _("%(received)d of %(sent)d came back") % {"received": echo.received, "sent": echo.sent}
    return f"{said}, {echo.milliseconds:.0f} ms" if echo.milliseconds is not None else said


def _key(by: User, ticket: str) -> str:
    return f"field:line:{by.pk}:{ticket}"
