"""The parts of a first page about money: what came in, what will, what is late, what was due."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.charts import Chart, Point, Series
from ispbill.portals import navigation
from ispbill.reports.queries import cash as cash_days
from ispbill.reports.queries import collection, coming, definitions, figures, month, owed, revenue
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios
from ispbill.reports.rules.months import first_of, last_of
from ispbill.reports.views import mrr

Context = dict[str, Any]


def cash(_request: Request, on: date, branch_id: int | None) -> Context:
    """Cash in by day, this month against the last one."""
    before = _month_before(on)
    got = cash_days.by_day(since=before, until=on, branch_id=branch_id)
    same_day = before.replace(day=min(on.day, last_of(before).day))
    then = sum((got.get(day, Decimal(0)) for day in _days(before, same_day)), Decimal(0))
    amount = month.collection(on=on, branch_id=branch_id).collected
    points = []
    for day in _days(first_of(on), last_of(on)):
        other = before.replace(day=day.day) if day.day <= last_of(before).day else None
        points.append(
            Point(
                str(day.day),
                None if day > on else got.get(day, Decimal(0)),
                is_partial=day == on,
                beside=None if other is None else got.get(other, Decimal(0)),
                url="" if day > on else _rows("collected", day, day, branch_id),
            )
        )
    chart = Chart(
        "bars",
        "cash",
        _cash_words(amount, then, formats.day_month(same_day, get_language() or "en")),
        _("Cash in by day, all methods, less refunds and reversals"),
        "money",
        _month_name(on),
        points=points,
        beside=_month_name(before),
        last=7,
    )
    link = _rows("collected", first_of(on), on, branch_id)
    return _figure("collected", amount, chart, link, _("The payments of this month"))


def expected(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return the cash of the next fourteen days, by habit and if all pay."""
    found = coming.coming(on=on, branch_id=branch_id)
    end = formats.day_month(on + timedelta(days=14), get_language() or "en")
    if found.amount is None:
        title = _("Too few bills yet to say what comes in")
    else:
        amount = _round(found.amount)
        title = _("%(amount)s to come by %(day)s") % {"amount": amount, "day": end}
    chart = Chart(
        "bars",
        "coming",
        title,
        _("Open bills, paid as customers like these paid before"),
        "money",
        _("As usual"),
        points=[
            Point(formats.day_month(day, get_language() or "en"), usual, beside=most)
            for day, usual, most in found.days
        ]
        if found.amount is not None
        else [],
        beside=_("If all pay"),
        is_outline=True,
        last=7,
    )
    link = navigation.address("staff_billing:invoices")
    return _figure("coming", found.amount, chart, f"{link}?state=OPEN", _("Open invoices"))


