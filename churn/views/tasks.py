"""/admin/churn/tasks/: who is called, by whom, what was offered, how it ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.approvals.models import Approval
from churn.forms.retention import AssignForm, CloseForm, Find, OfferForm, OverrideForm
from churn.models import ChurnScore, ChurnSettings, RetentionTask
from churn.queries import episodes as running
from churn.queries import tasks as queries
from churn.queries import wording
from churn.services import episodes, retention
from churn.views import words
from customers.forms.calls import CallForm
from customers.models import Call, Customer
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, paging
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

SIZE = 50
PANEL_ROWS = 10
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("churn.view")
def index(request: Request) -> HttpResponse:
    """All tasks by whose and when: one's own, open, due, done."""
    visible, on = queries.visible_to(request.user), clock.today()
    view, text = request.GET.get("view", ""), request.GET.get("q", "")
    form = Find(request.GET)
    found = visible.filter(queries.of_view(view, request.user, on=on))
    found = queries.filtered(found, form.filters(view, text))
    total = found.count()
    start = paging.start_of(request.GET, total=total)
    rows = list(queries.listed(found, view)[start : start + SIZE])
    said = wording.words(
        row.customer.churn_score for row in rows if hasattr(row.customer, "churn_score")
    )
    context: dict[str, Any] = {
        "rows": [_row(row, said.get(row.customer_id)) for row in rows],
        "today": on,
        "form": form,
        "query": text,
        "chips": chips.of(form, request.GET),
        "is_filtered": bool(text or form.cleaned_data.get("state") or form.data.get("action")),
        "is_swap": responses.is_fragment(request, "list"),
        "view": view,
        "pager": paging.numbered(start, size=SIZE, total=total),
    }
    if not context["is_swap"]:
        names = [
            (queries.MINE, _("Mine")),
            (queries.OPEN, pgettext("retention tasks", "Open")),
            (queries.DUE, pgettext("retention tasks", "Due")),
            (queries.DONE, pgettext("retention tasks", "Done")),
        ]
        counts = queries.counts(visible, request.user, on=on)
        context["tabs"] = paging.tabs(request.GET, "view", names, counts=counts)
    part, whole = "churn/staff/_tasks.html", "churn/staff/tasks.html"
    return responses.region(request, context, part=part, page=whole, target="list")


