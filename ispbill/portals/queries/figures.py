"""The figures a monitor asks for at /metrics."""

from datetime import datetime, timedelta

from ispbill.accounts.services import code_budget
from ispbill.audit.models import JobRun
from ispbill.core import heartbeats
from ispbill.notifications.models import Message
from ispbill.notifications.queries import outbox


def look(*, at: datetime, real_at: datetime) -> dict[str, float]:
    """Return the monitor's figures by name (seconds, or counts)."""
    beat = heartbeats.last_beat()
    oldest = outbox.oldest_due(at)
    return {
        "outbox_queued": Message.objects.filter(state=Message.State.QUEUED).count(),
        "outbox_oldest_seconds": (at - oldest).total_seconds() if oldest else 0.0,
        "scheduler_silent_seconds": (real_at - beat).total_seconds() if beat else -1.0,
        "job_runs_running": JobRun.objects.filter(status=JobRun.Status.RUNNING).count(),
        "job_runs_failed_day": JobRun.objects.filter(
            status=JobRun.Status.FAILED, started_at__gt=at - timedelta(days=1)
        ).count(),
        'budget_used_ratio{budget="one-time-codes"}': code_budget.used_ratio(),
    }
