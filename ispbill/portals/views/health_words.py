"""What the conditions of the health page are called, and what to do about each."""

from datetime import timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ispbill.core.formats import duration
from ispbill.portals.queries import health
from ispbill.portals.queries.health import Condition

# name → (in words, what to do when it is not well)
WORDS = {
    "oldest message due, seconds": (
        _("Oldest message due"),
        _("Look at the provider and at the worker of the queue “messages”."),
    ),
    "oldest code due, seconds": (
        _("Oldest sign-in code due"),
        _("Nobody can sign in by code: look at the SMS provider first."),
    ),
    "job past its slot, seconds": (
        _("Job past its time"),
        _("Look at System > Job runs; are the workers running?"),
    ),
    "jobs failed": (_("Jobs failed"), _("System > Job runs says why; run them again there.")),
    "scheduler silent, seconds": (
        _("Scheduler silent"),
        _("Start beat and a worker of the queue “default”."),
    ),
    "router silent, seconds": (
        _("Router silent"),
        _("Network > Routers says which; is its line or its power away?"),
    ),
    "line unsettled, seconds": (
        _("Line waiting for its router"),
        _("Look at the worker of the queue “router”."),
    ),
    "payment in doubt, seconds": (
        _("Payment whose fate is unknown"),
        _("Ask the gateway, or wait: it is asked again by itself."),
    ),
    "gateway notice unread, seconds": (
        _("Message of a gateway unread"),
        _("Look at the worker of the queue “default”."),
    ),
    "last proof, seconds": (_("Last proof of the books"), _("Run check_ledger.")),
    "findings of the proofs": (
        _("Findings of the proofs"),
        _("Stop billing, and look at Reports > Proofs."),
    ),
    "last backup, seconds": (
        _("Last copy"),
        _("Look at the job “Back up everything” and at the keeper's worker."),
    ),
    "last good restore, seconds": (
        _("Last good trial of a restore"),
        _("Run backup verify; without the secret key here, run it elsewhere."),
    ),
    "disk used, share": (_("Disk used"), _("Make room, or copies and uploads will be refused.")),
    "connections used, share": (
        _("Connections used"),
        _("Fewer processes, a pool, or PgBouncer (docs/admin/postgresql.md)."),
    ),
}
_TONES = {
    health.OK: ("success", "circle-check", _("Well")),
    health.WARNING: ("warning", "alert-triangle", _("Look soon")),
    health.CRITICAL: ("danger", "alert-circle", _("Critical")),
}


def rows(found: list[Condition]) -> list[dict[str, Any]]:
    """Return the conditions as the page shows them, the worst first."""
    order = [health.CRITICAL, health.WARNING, health.OK]
    return [_row(one) for one in sorted(found, key=lambda one: order.index(one.level))]


def _row(condition: Condition) -> dict[str, Any]:
    title, advice = WORDS[condition.name]
    tone, symbol, word = _TONES[condition.level]
    return {
        "title": title,
        "advice": advice if condition.level != health.OK else "",
        "tone": tone,
        "symbol": symbol,
        "word": word,
        "figure": _figure(condition, condition.figure),
        "warning": _figure(condition, condition.warning),
        "critical": _figure(condition, condition.critical),
    }


def _figure(condition: Condition, value: float | None) -> str:
    if value is None:
        return "—"
    if condition.name.endswith("seconds"):
        return duration(timedelta(seconds=round(value)), (get_language() or "en")[:2])
    if condition.name.endswith("share"):
        return f"{value:.0%}"
    return f"{value:.0f}"
