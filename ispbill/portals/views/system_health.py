"""System > Health: is the business well, what runs here, which statements are slow."""

import json
import platform
from dataclasses import asdict

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, restored
from ispbill.portals.queries import readiness, slow_statements
from ispbill.portals.views import health_words
from ispbill.upkeep.queries import alarms, conditions, copies


@staff_only("jobs.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """Show every condition with its thresholds, the worst first, and what to do about it."""
    at = clock.now()
    found = conditions.conditions(at=at, real_at=clock.real_now())
    ready = readiness.look()
    versions = _versions()
    told = {
        "status": conditions.worst(found),
        "versions": versions,
        "not ready": {check.name: check.problem for check in (*ready.failing, *ready.degraded)},
        "conditions": [asdict(one) for one in found],
    }
    context = {
        "at": at,
        "worst": conditions.worst(found),
        "rows": health_words.rows(found),
        "alarms": health_words.alarms(
            alarms.lately(request.user, real_at=clock.real_now()), real_at=clock.real_now()
        ),
        "may_take_on": may(request.user, "alarms.take_on"),
        "checks": [*ready.failing, *ready.degraded],
        "ages": copies.ages(),
        "held": restored.current(),
        "versions": versions,
        "statements": slow_statements.slowest(),
        "diagnostics": json.dumps(told, indent=1),
        "may_see_copies": may(request.user, "backups.view"),
    }
    return render(request, "staff/health.html", context)


def _versions() -> dict[str, str]:
    major, minor = divmod(connection.cursor().connection.info.server_version, 10_000)
    return {
        "ispbill": settings.VERSION,
        "Python": platform.python_version(),
        "PostgreSQL": f"{major}.{minor}",
        str(_("Migrations")): readiness.migrations() or str(_("all applied")),
    }
