"""/admin/contract-templates/: what contracts say before they are somebody's."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.forms.staff import MOST_TEXT, AgreementForm, Preview, of_version
from contracts.models import Agreement, AgreementVersion
from contracts.queries import merge_values
from contracts.queries.merge_values import Subject
from contracts.rules import cleaning, merging
from contracts.services import agreements
from contracts.views import starting
from customers.models import Subscription
from customers.queries import directory
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company

MOST_PICTURE = 100_000  # bytes: they are part of the text


@require_GET
@staff_only("packages.edit")
def index(request: Request) -> HttpResponse:
    """List the templates with their versions."""
    rows = Agreement.objects.prefetch_related("versions").order_by("archived_at", "kind", "name")
    return render(request, "contracts/staff/agreements.html", {"agreements": rows})


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Add a template, with a text to begin with."""
    form = AgreementForm(request.POST or None, initial=starting.values(_country()), is_new=True)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            made = agreements.create(
                name=given["name"],
                kind=given["kind"],
                language=given["language"],
                values=form.values(),
                act=Act.now(request.user),
            )
            return responses.go(request, _address(made), _("Saved."))
    return _edit(request, form, None)


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a template; what contracts use stays, and a new version begins."""
    agreement = editing.held(request, get_object_or_404(Agreement, pk=pk))
    version = agreements.newest(agreement)
    form = editing.form(request, AgreementForm, about=agreement, initial=of_version(version))
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            agreements.save(
                agreement=agreement,
                name=form.cleaned_data["name"],
                values=form.values(),
                act=Act.now(request.user),
            )
            return responses.go(request, _address(agreement), _("Saved."))
    return _edit(request, form, version)


@require_POST
@staff_only("packages.edit")
def make_default(request: Request, pk: int) -> HttpResponse:
    """Let a template be the one for its type of customer."""
    agreement = get_object_or_404(Agreement, pk=pk)
    agreements.make_default(agreement=agreement, act=Act.now(request.user))
    return responses.go(request, reverse("staff_contracts:agreements"), _("Saved."))


@require_GET
@staff_only("packages.edit")
def preview(request: Request, pk: int) -> HttpResponse:
    """Show the newest version filled with a real customer's data."""
    agreement = get_object_or_404(Agreement, pk=pk)
    version = agreements.newest(agreement)
    number = request.GET.get("customer", "").strip().upper()
    form = Preview({"customer": number} if number else None)
    service = _somebody(request, agreement, number)
    if number and service is None:
        form.add_error("customer", _("There is no customer with this number and a service."))
    context: dict[str, Any] = {
        "agreement": agreement,
        "version": version,
        "form": form,
        "shown_for": service.customer if service else None,
    }
    if service is not None:
        on = clock.today()
        shown = merge_values.merged(
            Subject(
                version=version, customer=service.customer, service=service, starts_on=on, on=on
            )
        )
        context |= {"html": mark_safe(shown.html), "unresolved": shown.unresolved}  # noqa: S308
    return render(request, "contracts/staff/preview.html", context)


@require_POST
@staff_only("packages.edit")
def live_preview(request: Request) -> HttpResponse:
    """Show the text as it stands in the editor with a real customer's data; nothing is kept."""
    form = AgreementForm(request.POST, is_new=True)
    form.full_clean()
    given = form.cleaned_data
    kind = given.get("kind") or request.POST.get("kind", "RESIDENTIAL")
    agreement = Agreement(kind=kind, language=given.get("language") or "en")
    body = cleaning.clean(request.POST.get("body", "")[:MOST_TEXT])
    terms = {name: given[name] for name in agreements.TERMS if given.get(name) is not None}
    version = AgreementVersion(agreement=agreement, body=body, **terms)
    service, on = _somebody(request, agreement, ""), clock.today()
    context: dict[str, Any] = {"faults": agreements.fault_words(body), "shown_for": None}
    if service is not None:
        customer = service.customer
        shown = merge_values.merged(Subject(version, customer, service, starts_on=on, on=on))
        context |= {
            "shown_for": customer,
            "html": mark_safe(shown.html),  # noqa: S308 - cleaned above
            "unresolved": shown.unresolved,
        }
    return render(request, "contracts/staff/_live_preview.html", context)


def _somebody(request: Request, agreement: Agreement, number: str) -> Subscription | None:
    """Return the service to show a text with: the customer's, or the newest of its kind."""
    mine = directory.visible_to(request.user)
    wanted = mine.filter(number=number) if number else mine.filter(kind=agreement.kind)
    found = Subscription.objects.filter(customer__in=wanted).select_related("customer", "package")
    return found.order_by("line_no").first() if number else found.order_by("-pk").first()


def _edit(request: Request, form: Any, version: AgreementVersion | None) -> HttpResponse:
    context = {
        "form": form,
        "version": version,
        "agreement": version.agreement if version else None,
        "fields": sorted(merging.FIELDS),
        "most_bytes": MOST_PICTURE,
        "back_url": reverse("staff_contracts:agreements"),
    }
    return responses.form_page(request, "contracts/staff/agreement.html", context)


def _country() -> str:
    return Company.current().phone_region


def _address(agreement: Agreement) -> str:
    return reverse("staff_contracts:agreement", args=[agreement.pk])
