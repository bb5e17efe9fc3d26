"""/admin/network/routers/: what routers there are, how they do, and what differs on them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import editing, responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import digits
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.forms.staff import RouterForm
from network.models import ProtocolNote, Router
from network.queries import lines as line_queries
from network.queries import routers as queries
from network.services import routers

LINES_SHOWN = 200
LOG_SHOWN = 200


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show all routers with their state and how many lines wait."""
    context = {
        "routers": queries.listed(request.user),
        "may_edit": may(request.user, "network.edit"),
    }
    return responses.region(
        request,
        context,
        part="network/staff/routers/_rows.html",
        page="network/staff/routers/index.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
@freshly_proven
def add(request: Request) -> HttpResponse:
    """Ask for a new router, and take it into the books."""
    form = RouterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            router = routers.add(
                values=form.values(),
                password=form.cleaned_data["password"],
                act=Act.now(request.user),
            )
            messages.success(request, _("Router %(name)s added.") % {"name": router.name})
            return _to(request, "staff_network:router", router.pk)
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
@freshly_proven
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change how a router is reached, with a reason."""
    router = editing.held(request, _router(request, pk), no_key=True)
    secret = {"password": router.sealed_password}
    form = editing.form(request, RouterForm, about=router, sealed=secret, router=router)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            routers.edit(
                router=router,
                values=form.values(),
                password=form.cleaned_data["password"],
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            messages.success(request, _("Router %(name)s saved.") % {"name": router.name})
            return _to(request, "staff_network:router", router.pk)
    return _form(request, form, router)


@require_POST
@staff_only("network.edit")
def try_typed(request: Request) -> HttpResponse:
    """Try the connection with what is typed in the form, before it is saved."""
    number = digits.row_id(request.POST.get("router", ""))
    router = _router(request, number) if number is not None else None
    form = RouterForm(request.POST, router=router)
    form.fields.pop("reason", None)
    form.fields["name"].required = False
    if not form.is_valid():
        context: dict[str, Any] = {"form": form}
        return render(request, "network/staff/routers/_test.html", context)
    tried = Router(**form.values())
    try:
        diagnosis = routers.try_typed(
            tried=tried, password=form.cleaned_data["password"], known=router
        )
    except DomainError as error:
        form.add_error("password", str(error))
        return render(request, "network/staff/routers/_test.html", {"form": form})
    return render(request, "network/staff/routers/_test.html", _told(diagnosis))


@require_POST
@staff_only("network.edit")
def try_stored(request: Request, pk: int) -> HttpResponse:
    """Try the connection as it is kept, and show each step."""
    router = _router(request, pk)
    context = {"router": router, **_told(routers.try_connection(router=router))}
    return render(request, "network/staff/routers/test.html", context)


@require_POST
@staff_only("network.edit")
def retry(request: Request, pk: int) -> HttpResponse:
    """Call the router now instead of leaving it alone."""
    router = _router(request, pk)
    routers.retry(router=router, act=Act.now(request.user))
    messages.success(request, _("%(name)s is being called now.") % {"name": router.name})
    return _to(request, "staff_network:router", router.pk)


@require_GET
@staff_only("network.view")
def lines(request: Request, pk: int) -> HttpResponse:
    """Show a router with what each line shall be and what was confirmed."""
    router = _router(request, pk)
    rows = list(queries.lines_of(router)[: LINES_SHOWN + 1])
    context = {
        "lines": [(line, line_queries.line_words(line)) for line in rows[:LINES_SHOWN]],
        "has_more": len(rows) > LINES_SHOWN,
    }
    return tab(request, router, "lines", context)


@require_GET
@staff_only("network.view")
def answers(request: Request, pk: int) -> HttpResponse:
    """Show what a new router answered that no router had before, and samples without secrets."""
    router = _router(request, pk)
    notes = queries.notes_of(router)
    context = {
        "news": [note for note in notes if note.kind != ProtocolNote.Kind.ANSWER],
        "samples": [note for note in notes if note.kind == ProtocolNote.Kind.ANSWER],
        "days": settings.ROUTER_RECORDING_DAYS,
    }
    return tab(request, router, "answers", context)


@require_GET
@staff_only("network.view")
def log(request: Request, pk: int) -> HttpResponse:
    """Show what the router was told, for whom, and what it answered."""
    router = _router(request, pk)
    return tab(request, router, "log", {"entries": queries.log_of(router)[:LOG_SHOWN]})


def _router(request: Request, pk: int) -> Router:
    return get_object_or_404(queries.listed(request.user), pk=pk)


def tab(
    request: Request,
    router: Router,
    name: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    template: str = "",
) -> HttpResponse:
    """Render one tab of a router: alone for htmx, in its page otherwise.

    `template` is that of a tab another room has.
    """
    context |= {
        "router": router,
        "tab": template or f"network/staff/routers/_{name}.html",
        "may_edit": may(request.user, "network.edit"),
    }
    if responses.is_fragment(request, "tab-body"):
        return render(request, context["tab"], context, status=status)
    is_admin = may(request.user, "network.edit")
    imports = [("users", _("Import"), "staff_network:router-users", "")] if is_admin else []
    context["tabs"] = [
        {
            "label": label,
            "url": reverse(url, args=[router.pk]),
            "current": key == name,
            "count": count,
        }
        for key, label, url, count in (
            ("lines", _("Lines"), "staff_network:router", getattr(router, "line_count", "")),
            ("traffic", _("Traffic"), "staff_network:router-traffic", ""),
            ("drift", _("Differences"), "staff_network:router-drift", ""),
            *imports,
            (
                "answers",
                _("New to us"),
                "staff_network:router-answers",
                getattr(router, "news_count", "") or "",
            ),
            ("radius", "RADIUS", "staff_network:router-radius", ""),
            ("log", _("Log"), "staff_network:router-log", ""),
        )
    ]
    return render(request, "network/staff/routers/detail.html", context, status=status)


def _form(request: Request, form: RouterForm, router: Router | None) -> HttpResponse:
    context = {"form": form, "router": router}
    return responses.form_page(request, "network/staff/routers/form.html", context)


def _told(diagnosis: Any) -> dict[str, Any]:
    """Return a connection test in the reader's language."""
    names = {
        "resolve": _("Find the address"),
        "connect": _("Connect"),
        "tls": _("Encrypt"),
        "login": _("Log in"),
        "permission": _("Check the rights"),
        "identity": _("Ask for its name"),
        "version": _("Ask for its version"),
    }
    return {
        "steps": [(names.get(step.name, step.name), step) for step in diagnosis.steps],
        "diagnosis": diagnosis,
        "problem": routers.worded(diagnosis.error) if diagnosis.error else "",
    }


def _to(request: Request, name: str, pk: int) -> HttpResponse:
    return responses.go(request, reverse(name, args=[pk]))
