"""A-30, the differences of a router: the plan, what is decided about it, what became of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.drift.forms.deciding import PlanForm, RemovalForm
from network.drift.models import DriftFinding, DriftLook
from network.drift.queries import findings
from network.drift.services import deciding, looking
from network.models import Router
from network.queries import routers
from network.services import differences
from network.services.differences import Kind
from network.views import routers as router_pages


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show every router with how many differences it has, and when it was compared."""
    return responses.region(
        request,
        {"routers": findings.by_router(request.user)},
        part="network/drift/_index.html",
        page="network/drift/index.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.view")
def plan(request: Request, pk: int) -> HttpResponse:
    """Show what differs on a router; have it put right as chosen, with a reason."""
    router = _router(request, pk)
    if request.method == "POST":
        if not may(request.user, "network.edit"):
            return HttpResponse(status=403)
        return _apply(request, router)
    return _page(request, router, PlanForm(), status=200)


@require_POST
@staff_only("network.edit")
def compare(request: Request, pk: int) -> HttpResponse:
    """Read the router whole and keep what differs; nothing is changed there."""
    router = _router(request, pk)
    look = looking.look(router=router, actor=request.user, at=clock.now())
    if look.error:
        messages.error(request, look.error)
    return responses.go(request, _back(pk))


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def ignore(request: Request, pk: int) -> HttpResponse:
    """Leave a finding alone until the router's row changes, with a reason."""
    finding = _finding(request, pk)
    form = ReasonForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        deciding.ignore(finding=finding, act=act)
        return _("Ignored until the router's row changes.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Leave %(name)s alone") % {"name": finding.name},
        label=_("Ignore it"),
        back=_back(finding.router_id),
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a user that is not ours off the router, once its name is typed."""
    finding = _finding(request, pk)
    form = RemovalForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        deciding.ask_removal(finding=finding, typed=given["typed"], act=act)
        return _("It is being removed; the log tells how it went.")

    effects = [
        _("The user %(name)s (%(actual)s) and its session go from router %(router)s.")
        % {"name": finding.name, "actual": finding.actual, "router": finding.router.name}
    ]
    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Remove %(name)s from the router") % {"name": finding.name},
        label=_("Remove"),
        back=_back(finding.router_id),
        effects=effects,
        danger=True,
    )


def _apply(request: Request, router: Router) -> HttpResponse:
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, router, form, status=422)
    given = form.cleaned_data
    look = get_object_or_404(DriftLook, pk=given["look"], router=router)
    fix = given["fix"]
    if "all" in request.POST:
        fix = [one.pk for one in findings.living(router) if one.is_open]
    act = Act.now(request.user, reason=given["reason"])
    try:
        count = deciding.apply(look=look, fix=fix, adopt=given["adopt"], act=act)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, router, form, status=409)
    messages.success(
        request,
        ngettext(
            "%(n)s difference is being put right; the router is read again after it.",
            "%(n)s differences are being put right; the router is read again after them.",
            count,
        )
        % {"n": count},
    )
    return responses.go(request, _back(router.pk))


def _page(request: Request, router: Router, form: PlanForm, *, status: int) -> HttpResponse:
    look, whole = findings.last_look(router), findings.last_whole_look(router)
    context: dict[str, Any] = {
        "form": form,
        "look": look,
        "plan": whole,
        "is_old": whole is not None and clock.now() > whole.at + looking.PLAN_GOOD_FOR,
        "rows": [_row(one) for one in findings.living(router)],
        "past": [_row(one) for one in findings.past(router)],
    }
    template = "network/drift/_plan.html"
    return router_pages.tab(request, router, "drift", context, status=status, template=template)


def _row(finding: DriftFinding) -> dict[str, Any]:
    kind = Kind(finding.kind)
    return {
        "one": finding,
        "words": differences.words_of(kind),
        "may_fix": finding.line_id is not None and kind is not Kind.NOT_OURS,
        "may_adopt": kind is Kind.NOT_OURS,
        "is_unknown": kind is Kind.EXTRA,
    }


def _finding(request: Request, pk: int) -> DriftFinding:
    found = findings.visible_to(request.user).select_related("router")
    return get_object_or_404(found, pk=pk)


def _router(request: Request, pk: int) -> Router:
    return get_object_or_404(routers.listed(request.user), pk=pk)


def _back(pk: int) -> str:
    return reverse("staff_network:router-drift", args=[pk])
