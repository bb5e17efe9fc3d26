"""What the conditions of the health page are called, what to do about each, and its figure."""

from datetime import timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ispbill.core.formats import duration
from ispbill.upkeep.queries.conditions import Condition

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
    "webhook not taken, seconds": (
        _("Webhook address that takes nothing"),
        _("Settings > Webhooks says which and what it answers; mend it, then switch it on."),
    ),
    "disk used, share": (_("Disk used"), _("Make room, or copies and uploads will be refused.")),
    "connections used, share": (
        _("Connections used"),
        _("Fewer processes, a pool, or PgBouncer (docs/admin/postgresql.md)."),
    ),
    "replica behind, seconds": (
        _("Replica behind"),
        _("Reports are read from the primary meanwhile; look why the replica does not follow."),
    ),
    "virus scanners away": (
        _("Virus scanner away"),
        _("No file is taken from anybody meanwhile: start clamav-daemon."),
    ),
}


def figure(condition: Condition, value: float | None) -> str:
    """Return a figure of a condition in its own measure; a dash where none was taken."""
    if value is None:
        return "—"
    if condition.name.endswith("seconds"):
        return duration(timedelta(seconds=round(value)), (get_language() or "en")[:2])
    if condition.name.endswith("share"):
        return f"{value:.0%}"
    return f"{value:.0f}"
