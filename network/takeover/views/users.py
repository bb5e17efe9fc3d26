"""/admin/network/routers/…/users/: users a router had before us, and taking them over."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from network.models import Router
from network.queries import lines, routers
from network.takeover.forms.taking import NameForm, TakeForm
from network.takeover.models import FoundUser
from network.takeover.services import reading, taking
from network.views import routers as router_pages

SHOWN = 500
_HOW = {
    "mark": gettext_lazy("our mark in the comment"),
    "name": gettext_lazy("the same connection"),
    "spelling": gettext_lazy("the same connection, spelt otherwise"),
    "address": gettext_lazy("the same address"),
    "mac": gettext_lazy("the same MAC"),
    "phone": gettext_lazy("the phone number"),
    "number": gettext_lazy("the customer number"),
}
_TONES = {"CERTAIN": "success", "LIKELY": "info", "AMBIGUOUS": "warning", "NONE": "neutral"}
_MATCH = FoundUser.Match


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def review(request: Request, pk: int) -> HttpResponse:
    """Show whose a router's users seem to be; take the chosen ones over."""
    router = _router(request, pk)
    form = TakeForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if not may(request.user, "customers.edit"):
            return HttpResponse(status=403)
        count = taking.start(
            router=router,
            ids=form.cleaned_data["users"],
            new=form.new(),
            act=Act.now(request.user, reason=form.cleaned_data["reason"]),
        )
        messages.success(
            request,
            ngettext("%(n)s user is being taken over.", "%(n)s users are being taken over.", count)
            % {"n": count},
        )
        return responses.go(request, _back(pk))
    return _page(request, router, form)


@require_POST
@staff_only("network.edit")
def read(request: Request, pk: int) -> HttpResponse:
    """Read the router's users; nothing is changed there."""
    error = reading.read(router=_router(request, pk), at=clock.now())
    if error:
        messages.error(request, error)
    return responses.go(request, _back(pk))


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def name(request: Request, pk: int) -> HttpResponse:
    """Say who the customer of a user is."""
    visible = lines.routers_visible_to(request.user).values("pk")
    row = get_object_or_404(FoundUser, pk=pk, router__in=visible)
    initial = {"new_name": row.new_name, "new_phone": row.new_phone}
    form = NameForm(request.POST or None, initial=initial)
    back = _back(row.router_id)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            taking.name(row=row, new_name=given["new_name"], new_phone=given["new_phone"])
            return responses.go(request, back, _("Saved."))
    heading = _("The customer of %(name)s") % {"name": row.name}
    return responses.dialog(request, form, heading=heading, label=_("Save"), back=back)


def _page(request: Request, router: Router, form: TakeForm) -> HttpResponse:
    found = (
        FoundUser.objects.filter(router=router)
        .select_related("subscription__customer", "subscription__package")
        .order_by("state", "match", "name")
    )
    rows = list(found[: SHOWN + 1])
    context: dict[str, Any] = {
        "form": form,
        "rows": [_row(one) for one in rows[:SHOWN]],
        "has_more": len(rows) > SHOWN,
        "read_at": rows[0].read_at if rows else None,
    }
    template = "network/takeover/_users.html"
    status = 422 if form.errors else 200
    return router_pages.tab(request, router, "users", context, status=status, template=template)


def _row(one: FoundUser) -> dict[str, Any]:
    is_left = one.state != FoundUser.State.DONE
    return {
        "one": one,
        "tone": _TONES[one.match],
        "how": _HOW.get(one.how, ""),
        "may_take": is_left and one.match != _MATCH.AMBIGUOUS,
        "is_ticked": is_left and one.match == _MATCH.CERTAIN,
        "is_new": is_left and one.match == _MATCH.NONE,
        "is_cut_off": bool(
            is_left
            and not one.is_disabled
            and one.subscription is not None
            and one.subscription.status == "SUSPENDED"
        ),
    }


def _router(request: Request, pk: int) -> Router:
    return get_object_or_404(routers.listed(request.user), pk=pk)


def _back(pk: int) -> str:
    return reverse("staff_network:router-users", args=[pk])
