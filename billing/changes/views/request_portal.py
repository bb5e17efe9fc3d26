"""A request for another package as whoever asked follows it, takes it back or confirms it."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.changes.queries import changes, quotes
from billing.changes.services import package_changes
from billing.changes.services.package_changes import QuoteChanged
from billing.changes.views import quote_words
from billing.changes.views.doors import CUSTOMER, RESELLER, Door
from billing.pricing.models import PackageChange
from ispbill.accounts.access import customer_only, reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@customer_only
@require_GET
def portal_request(request: Request, pk: int) -> HttpResponse:
    """One own request and where it stands."""
    return _request(request, CUSTOMER, pk)


@reseller_only
@require_GET
def reseller_request(request: Request, pk: int) -> HttpResponse:
    """One request for an own customer and where it stands."""
    return _request(request, RESELLER, pk)


@customer_only
@require_POST
def portal_answer(request: Request, pk: int) -> HttpResponse:
    """Withdraw an own request, or say yes to its new amounts."""
    return _answer(request, CUSTOMER, pk)


@reseller_only
@require_POST
def reseller_answer(request: Request, pk: int) -> HttpResponse:
    """Withdraw a request for an own customer, or say yes to its new amounts."""
    return _answer(request, RESELLER, pk)


def _request(
    request: Request, door: Door, pk: int, refusal: str = "", made: quotes.Made | None = None
) -> HttpResponse:
    """Show a request; at amounts that have moved yet again (`made`), to be confirmed."""
    change = _own(request, pk)
    if made is not None:
        change.quote, change.fingerprint = made.quote, made.fingerprint
    context = door.frame(change.subscription) | {
        "change": change,
        "quote": quote_words.of(change.quote),
        "answer_url": door.url("package-answer", pk),
        "may_withdraw": change.is_open,
        "refusal": refusal,
        "steps": _steps(change),
    }
    return render(
        request,
        "billing/changes/portal/package_request.html",
        context,
        status=422 if refusal else 200,
    )


def _answer(request: Request, door: Door, pk: int) -> HttpResponse:
    change, at = _own(request, pk), clock.now()
    try:
        with rls.as_house():
            if request.POST.get("action") == "confirm":
                package_changes.confirm_again(
                    change=change,
                    fingerprint=request.POST.get("fingerprint", ""),
                    act=Act(request.user, at),
                )
            else:
                package_changes.withdraw(
                    change=change, act=Act(request.user, at, reason="withdrawn by the asker")
                )
    except QuoteChanged as error:
        return _request(request, door, pk, str(error), error.made)
    except DomainError as error:
        return _request(request, door, pk, str(error))
    return HttpResponseRedirect(door.url("package-request", pk))


def _steps(change: PackageChange) -> list[dict[str, Any]]:
    """Return the way of a request as its asker follows it."""
    status = PackageChange.Status
    decided = change.status in (status.APPROVED, status.APPLIED)
    last = _("Applied")
    if change.status == status.REJECTED:
        last = _("Rejected")
    if change.status == status.CANCELLED:
        last = _("Withdrawn")
    is_over = change.status in (status.APPLIED, status.REJECTED, status.CANCELLED)
    return [
        {"label": _("Asked for"), "is_done": True, "at": change.requested_at},
        {"label": _("Approved"), "is_done": decided, "at": change.decided_at if decided else None},
        {
            "label": last,
            "is_done": is_over,
            "at": change.applied_at or (change.decided_at if is_over else None),
        },
    ]


def _own(request: Request, pk: int) -> PackageChange:
    mine = changes.visible_to(request.user, customer_ids=request.customer_ids)
    return get_object_or_404(
        mine.select_related(
            "customer",
            "subscription__customer",
            "subscription__package",
            "package_from",
            "package_to",
            "invoice",
        ),
        pk=pk,
    )
