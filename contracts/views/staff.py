"""/admin/contracts/: the list, one contract, and what the office does with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from contracts.forms.staff import DrawUp, Find, Nothing, ReasonForm
from contracts.models import Contract, ContractSeal
from contracts.queries import contracts as queries
from contracts.rules import strokes
from contracts.services import agreements, drafting, history, objecting, papers, renewal, sealing
from contracts.views import exports, many, words
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, keyset, made_files, paging
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

SIZE = 50
PANEL_ROWS = 20
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("contracts.view")
def index(request: Request) -> HttpResponse:
    """All contracts by state, and those whose renewal is due."""
    visible, on = queries.visible_to(request.user), clock.today()
    view, text = request.GET.get("view", ""), request.GET.get("q", "")
    form = Find(request.GET)
    found = queries.filtered(queries.in_view(visible, view, on=on), form.filters(view, text))
    page = keyset.page(queries.listed(found), size=SIZE, **keyset.asked(request.GET))
    context: dict[str, Any] = {
        "rows": page.rows,
        "form": form,
        "query": text,
        "chips": chips.of(form, request.GET),
        "is_filtered": bool(text or request.GET.get("agreement") or view),
        "is_swap": responses.is_fragment(request, "list"),
        "bulk_actions": many.offered(request),
        "being_sent": queries.being_sent(visible),
        "pager": paging.foot(page, request.GET, size=SIZE, total=found.count()),
    }
    if not context["is_swap"]:
        counts = queries.counts(visible, on=on)
        names = [
            ("", pgettext("contracts", "All")),
            ("renewals", _("Renewals due")),
            *Contract.State.choices,
        ]
        context["tabs"] = paging.tabs(request.GET, "view", names, counts=counts)
        context["may_templates"] = may(request.user, "packages.edit")
        if may(request.user, "customers.export"):
            context["exports"] = exports.offered(request)
    part, whole = "contracts/staff/_rows.html", "contracts/staff/index.html"
    return responses.region(request, context, part=part, page=whole, target="list")


@require_GET
@staff_only("contracts.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One contract: its terms, its paper, who signed, every step."""
    visible = queries.visible_to(request.user)
    contract = get_object_or_404(
        visible.select_related(
            "customer", "subscription__package", "version__agreement", "supersedes", "created_by"
        ),
        number=number,
    )
    seal = ContractSeal.objects.filter(contract=contract).first()
    signature = getattr(contract, "signature", None)
    shown = papers.merged(contract) if contract.state == Contract.State.DRAFT else None
    context = {
        "contract": contract,
        "version": contract.version,
        "seal": seal,
        "signature": signature,
        "path": strokes.path(signature.strokes) if signature else "",
        "steps": words.steps(contract),
        "is_whole": history.is_whole(contract),
        "html": shown.html if shown else contract.html,
        "unresolved": shown.unresolved if shown else (),
        "terms": words.terms_of(contract.version),
        "exit_fee": words.exit_fee(contract, on=clock.today()),
        "amendments": list(contract.amendments.order_by("pk")),
        "object_until": objecting.last_day(contract),
        "is_renewable": renewal.by_hand(contract, on=clock.today()) is not None,
        "refund_until": words.refund_until(contract),
        "may_edit": may(request.user, "contracts.edit"),
        "may_end": may(request.user, "services.switch"),
    }
    return render(request, "contracts/staff/detail.html", context)


