"""A month of promises on paper: made when asked for, sent on the 1st, and a warning when few hold.

Every figure is the one the page shows (`tickets.queries.promises`, `network.outages.queries`). The
letter is once a person and month, the warning once a month, however often the job runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.invoices.services.documents import Paper, Wanted
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import Branch, User
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.inbox.services import bell
from ispbill.notifications.services import compose
from network.outages.queries import uptime
from network.outages.rules import uptime as uptime_rules
from tickets.models import SupportSettings, Ticket, TicketClock
from tickets.queries import promises
from tickets.queries.promises import Kept

REPORT = "SLA_REPORT"
_SENT_UNTIL_DAY = 5  # of the month: a machine that was off on the first makes up for it
_LEAST_CLOCKS = 20  # of fewer no share is warned of
_WORST = 15


@dataclass(frozen=True)
class Line:
    """How promises of something were kept, in words."""

    label: str
    kept: str
    percent: str
    mean: str


def source_of(month: date) -> int:
    """Return the number by which a month's report is asked for."""
    return month.year * 100 + month.month


def report(wanted: Wanted) -> Paper:
    """Lay out a month's report; the variant is a branch's id, "" for all of them."""
    month = date(wanted.source_id // 100, wanted.source_id % 100, 1)
    branch_id = int(wanted.variant) if wanted.variant else None
    with translation.override(wanted.language):
        context: dict[str, object] = {
            "language": wanted.language,
            "company": Company.current(),
            "month": formats.month(month, language=wanted.language),
            "branch": Branch.objects.get(pk=branch_id).name if branch_id else "",
            "figures": _figures(month, branch_id),
        }
    return Paper("tickets/pdf/sla.html", context)


def send_due(*, at: datetime) -> int:
    """In the first days of a month send last month's report to whom the owner names.

    Return how many letters are new.
    """
    on = clock.local_date(at)
    if on.day > _SENT_UNTIL_DAY:
        return 0
    month = (on.replace(day=1) - timedelta(days=1)).replace(day=1)
    return sum(_send(person, month, at=at) for person in readers())


def warn(*, act: Act) -> int:
    """Tell owners and readers, once a month, that fewer promises are kept than the settings say."""
    least = SupportSettings.current().least_percent
    month = act.on.replace(day=1)
    whole = promises.whole(_ended(month, None, until=act.at))
    if least is None or whole.percent is None or whole.count < _LEAST_CLOCKS:
        return 0
    if whole.percent >= least:
        return 0
    owners = User.objects.filter(role=User.Role.OWNER, is_active=True)
    told = {one.pk: one for one in [*owners, *readers()]}
    return sum(_warn(told[pk], month, whole, act=act) for pk in sorted(told))


def readers() -> list[User]:
    """Return the people whom the owner has named and who still see reports."""
    named = [one.strip().lower() for one in SupportSettings.current().report_to.split(",")]
    people = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    return [one for one in people if one.email.lower() in named and may(one, "reports.view")]


@transaction.atomic
def _send(person: User, month: date, *, at: datetime) -> int:
    with translation.override(person.language):
        text = _summary(month, branch_scope(person))
        named = formats.month(month, language=person.language)
    page = f"{reverse('staff_tickets:sla-report')}?month={month:%Y-%m}"
    context = {"subject": named, "text": text, "report_url": settings.PUBLIC_URL + page}
    letter = compose.to_person(person, context, fact=f"{month:%Y-%m}")
    return compose.enqueue(letter, event="sla_report", at=at, channels=("EMAIL",))


@transaction.atomic
def _warn(person: User, month: date, whole: Kept, *, act: Act) -> int:
    page = reverse("staff_tickets:sla")
    fact = f"sla-low:{month:%Y-%m}"
    told = bell.Ring("sla-low", fact, f"{whole.percent} %", page)
    context = {
        "percent": str(whole.percent),
        "count": f"{whole.met}/{whole.count}",
        "report_url": settings.PUBLIC_URL + page,
    }
    letter = compose.to_person(person, context, fact=fact)
    bell.ring([person], told, act=act)
    return compose.enqueue(letter, event="sla_low", at=act.at, channels=("EMAIL",))


def _summary(month: date, branch_id: int | None) -> str:
    """Return the report's first lines, for the letter."""
    figures = _figures(month, branch_id)
    lines = [f"{one.label}: {one.percent} ({one.kept})" for one in figures.kinds]
    lines.append(f"{_('Mean to resolve a ticket')}: {figures.mttr_tickets}")
    lines.append(f"{_('Mean to end an outage')}: {figures.mttr_outages}")
    return "\n".join(lines)


@dataclass(frozen=True)
class Figures:
    """A month in words and lines, as paper and letter show it."""

    kinds: list[Line]
    tables: list[tuple[str, list[Line]]]
    mttr_tickets: str
    mttr_outages: str
    uptime: list[tuple[str, str, str]]
    worst: list[tuple[str, str, str, str]]


def _figures(month: date, branch_id: int | None) -> Figures:
    clocks = _ended(month, branch_id)
    kinds = promises.kept(clocks)
    repairs = uptime.repairs(uptime.frame(month, at=clock.midnight(_next(month))))
    resolution = kinds[-1]
    return Figures(
        kinds=[_line(one) for one in [promises.whole(clocks), *kinds]],
        tables=[
            (_("By team"), _lines(promises.by(clocks, "ticket__team__name"))),
            (_("By category"), _lines(promises.by(clocks, "ticket__category__name"))),
            (_("By priority"), _priorities(promises.by(clocks, "ticket__priority"))),
            (_("By area"), _lines(promises.by(clocks, "ticket__area__name"))),
        ],
        mttr_tickets=_length(resolution.mean_seconds),
        mttr_outages=_length(uptime_rules.mean(repairs)),
        uptime=[
            (
                one.name or _("All lines"),
                f"{formats.number(one.percent, decimals=2)} %" if one.percent is not None else "–",
                _length(one.row.down_seconds),
            )
            for one in uptime.of_branch(branch_id, month)
        ],
        worst=[
            (
                one.ticket.number,
                str(one.get_kind_display()),
                one.ticket.assignee.name if one.ticket.assignee else "–",
                _length(one.used_seconds - one.allowed_seconds),
            )
            for one in promises.worst(clocks)[:_WORST]
        ],
    )


def _ended(
    month: date, branch_id: int | None, *, until: datetime | None = None
) -> QuerySet[TicketClock]:
    after = clock.midnight(_next(month))
    end = after if until is None else min(after, until)
    return promises.ended_in(branch_id, since=clock.midnight(month), until=end)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _lines(found: Iterable[Kept]) -> list[Line]:
    return [_line(one) for one in found]


def _priorities(found: Iterable[Kept]) -> list[Line]:
    labels = dict(Ticket.Priority.choices)
    return _lines(replace(one, label=str(labels.get(one.label, one.label))) for one in found)


def _line(one: Kept) -> Line:
    kept = _("%(met)s of %(all)s") % {
        "met": formats.number(one.met),
        "all": formats.number(one.count),
    }
    percent = f"{formats.number(one.percent, decimals=1)} %" if one.percent is not None else "–"
    return Line(one.label, kept, percent, _length(one.mean_seconds))


def _length(seconds: int | None) -> str:
    if seconds is None:
        return "–"
    return formats.duration(timedelta(seconds=max(0, seconds)), get_language() or "en")
