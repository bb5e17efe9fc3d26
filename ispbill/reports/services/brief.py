"""The week in figures, by e-mail on Monday morning: what an owner asks for, in twelve lines.

The letter leads to the same on paper, with every figure of the week (`reports.views.brief`).

Every figure is the one the pages show (`reports.queries`); a branch manager gets those of the
branch. Worked out for each person when it is sent, with the rights held then; once a person and
week, however often the job runs.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from churn.queries import scores
from customers.models import Customer
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import clock, formats
from ispbill.core.money import ZERO
from ispbill.notifications.services import compose
from ispbill.reports.queries import cash, coming, figures, owed
from ispbill.reports.queries.scope import Scope
from tickets.models import Ticket
from tickets.queries import tickets

TOLD = (User.Role.OWNER, User.Role.BRANCH_MANAGER)
_MONDAY, _WEEK = 0, timedelta(days=7)


def send_due(*, at: datetime) -> int:
    """On Mondays queue the brief of the week before; return how many are new."""
    on = clock.local_date(at)
    if on.weekday() != _MONDAY:
        return 0
    people = User.objects.filter(role__in=TOLD, is_active=True).exclude(email="").order_by("pk")
    return sum(send(person, monday=on, at=at) for person in people)


@transaction.atomic
def send(person: User, *, monday: date, at: datetime) -> int:
    """Queue one person's brief of the week before a Monday; 0 where it was sent already."""
    since = monday - _WEEK
    context = {
        "period": f"{since.isoformat()}/{monday.isoformat()}",
        "text": text(person, monday=monday),
        "report_url": f"{settings.PUBLIC_URL}{reverse('staff_reports:brief')}?week={monday}",
    }
    return compose.enqueue(
        compose.to_person(person, context, fact=f"{monday}"),
        event="weekly_brief",
        at=at,
        channels=("EMAIL",),
    )


def text(person: User, *, monday: date) -> str:
    """Return the brief's lines in the person's language."""
    with translation.override(person.language):
        found = lines(person, monday=monday)
    return "\n".join(f"{label}: {said}" for label, said in found)


def lines(person: User, *, monday: date) -> list[tuple[str, str]]:
    """Return what the brief says, label and words, in the language in force."""
    branch = branch_scope(person)
    return [*_money(monday, branch), *_customers(person, monday, branch), *_work(person, monday)]


def _money(monday: date, branch: int | None) -> list[tuple[str, str]]:
    last = monday - timedelta(days=1)
    got, before = (_came_in(day - _WEEK, branch) for day in (monday, monday - _WEEK))
    late, soon = owed.owed(on=last, branch_id=branch), coming.coming(on=last, branch_id=branch)
    return [
        (
            _("Came in"),
            _("%(amount)s (the week before: %(before)s)")
            % {"amount": formats.money(got), "before": formats.money(before)},
        ),
        (
            _("Late"),
            _("%(amount)s (customers: %(count)s)")
            % {"amount": formats.money(late.overdue), "count": formats.number(late.customers)},
        ),
        (
            _("To come in 14 days"),
            _("too few bills to tell") if soon.amount is None else formats.whole_money(soon.amount),
        ),
    ]


def _came_in(since: date, branch: int | None) -> Decimal:
    """Return the money of the week that began on a day."""
    until = since + _WEEK - timedelta(days=1)
    return sum(cash.by_day(since=since, until=until, branch_id=branch).values(), ZERO)


def _customers(person: User, monday: date, branch: int | None) -> list[tuple[str, str]]:
    since, last = monday - _WEEK, monday - timedelta(days=1)
    span = figures.span(since=since, until=last, scope=Scope(branch_id=branch))
    high = scores.levels(scores.visible_to(person)).get(Customer.ChurnRisk.HIGH, scores.Level())
    return [
        (
            _("Customers in use"),
            _("%(count)s (%(won)s services won, %(lost)s cancelled)")
            % {
                "count": formats.number(span.closing["customers"]),
                "won": formats.number(span["added_count"]),
                "lost": formats.number(span["cancelled_count"]),
            },
        ),
        (_("Recurring revenue a month"), formats.money(span.closing["monthly_amount"])),
        (
            _("May leave"),
            _("%(count)s at high risk, who pay %(amount)s a month")
            % {"count": formats.number(high.count), "amount": formats.whole_money(high.monthly)},
        ),
    ]


def _work(person: User, monday: date) -> list[tuple[str, str]]:
    visible: Any = tickets.visible_to(person)
    begin, end = clock.midnight(monday - _WEEK), clock.midnight(monday)
    opened = visible.filter(opened_at__gte=begin, opened_at__lt=end).count()
    still = visible.exclude(state__in=[Ticket.State.RESOLVED, Ticket.State.CLOSED]).count()
    return [
        (
            _("Tickets"),
            _("%(opened)s opened, %(still)s open now")
            % {"opened": formats.number(opened), "still": formats.number(still)},
        )
    ]