@require_GET
@staff_only("contracts.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """A customer's contracts, for the customer's page."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    mine = queries.visible_to(request.user).filter(customer=customer)
    context = {
        "customer": customer,
        "rows": keyset.page(queries.listed(mine), size=PANEL_ROWS).rows,
        "may_edit": may(request.user, "contracts.edit"),
    }
    return responses.region(
        request,
        context,
        part="contracts/staff/_customer_panel.html",
        page="contracts/staff/customer_panel.html",
    )


@_both
@staff_only("contracts.edit")
def draw_up(request: Request, number: str) -> HttpResponse:
    """Draw a contract up for one of a customer's services."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    form = DrawUp(request.POST or None, customer=customer, on=clock.today())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            contract = drafting.draw_up(
                service=given["service"],
                version=agreements.newest(given["agreement"]),
                starts_on=given["starts_on"],
                act=Act.now(request.user),
                rest_of=_taken_over(request, given["rest_of"]),
            )
            return responses.go(request, _address(contract), _("Read it, then send it."))
    heading = _("New contract for %(name)s") % {"name": customer.name}
    back = reverse("staff_customers:customer", args=[number])
    return responses.dialog(request, form, heading=heading, label=_("Draw up"), back=back)


@_both
@staff_only("contracts.edit")
def send(request: Request, number: str) -> HttpResponse:
    """Fix the paper and send the link to sign it."""
    told = _("The paper is fixed from now on; the customer gets a link, good for 14 days.")
    return _asked(request, number, drafting.send, _("Send to be signed"), _("Sent."), told)


@_both
@staff_only("contracts.edit")
def send_link(request: Request, number: str) -> HttpResponse:
    """Send a new link; the old one is dead."""
    told = _("The link sent before no longer opens anything.")
    return _asked(request, number, drafting.send_link, _("Send a new link"), _("Sent."), told)


@_both
@staff_only("contracts.edit")
def void(request: Request, number: str) -> HttpResponse:
    """Take a contract back that nobody has signed."""
    return _asked(request, number, drafting.void, _("Make void"), _("It is void."), reason=True)


@_both
@staff_only("contracts.edit")
def draw_anew(request: Request, number: str) -> HttpResponse:
    """Void what was sent and draw it up again."""

    def anew(*, contract: Contract, act: Act[Any]) -> Contract:
        return drafting.draw_anew(contract=contract, act=act)

    label, said = _("Draw up anew"), _("The old one is void. Read the new one, then send it.")
    return _asked(request, number, anew, label, said, reason=True, leads_on=True)


@_both
@staff_only("contracts.edit")
def object_to_renewal(request: Request, number: str) -> HttpResponse:
    """Note that the customer does not want the contract renewed."""
    verb, said = objecting.object_to_renewal, _("It ends with its term.")
    told = _("The service goes on without the contract, free of its fee.")
    return _asked(request, number, verb, _("Not to be renewed"), said, told, reason=True)


@_both
@staff_only("contracts.edit")
def seal_again(request: Request, number: str) -> HttpResponse:
    """Have the paper of a signed contract sealed again."""
    label, said = _("Seal again"), _("It is being sealed.")
    return _asked(request, number, sealing.again, label, said)


@require_safe
@staff_only("contracts.view")
def paper(request: Request, number: str, which: str) -> HttpResponseBase:
    """The paper as sent, or signed and sealed."""
    contract = _contract(request, number)
    return file_of(contract, which)


def file_of(contract: Contract, which: str) -> HttpResponse:
    """Hand a contract's paper out. Raises Http404."""
    path = contract.path
    if which == "signed":
        seal = ContractSeal.objects.filter(contract_id=contract.pk).only("path").first()
        path = seal.path if seal else ""
    place = made_files.place(path)
    if place is None:
        raise Http404
    response = HttpResponse(place.read_bytes(), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{contract.number}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _asked(
    request: Request,
    number: str,
    verb: Callable[..., Any],
    label: str,
    said: str,
    told: str = "",
    *,
    reason: bool = False,
    leads_on: bool = False,
) -> HttpResponse:
    """Ask before an act on a contract, do it, and say so."""
    contract = _contract(request, number)
    make: type[forms.Form] = ReasonForm if reason else Nothing
    form = make(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data.get("reason", ""))
        with responses.refusals_in(form):
            result = verb(contract=contract, act=act)
            if leads_on:
                return responses.go(request, _address(result), said)
            return responses.done(request, said, back=_address(contract))
    return responses.dialog(
        request,
        form,
        heading=f"{label}: {contract.number}",
        label=label,
        back=_address(contract),
        effects=[told] if told else [],
        danger=reason,
    )


def _taken_over(request: Request, number: str) -> Contract | None:
    """Return the contract that is taken over; None for none. Raises DomainError."""
    if not number:
        return None
    found = queries.visible_to(request.user).filter(number=number.strip().upper()).first()
    if found is None:
        raise DomainError(_("There is no contract of this number."))
    return found


def _contract(request: Request, number: str) -> Contract:
    visible = queries.visible_to(request.user)
    rows = visible.select_related("customer", "version__agreement", "subscription__package")
    return get_object_or_404(rows, number=number)


def _address(contract: Contract) -> str:
    return reverse("staff_contracts:detail", args=[contract.number])
