"""/admin/network/addresses/: pools, fixed addresses of lines, and who had one when."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, demand_proof_for_file, may, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.acts import Act
from network.addresses.forms.pools import AssignForm, PoolForm, TraceForm
from network.addresses.models import AddressTrace, IpAssignment, IpPool
from network.addresses.queries import pools as queries
from network.addresses.queries.tracing import Candidate
from network.addresses.services import assigning, pools, tracing
from network.models import Access
from network.queries import lines

TRACES_SHOWN = 30


@require_GET
@staff_only("network.view")
def index(request: Request) -> HttpResponse:
    """Show the pools with what is free of each."""
    context = {
        "stands": queries.stands(at=clock.now()),
        "may_edit": may(request.user, "network.edit"),
    }
    return responses.region(
        request, context, part="network/addresses/_index.html", page="network/addresses/index.html"
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def add(request: Request) -> HttpResponse:
    """Ask for a block of addresses."""
    form = PoolForm(request.POST or None, user=request.user)

    def run(_given: dict[str, Any]) -> str:
        pools.add(pool=form.pool(), act=Act.now(request.user))
        return _("The pool is in use from now on.")

    back = reverse("staff_network:addresses")
    return responses.carried_out(
        request, form, run, heading=_("New pool"), label=_("Add pool"), back=back
    )


@require_GET
@staff_only("network.view")
def show(request: Request, pk: int) -> HttpResponse:
    """Show who holds which address of a pool, and the next that is free."""
    pool, at = get_object_or_404(IpPool, pk=pk), clock.now()
    branch_id = branch_scope(request.user)
    held = [
        one
        for one in queries.held(pool)
        if branch_id is None or one.customer.branch_id == branch_id
    ]
    context = {
        "pool": pool,
        "stand": queries.stand(pool, at=at),
        "held": held,
        "next_free": queries.next_free(pool, taken=queries.taken(pool, at=at)),
        "may_edit": may(request.user, "network.edit"),
    }
    return render(request, "network/addresses/pool.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Give a pool up, with a reason."""
    pool = get_object_or_404(IpPool, pk=pk, archived_at=None)
    form, back = ReasonForm(request.POST or None), reverse("staff_network:addresses")

    def run(given: dict[str, Any]) -> str:
        pools.archive(pool=pool, act=Act.now(request.user, reason=given["reason"]))
        return _("The pool is given up.")

    heading = _("Give up %(name)s") % {"name": pool.name}
    return responses.carried_out(
        request, form, run, heading=heading, label=_("Give it up"), back=back
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give a line a fixed address or prefix of a pool, with a reason."""
    line = _line(request, pk)
    form = AssignForm(request.POST or None, line=line)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        made = assigning.assign(line=line, pool=given["pool"], address=given["address"], act=act)
        return _("%(address)s is given; the line redials.") % {"address": made.address}

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Fixed address of %(name)s") % {"name": line.username},
        label=_("Give address"),
        back=_customer(line),
        effects=[_("The session ends and comes back with the new address within a minute.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def release(request: Request, pk: int) -> HttpResponse:
    """Take a line's fixed address back, with a reason."""
    line = _line(request, pk)
    return _release(request, line, line.static_ip, kind=IpAssignment.Kind.STATIC)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def release_prefix(request: Request, pk: int) -> HttpResponse:
    """Take a line's fixed prefix of IPv6 back, with a reason."""
    line = _line(request, pk)
    return _release(request, line, line.delegated_prefix, kind=IpAssignment.Kind.DELEGATED)


def _release(
    request: Request, line: Access, address: str | None, *, kind: IpAssignment.Kind
) -> HttpResponse:
    form, back = ReasonForm(request.POST or None), _customer(line)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        assigning.release(line=line, kind=kind, act=act)
        return _("Released; nobody gets it for seven days.")

    heading = _("Release %(address)s") % {"address": address or "—"}
    return responses.carried_out(request, form, run, heading=heading, label=_("Release"), back=back)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def trace(request: Request) -> HttpResponse:
    """Say who had an address at a moment, for a case; who asked is kept. `as_file`: as CSV."""
    form = TraceForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if "as_file" in request.POST:
            demand_proof_for_file(request, 1)
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        question = form.question()
        found = tracing.ask(question, act=act)
        if "as_file" in request.POST:
            return csv_file(f"trace-{question.address}", _HEAD, [_cells(one) for one in found])
        context |= {"found": found, "question": question}
    context["traces"] = AddressTrace.objects.order_by("-at")[:TRACES_SHOWN]
    status = 422 if form.errors else 200
    return render(request, "network/addresses/trace.html", context, status=status)


_HEAD = [
    "certainty", "address", "fixed", "customer_number", "name", "phone", "service_address",
    "connection", "mac", "router", "since_utc", "until_utc",
]  # fmt: skip


def _cells(one: Candidate) -> list[str]:
    service, customer = one.subscription, one.subscription.customer
    return [
        "certain" if one.is_certain else "possible",
        one.address,
        "yes" if one.is_fixed else "no",
        customer.number,
        customer.name,
        customer.phone,
        service.address or customer.address,
        service.connection_id,
        one.caller_id,
        one.router,
        one.since.isoformat(),
        one.until.isoformat() if one.until else "",
    ]


def _line(request: Request, pk: int) -> Access:
    found = lines.visible_to(request.user).select_related("customer", "router")
    return get_object_or_404(found, pk=pk)


def _customer(line: Access) -> str:
    return links.customer(line.customer.number, tab="network")
