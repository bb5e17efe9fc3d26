"""Whether what a page shows has changed: asked every few seconds by static/js/live.js.

Answers 204 when nothing has. A question asked so counts as nobody's activity (see
`ispbill.accounts.middleware.SignedIn`), or no session would ever be idle.
"""

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import branch_scope, customer_only, reseller_only, staff_only
from ispbill.accounts.http import Request
from ispbill.core import digits
from ispbill.portals.queries import live


@require_GET
@staff_only("console.use")
def staff(request: Request) -> HttpResponse:
    """Answer a page of the console."""
    return _answer(request, directory.visible_to(request.user))


@require_GET
@customer_only
def customer(request: Request) -> HttpResponse:
    """Answer a page of the customer's portal: about the own accounts and nothing else."""
    return _answer(request, _in_reach(request))


@require_GET
@reseller_only
def reseller(request: Request) -> HttpResponse:
    """Answer a page of a reseller: about the own customers and nothing else."""
    return _answer(request, _in_reach(request))


def _in_reach(request: Request) -> QuerySet[Customer]:
    return directory.visible_to(request.user, customer_ids=request.customer_ids)


def _answer(request: Request, customers: QuerySet[Customer]) -> HttpResponse:
    user = request.user
    topics = [topic for topic in request.GET.get("topics", "").split(",") if topic]
    asked = live.Asked(
        who=f"{user.pk} {user.role} {branch_scope(user)}",
        topics=tuple(dict.fromkeys(topics))[: live.MOST],
        age_seconds=_seconds(request.GET.get("age", "")),
        cursor=request.GET.get("at", ""),
    )
    news = live.news(asked, grant=live.granted_to(user, customers))
    if news.is_away:
        return JsonResponse({"away": True})
    if not news.cursor:
        return HttpResponse(status=204)
    return JsonResponse({"at": news.cursor, "changed": news.changed})


def _seconds(text: str) -> float:
    """Return the age a page says it has; what is no number is as old as can be."""
    age = digits.whole(text)
    return float(10**6) if age is None else age / 1000
