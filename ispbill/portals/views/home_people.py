"""The parts of a first page about people and lines: what waits, whom to call, who is up."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.dunning.queries import due_queue
from churn.queries import scores, wording
from customers.models import Customer, Lead
from customers.queries import leads
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.charts import Chart, Point
from ispbill.inbox.queries import items as inbox_items
from ispbill.portals import navigation
from ispbill.reports.queries import work as work_items
from network.outages.queries import outages as outage_queries
from network.outages.views import words as outage_words
from network.queries import lines as line_queries
from network.queries import routers as router_queries
from network.usage.views import bandwidth

Context = dict[str, Any]
_SHOWN = 8
_FEW = 5


def work(request: Request, on: date, branch_id: int | None) -> Context:
    """Return what this person decides about, by kind, and what else is wrong."""
    found = work_items.today(user=request.user, on=on, at=clock.now(), branch_id=branch_id)
    items = [
        {
            "label": item.label,
            "count": item.count,
            "tone": item.tone,
            "url": _address(item.url_name, item.query),
        }
        for item in found
    ]
    sources = inbox_items.mine(request.user)
    by_kind = inbox_items.counts(request.user, at=clock.now()).by_kind if sources else {}
    return {
        "items": items,
        "waiting": [
            item for item in items if item["count"] and (item["tone"] == "danger" or not sources)
        ],
        "decisions": [
            {"label": source.label, "count": by_kind[source.kind], "show": source.group.value}
            for source in sources
            if by_kind.get(source.kind)
        ],
        "decision_count": sum(by_kind.values()),
        "inbox_url": navigation.address("staff:inbox") if sources else "",
    }


def lines(request: Request, _on: date, branch_id: int | None) -> Context:
    """Return how many lines are open, of those signed in, and the routers with something wrong."""
    found = router_queries.strips(request.user, branch_id)
    total = {
        "up": sum(one.up for one in found),
        "lines": sum(one.on for one in found),
        "off": sum(one.off for one in found),
        "all": sum(one.on + one.off for one in found),
    }
    wrong = [one for one in found if one.is_wrong]
    return {"total": total, "wrong": wrong[:3], "routers": len(found)}


def traffic(request: Request, _on: date, branch_id: int | None) -> Context:
    """Return the network's traffic of the last day as a chart."""
    return {"chart": bandwidth.of_network(request.user, branch_id)}


def routers(request: Request, _on: date, branch_id: int | None) -> Context:
    """Return every router as a strip, worst first."""
    return {"routers": router_queries.strips(request.user, branch_id)}


def outages(request: Request, _on: date, branch_id: int | None) -> Context:
    """Return what is proposed, open or planned, the latest first."""
    found = outage_queries.present(request.user, branch_id)
    rows = outage_queries.listed(found)[:_SHOWN]
    return {"rows": [outage_words.row(one, at=clock.now()) for one in rows]}


def queue(request: Request, _on: date, _branch_id: int | None) -> Context:
    """Return the lines that a router has not confirmed, the longest waiting first."""
    found = line_queries.waiting(request.user)
    late = clock.real_now() - timedelta(minutes=10)
    rows = [{"line": line, "is_late": line.desired_since < late} for line in found[:_SHOWN]]
    return {"rows": rows, "count": found.count()}


def calls(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return the customers past due who are next to be switched off, with their phones."""
    found = due_queue.queue(on=on, branch_id=branch_id)
    return {"calls": found.entries[:_SHOWN], "count": len(found.entries)}


def paid_today(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return who paid today: the change customers ask about most."""
    begin = clock.midnight(on)
    found = Payment.objects.exclude(receipt_number=None).filter(received_at__gte=begin)
    if branch_id is not None:
        found = found.filter(branch_id=branch_id)
    recent = found.select_related("customer").order_by("-received_at", "-pk")
    return {"payments": list(recent[:_SHOWN])}


def follow_ups(request: Request, on: date, _branch_id: int | None) -> Context:
    """Return the leads whose next step is due, this person's own first."""
    found = leads.to_follow_up(leads.visible_to(request.user), on=on)
    own = sorted(found[:50], key=lambda lead: lead.owner_id != request.user.pk)
    return {"leads": own[:_SHOWN], "count": found.count(), "on": on}


def leaving(request: Request, _on: date, branch_id: int | None) -> Context:
    """Return who is at high risk of leaving, the most at stake first, and why."""
    found = scores.visible_to(request.user).filter(level=Customer.ChurnRisk.HIGH)
    if branch_id is not None:
        found = found.filter(branch_id=branch_id)
    rows = list(scores.listed(found)[:_FEW])
    language = get_language() or "en"
    return {
        "rows": [{"score": one, "why": wording.first_reason(one, language)} for one in rows],
        "high": scores.levels(found).get(Customer.ChurnRisk.HIGH, scores.Level()),
    }


def pipeline(request: Request, _on: date, _branch_id: int | None) -> Context:
    """Return how many leads are at each stage."""
    counts = leads.counts(leads.visible_to(request.user))
    stages = [stage for stage in Lead.Stage if stage not in (Lead.Stage.WON, Lead.Stage.LOST)]
    open_leads = sum(counts[stage] for stage in stages)
    title = ngettext("%(count)d open lead", "%(count)d open leads", open_leads)
    address = navigation.address("staff_customers:leads")
    points = [
        Point(str(stage.label), counts[stage], url=f"{address}?stage={stage}") for stage in stages
    ]
    words = title % {"count": open_leads}
    chart = Chart("names", "pipeline", words, column=_("Leads"), points=points)
    return {"chart": chart, "list_url": address, "list_label": _("All leads")}


def _address(url_name: str, query: str) -> str:
    address = navigation.address(url_name) if url_name else ""
    return f"{address}?{query}" if address and query else address
