"""/admin/network/fair-use/: thresholds of packages, who is over them, and giving way."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from network.fup.forms.staff import RuleForm
from network.fup.models import FupRule
from network.fup.queries import shown
from network.fup.services import policies
from network.fup.views import fair_use
from network.models import Access
from network.queries import lines

SHOWN = 100


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show the thresholds in force, and the services warned or slowed down now."""
    states = list(shown.concerned(request.user, on=clock.today())[: SHOWN + 1])
    context = {
        "rules": shown.rules(),
        "rows": [fair_use.worded(one) for one in shown.standings(states[:SHOWN])],
        "has_more": len(states) > SHOWN,
        "may_edit": may(request.user, "packages.edit"),
    }
    return responses.region(
        request, context, part="network/fup/staff/_index.html", page="network/fup/staff/index.html"
    )


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Ask for a threshold of a package."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            policies.add(
                package=form.cleaned_data["package"], rule=form.rule(), act=Act.now(request.user)
            )
            messages.success(request, _("The threshold holds from now on."))
            return responses.go(request, reverse("staff_network:fair-use"))
    return responses.form_page(request, "network/fup/staff/form.html", {"form": form})


@require_POST
@staff_only("packages.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Take a threshold away."""
    rule = get_object_or_404(FupRule, pk=pk, archived_at=None)
    policies.archive(rule=rule, act=Act.now(request.user))
    messages.success(request, _("The threshold is gone; its lines come back within minutes."))
    return responses.go(request, reverse("staff_network:fair-use"))


@require_GET
@staff_only("network.view")
def panel(request: Request, pk: int) -> HttpResponse:
    """Show where one line stands."""
    line = _line(request, pk)
    context = {
        "line": line,
        "rows": fair_use.told_of(line.subscription_id),
        "may_edit": may(request.user, "network.edit"),
    }
    return render(request, "network/fup/staff/_panel.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def lift(request: Request, pk: int) -> HttpResponse:
    """Give a line its own speed back until the window ends, with a reason."""
    line = _line(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        if policies.lift(subscription_id=line.subscription_id, act=act):
            messages.success(request, _("The line gets its own speed back within seconds."))
        return responses.go(request, reverse("staff_network:line-usage", args=[line.pk]))
    return responses.form_page(request, "network/fup/staff/lift.html", {"form": form, "line": line})


def _line(request: Request, pk: int) -> Access:
    return get_object_or_404(lines.visible_to(request.user), pk=pk)