@require_GET
@staff_only("churn.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """How likely a customer is to leave, why, and what is done about it."""
    customer = _customer(request, number)
    score = ChurnScore.objects.filter(customer=customer).first()
    said = wording.words([score]).get(customer.pk) if score is not None else None
    task = queries.open_of(customer)
    done = RetentionTask.objects.filter(customer=customer, closed_at__isnull=False)
    waiting = Approval.objects.filter(
        customer=customer, kind=Approval.Kind.OFFER, status=Approval.Status.PENDING
    )
    episode = running.newest(customer)
    context = {
        "customer": customer,
        "score": score,
        "chance": words.chance(score) if score is not None else "",
        "said": said,
        "advice": words.actions(said),
        "episode": episode,
        "is_left_alone": episode is not None and episode.is_left_alone,
        "task": task,
        "offered": words.offered(task) if task is not None else "",
        "waiting": waiting.first(),
        "done": [
            _row(one, None)
            for one in done.select_related("assigned_to").order_by("-pk")[:PANEL_ROWS]
        ],
        "last_call": Call.objects.filter(customer=customer).select_related("by").last(),
        "may_work": may(request.user, "churn.work"),
        "may_override": may(request.user, "churn.override"),
        "is_mine": task is not None and task.assigned_to_id == request.user.pk,
    }
    return responses.region(
        request,
        context,
        part="churn/staff/_customer_panel.html",
        page="churn/staff/customer_panel.html",
    )


@require_POST
@staff_only("churn.work")
def take(request: Request, pk: int) -> HttpResponse:
    """Take a task on oneself."""
    task = _task(request, pk)
    try:
        retention.assign(task=task, to=request.user, act=Act.now(request.user))
    except DomainError as refusal:
        return responses.go(request, _back(task), str(refusal), level="warning")
    return responses.go(request, _back(task), _("It is yours now."))


@_both
@staff_only("churn.work")
def assign(request: Request, pk: int) -> HttpResponse:
    """Give a task to a colleague."""
    task, form = _task(request, pk), AssignForm(request.POST or None, user=request.user)

    def run(given: dict[str, Any]) -> str:
        to = given["to"]
        retention.assign(task=task, to=to, act=Act.now(request.user))
        return _("%(name)s does it.") % {"name": to.name}

    return _asked(request, task, form, run, _("Give to a colleague"))


@_both
@staff_only("churn.work")
def contact(request: Request, pk: int) -> HttpResponse:
    """Write down a call."""
    task, form = _task(request, pk), CallForm(request.POST or None, user=request.user)

    def run(_given: dict[str, Any]) -> str:
        retention.contact(task=task, talk=form.talk(), act=Act.now(request.user))
        return _("The call is written down.")

    return _asked(request, task, form, run, _("Log call"))


@_both
@staff_only("churn.work")
def offer(request: Request, pk: int) -> HttpResponse:
    """Note what was offered; a large discount waits for a second person."""
    task = _task(request, pk)
    form = OfferForm(request.POST or None, task=task)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        if retention.offer(task=task, given=form.offer(), act=act) is None:
            return _("The offer is noted.")
        return _("A second person has to agree first; it waits in their inbox.")

    limits = ChurnSettings.current()
    told = _("Up to %(percent)d %% for %(cycles)d billing periods without asking anybody.") % {
        "percent": limits.most_discount_percent,
        "cycles": limits.most_discount_cycles,
    }
    given = _("A discount is given when the customer takes it.")
    return _asked(request, task, form, run, _("Offer something"), told, given)


@_both
@staff_only("churn.work")
def close(request: Request, pk: int) -> HttpResponse:
    """Say how it ended."""
    task = _task(request, pk)
    form = CloseForm(request.POST or None, task=task)

    def run(given: dict[str, Any]) -> str:
        retention.close(task=task, act=Act.now(request.user), **form.given())
        return _("The task is done.")

    return _asked(request, task, form, run, _("Say how it ended"))


@_both
@staff_only("churn.override")
def override(request: Request, number: str) -> HttpResponse:
    """Have somebody called who was drawn to be left alone."""
    customer, form = _customer(request, number), OverrideForm(request.POST or None)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        episodes.override(customer=customer, act=act)
        return _("A task is proposed.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Call %(name)s all the same") % {"name": customer.name},
        label=_("Call all the same"),
        back=_page(customer),
        effects=[_("The result still counts this customer among those left alone, as drawn.")],
    )


def _asked(
    request: Request,
    task: RetentionTask,
    form: forms.Form,
    run: Callable[[dict[str, Any]], str],
    label: str,
    *effects: str,
) -> HttpResponse:
    """Ask before an act on a task, do it, and say so."""
    heading = f"{label}: {task.customer.name}"
    return responses.carried_out(
        request, form, run, heading=heading, label=_("Save"), back=_back(task), effects=effects
    )


def _row(task: RetentionTask, said: wording.Said | None) -> dict[str, Any]:
    return {
        "one": task,
        "said": said,
        "offered": words.offered(task),
        "outcome": words.outcome(task),
        "url": _page(task.customer),
    }


def _task(request: Request, pk: int) -> RetentionTask:
    rows = queries.visible_to(request.user).select_related("customer", "episode")
    return get_object_or_404(rows, pk=pk)


def _customer(request: Request, number: str) -> Customer:
    return get_object_or_404(directory.visible_to(request.user), number=number)


def _page(customer: Customer) -> str:
    return links.customer(customer.number, tab="churn")


def _back(task: RetentionTask) -> str:
    return _page(task.customer)
