"""Retention tasks: who may see which, and the views of the list."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from churn.models import RetentionTask
from customers.models import Customer
from customers.queries import search
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User

MINE, OPEN, DUE, DONE = "", "open", "due", "done"


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty means any. `q` is a customer."""

    view: str = MINE
    q: str = ""
    state: str = ""
    action: str = ""


def visible_to(user: User) -> QuerySet[RetentionTask]:
    """Return the tasks a member of staff may see; a branch manager sees the branch's."""
    if not user.is_console_user or not may(user, "churn.view"):
        return RetentionTask.objects.none()
    branch = branch_scope(user)
    found = RetentionTask.objects.all()
    return found if branch is None else found.filter(customer__branch_id=branch)


def of_view(view: str, user: User, *, on: date) -> Q:
    """Return what a tab of the list shows: one's own open ones unless it says otherwise."""
    if view == DONE:
        return Q(closed_at__isnull=False)
    still = Q(closed_at=None)
    if view == OPEN:
        return still
    return still & (Q(due_on__lte=on) if view == DUE else Q(assigned_to=user))


def filtered(tasks: QuerySet[RetentionTask], asked: Filters) -> QuerySet[RetentionTask]:
    """Narrow tasks by what was asked for beside the tab."""
    if asked.state:
        tasks = tasks.filter(state=asked.state)
    if asked.action:
        tasks = tasks.filter(action=asked.action)
    text = asked.q.strip()
    if not text:
        return tasks
    meant = Q(customer__number__iexact=text)
    return tasks.filter(meant | search.of_rows(text))


def listed(tasks: QuerySet[RetentionTask], view: str) -> QuerySet[RetentionTask]:
    """Return tasks with all a list shows: what is due first, of the done the last one first."""
    order = ("-closed_at", "-pk") if view == DONE else ("due_on", "pk")
    return tasks.select_related(
        "customer__branch", "customer__churn_score", "assigned_to", "service", "episode"
    ).order_by(*order)


def counts(tasks: QuerySet[RetentionTask], user: User, *, on: date) -> dict[str, int]:
    """Return how many tasks each tab shows, in one statement."""
    views = {"mine": MINE, "open": OPEN, "due": DUE}
    asked = {name: Count("pk", filter=of_view(view, user, on=on)) for name, view in views.items()}
    found = tasks.aggregate(**asked)
    return {view: found[name] for name, view in views.items()}


def open_of(customer: Customer) -> RetentionTask | None:
    """Return a customer's open task."""
    found = RetentionTask.objects.filter(customer=customer, closed_at=None)
    return found.select_related("assigned_to", "service", "episode").first()
