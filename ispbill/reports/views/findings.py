"""Where money leaks: every check with its count and its money, the rows, and what is accepted."""

from datetime import timedelta

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.books.views import ledger_words
from billing.ledger.views import answers
from billing.run.models import AcceptedFinding
from billing.run.services import findings as accepting
from customers.models import Customer
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.models import JobRun
from ispbill.core import clock, digits, replica
from ispbill.core.acts import Act
from ispbill.reports.forms.findings import AcceptForm
from ispbill.reports.queries import findings, leaks
from ispbill.reports.queries.leaks import Check
from ispbill.reports.queries.remembered import remembered

PER_PAGE = 100
USUAL_DAYS = 30


@require_GET
@staff_only("ledger.view")
@replica.may_serve
def index(request: Request) -> HttpResponse:
    """Show every check with what it finds now."""
    at = clock.now()
    on = clock.local_date(at)
    branch = answers.chosen_branch(request)
    found = remembered(
        f"findings:{on}:{branch}", lambda: findings.sums(on=on, at=at, branch_id=branch)
    )
    context = {
        "sums": found,
        "total": sum(one.amount for one in found),
        "nightly": JobRun.objects.filter(job="find_revenue_leaks", finished_at__isnull=False)
        .order_by("-started_at")
        .first(),
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "reports/staff/findings.html", context)


@require_GET
@staff_only("ledger.view")
def detail(request: Request, name: str) -> HttpResponse:
    """Show the findings of one check; `?accepted=1` those that are let be."""
    check = _check(name)
    at = clock.now()
    is_accepted = request.GET.get("accepted") == "1"
    page = digits.whole(request.GET.get("page", "")) or 1
    found = findings.rows(
        check,
        on=clock.local_date(at),
        at=at,
        branch_id=answers.chosen_branch(request),
        is_accepted=is_accepted,
        limit=PER_PAGE + 1,
        offset=(page - 1) * PER_PAGE,
    )
    context = {
        "check": check,
        "rows": [
            {"row": row, "customer_url": links.address("staff_customers:customer", row.number)}
            for row in found[:PER_PAGE]
        ],
        "accepted": _accepted(check).order_by("-pk")[:PER_PAGE] if is_accepted else [],
        "is_accepted": is_accepted,
        "page": page,
        "has_more": len(found) > PER_PAGE,
        "may_accept": may(request.user, "ledger.edit") and not is_accepted,
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "reports/staff/finding.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("ledger.edit")
def accept(request: Request, name: str, number: str, subject: int) -> HttpResponse:
    """Ask until when and why, and leave the finding out until then."""
    check = _check(name)
    reach: QuerySet[Customer] = directory.visible_to(request.user)
    customer = get_object_or_404(reach, number=number)
    at = clock.now()
    on = clock.local_date(at)
    form = AcceptForm(
        request.POST or None, initial={"until": (on + timedelta(days=USUAL_DAYS)).isoformat()}
    )
    back = reverse("staff_books:finding", args=[name])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "until"):
            accepting.accept(
                check_name=check.name,
                subject_id=subject,
                customer_id=customer.pk,
                until=form.cleaned_data["until"],
                act=Act(request.user, at, reason=form.cleaned_data["reason"]),
            )
            return answers.done(request, _("It is left out until then."), back=back)
    context = {
        "form": form,
        "form_action": request.path,
        "heading": _("Accept: %(check)s") % {"check": check.label},
        "confirm_label": _("Accept"),
        "back_url": back,
        "is_possible": True,
        "effects": [
            _("%(customer)s is left out of this check until the day you choose.")
            % {"customer": f"{customer.name} {customer.number}"}
        ],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _check(name: str) -> Check:
    if name not in leaks.CHECKS:
        raise Http404
    return leaks.CHECKS[name]


def _accepted(check: Check) -> QuerySet[AcceptedFinding]:
    return AcceptedFinding.objects.filter(
        check_name=check.name, until__gte=clock.today()
    ).select_related("customer", "accepted_by")
