"""Settings > Webhooks: addresses of programs; a secret is shown once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from ispbill.webhooks.forms.endpoints import EndpointForm
from ispbill.webhooks.models import Endpoint
from ispbill.webhooks.queries import endpoints as queries
from ispbill.webhooks.services import endpoints


@require_GET
@staff_only("webhooks.view")
def index(request: Request) -> HttpResponse:
    """List the addresses and how they are."""
    context = {
        "endpoints": queries.listed(request.user),
        "may_edit": may(request.user, "webhooks.edit"),
    }
    return render(request, "webhooks/endpoints.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("webhooks.edit")
@freshly_proven
def add(request: Request) -> HttpResponse:
    """Add an address and show its secret, once."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            endpoint, secret = endpoints.add(**_given(form), act=Act.now(request.user))
            return _secret(request, endpoint, secret)
    context = {"form": form, "back_url": reverse("staff_webhooks:endpoints")}
    return responses.form_page(request, "webhooks/endpoint_form.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("webhooks.edit")
@freshly_proven
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an address and what it is told."""
    endpoint = editing.held(request, _found(request, pk))
    now = {name: getattr(endpoint, name) for name in EndpointForm.base_fields}
    form = editing.form(request, EndpointForm, about=endpoint, initial=now)
    back = reverse("staff_webhooks:detail", args=[pk])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            endpoints.change(endpoint=endpoint, **_given(form), act=Act.now(request.user))
            return responses.go(request, back, _("Saved."))
    context = {"form": form, "back_url": back, "endpoint": endpoint}
    return responses.form_page(request, "webhooks/endpoint_form.html", context)


@require_POST
@staff_only("webhooks.edit")
@freshly_proven
def rotate(request: Request, pk: int) -> HttpResponse:
    """Make a new secret and show it, once."""
    endpoint = _found(request, pk)
    return _secret(
        request, endpoint, endpoints.rotate(endpoint=endpoint, act=Act.now(request.user))
    )


@require_POST
@staff_only("webhooks.edit")
def pause(request: Request, pk: int) -> HttpResponse:
    """Send nothing for a while; what happens waits."""
    endpoints.pause(endpoint=_found(request, pk), act=Act.now(request.user))
    return responses.go(request, reverse("staff_webhooks:detail", args=[pk]), _("Paused."))


@require_POST
@staff_only("webhooks.edit")
def resume(request: Request, pk: int) -> HttpResponse:
    """Go on sending, after a pause or after it was switched off."""
    endpoints.resume(endpoint=_found(request, pk), act=Act.now(request.user))
    return responses.go(request, reverse("staff_webhooks:detail", args=[pk]), _("It is on."))


@require_http_methods(["GET", "POST"])
@staff_only("webhooks.edit")
@freshly_proven
def remove(request: Request, pk: int) -> HttpResponse:
    """Ask why, then forget an address."""
    endpoint = _found(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        endpoints.remove(endpoint=endpoint, act=act)
        return _("The address is removed.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Remove %(name)s") % {"name": endpoint.name},
        label=_("Remove"),
        back=reverse("staff_webhooks:endpoints"),
        effects=[_("It is told nothing more. Its log and its secrets are gone for good.")],
        danger=True,
    )


def _found(request: Request, pk: int) -> Endpoint:
    found: Endpoint = get_object_or_404(queries.visible_to(request.user), pk=pk)
    return found


def _given(form: EndpointForm) -> dict[str, Any]:
    given = form.cleaned_data
    return {
        "name": given["name"],
        "url": given["url"],
        "chosen": given["events"],
        "includes_personal": given["includes_personal"],
    }


def _secret(request: Request, endpoint: Endpoint, secret: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret}
    response = render(request, "webhooks/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