def ageing(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return what is late, in four ages."""
    found = owed.owed(on=on, branch_id=branch_id)
    words = {
        "late_7": _("1–7 days"),
        "late_30": _("8–30 days"),
        "late_60": _("31–60 days"),
        "late_older": _("Over 60 days"),
    }
    ages, start = [], Decimal(0)
    for number, age in enumerate(found.ages, start=1):
        share = 100 * age.amount / found.overdue if found.overdue else Decimal(0)
        ages.append(
            {
                "age": age,
                "label": words[age.key],
                "number": number,
                "x": f"{start:.2f}%",
                "width": f"{share:.2f}%",
                "url": _rows(age.key, on, on, branch_id),
            }
        )
        start += share
    old = ratios.percent(found.ages[-1].amount, found.overdue)
    title = (
        _("Nothing is late")
        if old is None
        else _("%(percent)s %% of it is older than 60 days") % {"percent": round(old)}
    )
    note = ngettext(
        "Late money by age: %(amount)s, %(count)d customer",
        "Late money by age: %(amount)s, %(count)d customers",
        found.customers,
    ) % {"amount": _round(found.overdue), "count": found.customers}
    link = _rows("overdue", on, on, branch_id)
    about = _figure("overdue", found.overdue, None, link, _("All late bills"))
    return about | {"ages": ages, "title": title, "note": note}


def course(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return how much of what was due is paid, day by day, this month and the last one."""
    first, before = first_of(on), _month_before(on)
    now = collection.course(since=first, until=on, branch_id=branch_id)
    then = collection.course(since=before, until=last_of(before), branch_id=branch_id)
    so_far = month.collection(on=on, branch_id=branch_id).of_due
    same_day = then.get(before.replace(day=min(on.day, last_of(before).day)))
    chart = Chart(
        "lines",
        "course",
        _course_words(so_far, same_day, on),
        _("Paid part of what was due so far: %(amount)s") % {"amount": _round(so_far.due)},
        "percent",
        labels=[str(day) for day in range(1, 32)],
        series=[
            Series(_month_name(one), _percents(found, one))
            for one, found in ((first, now), (before, then))
        ],
    )
    page = f"{reverse('staff_reports:revenue-collection')}?period=this"
    return _figure("collection", so_far.percent, chart, page, _("Collection and ageing"))


def bridge(_request: Request, on: date, branch_id: int | None) -> Context:
    """Return how recurring revenue went from the month's start to where it is built."""
    state = figures.state()
    if state is None or state.built_until > on:
        return _without_bridge(on, branch_id)
    until = state.built_until
    span = figures.span(since=first_of(until), until=until, scope=Scope(branch_id=branch_id))
    now, then = Decimal(span.closing["monthly_amount"]), span.opening["monthly_amount"]
    words = {"now": _round(now), "change": _round(abs(now - then))}
    title = (
        _("A month now brings %(now)s, up %(change)s this month")
        if now >= then
        else _("A month now brings %(now)s, down %(change)s this month")
    ) % words
    note = _("What changed in recurring revenue, up to the end of %(day)s.") % {
        "day": formats.day(until)
    }
    chart = Chart("steps", "bridge", title, note, "money", _("Amount"), steps=mrr.steps(span))
    page = f"{reverse('staff_reports:revenue')}?period=this"
    return _figure("mrr", now, chart, page, _("Recurring revenue")) | {"until": until}


def _without_bridge(on: date, branch_id: int | None) -> Context:
    """Return recurring revenue as it is, before the first night has said how it came about."""
    now = revenue.recurring(on=on, branch_id=branch_id).amount
    title = _("A month now brings %(now)s") % {"now": _round(now)}
    note = _("What changed it is shown from tomorrow on.")
    chart = Chart("steps", "bridge", title, note, "money", _("Amount"))
    return _figure("mrr", now, chart, reverse("staff_reports:revenue"), _("Recurring revenue"))


def _figure(key: str, value: Any, chart: Chart | None, url: str, link: str) -> Context:
    """Return what every figure of the page carries: itself, its meaning and its list."""
    return {
        "figure": definitions.FIGURES[key],
        "value": value,
        "chart": chart,
        "list_url": url,
        "list_label": link,
    }


def _cash_words(amount: Decimal, then: Decimal, day: str) -> str:
    if then <= 0:
        return _("%(amount)s came in this month") % {"amount": _round(amount)}
    change = round(100 * (amount - then) / then)
    words = {"amount": _round(amount), "percent": abs(change), "day": day}
    if change == 0:
        return _("%(amount)s came in this month, as much as by %(day)s") % words
    if change > 0:
        return _("%(amount)s came in this month, %(percent)s %% more than by %(day)s") % words
    return _("%(amount)s came in this month, %(percent)s %% less than by %(day)s") % words


def _course_words(now: collection.Collection, then: collection.Collection | None, on: date) -> str:
    if now.percent is None:
        return _("Nothing was due yet this month")
    words = {"percent": formats.number(now.percent, decimals=1), "month": _month_name(on)}
    if then is None or then.percent is None:
        return _("%(percent)s %% of what was due in %(month)s is paid") % words
    points = now.percent - then.percent
    words["points"] = formats.number(abs(points), decimals=1)
    if points >= 0:
        return _("%(percent)s %% of %(month)s is paid, %(points)s points ahead") % words
    return _("%(percent)s %% of %(month)s is paid, %(points)s points behind") % words


def _percents(found: Mapping[date, collection.Collection], first: date) -> list[Decimal | None]:
    days = [first + timedelta(days=step) for step in range(31)]
    return [found[day].percent if day in found else None for day in days]


def _rows(what: str, since: date, until: date, branch_id: int | None) -> str:
    query: dict[str, Any] = {"what": what, "since": since, "until": until}
    if branch_id is not None:
        query["branch"] = branch_id
    return f"{reverse('staff_reports:revenue-rows')}?{urlencode(query)}"


def _round(amount: Decimal) -> str:
    """Write an amount of a sentence: whole, as it is said."""
    return formats.whole_money(amount)


def _month_before(on: date) -> date:
    return first_of(first_of(on) - timedelta(days=1))


def _month_name(on: date) -> str:
    return formats.month(on, get_language() or "en").rsplit(" ", 1)[0]


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=step) for step in range((until - since).days + 1)]
