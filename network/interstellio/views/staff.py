"""A-33, /admin/network/usage/sync/: what Interstellio counted, how that does, its settings."""

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, jobs
from ispbill.core.acts import Act
from network.interstellio.forms.settings import AgainForm, SettingsForm
from network.interstellio.queries import stands
from network.interstellio.services import accounts, reading
from network.usage.queries import manual


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show the last runs, services that are behind, and names nobody knows."""
    context: dict[str, Any] = {
        "stand": stands.stand(request.user, at=clock.now()),
        "files": manual.latest(request.user),
        "may_edit": may(request.user, "network.edit"),
        "may_set": may(request.user, "settings.edit"),
    }
    return responses.region(
        request,
        context,
        part="network/interstellio/staff/_index.html",
        page="network/interstellio/staff/index.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@freshly_proven
@editing.one_at_a_time
def change(request: Request) -> HttpResponse:
    """Change where and as whom we ask, with a reason."""
    row = editing.held(request, accounts.held(), no_key=True)
    form = editing.form(
        request, SettingsForm, about=row, sealed={"password": row.sealed_password}, row=row
    )

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        accounts.change(values=form.values(), password=given["password"], act=act)
        return _("Saved.")

    return responses.carried_out(
        request, form, run, heading=_("Interstellio"), label=_("Save"), back=_index()
    )


@require_POST
@staff_only("settings.edit")
def try_out(request: Request) -> HttpResponse:
    """Sign in with what is kept, and say what went wrong."""
    problem = accounts.try_out()
    if problem:
        messages.error(request, _("Interstellio: %(problem)s") % {"problem": problem})
    else:
        messages.success(request, _("Interstellio answers, and the login works."))
    return responses.go(request, _index())


@require_POST
@staff_only("network.edit")
def read_now(request: Request) -> HttpResponse:
    """Have everybody read now instead of at the next hour."""
    jobs.enqueue("network.read_interstellio")
    messages.success(request, _("It is being read; the page shows how far it is."))
    return responses.go(request, _index())


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def read_again(request: Request) -> HttpResponse:
    """Have everything since a day read anew with the next run."""
    form = AgainForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        since = datetime.combine(given["since"], time(), tzinfo=clock.zone())
        count = reading.read_again(since=since)
        jobs.enqueue("network.read_interstellio")
        return _("%(count)s services are being read anew.") % {"count": count}

    return responses.carried_out(
        request, form, run, heading=_("Read again"), label=_("Read again"), back=_index()
    )


def _index() -> str:
    return reverse("staff_network:usage-sync")
