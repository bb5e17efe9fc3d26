"""The RADIUS tab of a router: how it does, its secret, its commands; and the settings for all."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from network.models import Router
from network.queries import routers as router_queries
from network.radius.forms.doors import DoorForm, SettingsForm
from network.radius.models import RadiusNas
from network.radius.queries import stands
from network.radius.services import routers, settings
from network.views import routers as router_pages


@require_GET
@staff_only("network.view")
def tab(request: Request, pk: int) -> HttpResponse:
    """Show how a router's RADIUS does, or how to put it on RADIUS."""
    router = _router(request, pk)
    at = clock.now()
    stand = stands.of_router(router, at=at)
    context: dict[str, Any] = {
        "stand": stand,
        "is_heard": stand is not None and stand.is_heard(at),
        "answers": stands.answers_of(stand.nas) if stand is not None else [],
        "server_address": settings.held().server_address,
        "may_set": may(request.user, "settings.edit"),
    }
    return router_pages.tab(
        request, router, "radius", context, template="network/radius/staff/_tab.html"
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
@freshly_proven
@editing.one_at_a_time
def change(request: Request, pk: int) -> HttpResponse:
    """Put a router on RADIUS, or change how it asks, with a reason."""
    router = _router(request, pk)
    nas = RadiusNas.objects.filter(router=router).first()
    if nas is not None:
        nas = editing.held(request, nas, no_key=True)
    form = editing.form(
        request, DoorForm, about=nas, sealed={"secret": nas.secret if nas else ""}, nas=nas
    )

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        routers.enter(router=router, door=form.door(), act=act)
        return _("Saved. New sign-ons are answered so from now on.")

    heading = _("RADIUS of %(name)s") % {"name": router.name}
    new = [
        _("Its lines sign on at RADIUS; FreeRADIUS answers them by what they shall be."),
        _("Users of ours on the router are removed, and their sessions come back by RADIUS."),
    ]
    return responses.carried_out(
        request,
        form,
        run,
        heading=heading,
        label=_("Save") if nas else _("Put on RADIUS"),
        back=_tab(router),
        effects=[] if nas else new,
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
@freshly_proven
def leave(request: Request, pk: int) -> HttpResponse:
    """Keep a router's lines as users on it again, with a reason."""
    router = _router(request, pk)
    form = ReasonForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        routers.leave(router=router, act=Act.now(request.user, reason=given["reason"]))
        return _("The lines are being made users of the router again.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Take %(name)s off RADIUS") % {"name": router.name},
        label=_("Take off RADIUS"),
        back=_tab(router),
        effects=[
            _("Every line becomes a user of the router again, with its password."),
            _("FreeRADIUS no longer answers this router."),
        ],
        danger=True,
    )


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def change_settings(request: Request) -> HttpResponse:
    """Change where routers find the RADIUS server, with a reason."""
    row = editing.held(request, settings.held(), no_key=True)
    initial = {"server_address": row.server_address}
    form = editing.form(request, SettingsForm, about=row, initial=initial)
    back = reverse("staff_network:routers")

    def run(given: dict[str, Any]) -> str:
        given = dict(given)
        act = Act.now(request.user, reason=given.pop("reason"))
        settings.change(values=given, act=act)
        return _("Saved.")

    return responses.carried_out(
        request, form, run, heading=_("RADIUS server"), label=_("Save"), back=back
    )


def _router(request: Request, pk: int) -> Router:
    return get_object_or_404(router_queries.listed(request.user), pk=pk)


def _tab(router: Router) -> str:
    return reverse("staff_network:router-radius", args=[router.pk])
