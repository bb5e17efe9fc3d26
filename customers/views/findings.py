"""Three findings about a customer: how they pay, how the line is, and what they use or bring."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.rules import picture
from customers.rules.picture import Bill, Day, Mark, Money, Square
from customers.views import line_days
from customers.views.line_days import Box, LineDays
from customers.views.standing import Standing
from ispbill.core import formats


@dataclass(frozen=True)
class Bar:
    """A bar of a finding: its name, the amount in words and its length in per cent."""

    name: str
    amount: str
    percent: int


@dataclass(frozen=True)
class Finding:
    """One finding: what is found, a word more, and what draws it (one of the three)."""

    key: str
    title: str
    text: str = ""
    squares: list[Box] = field(default_factory=list)
    days: LineDays | None = None
    bars: list[Bar] = field(default_factory=list)


def findings(standing: Standing) -> list[Finding]:
    """Return what is known, as far as this person may know: two or three findings."""
    found = [_line(standing)]
    if standing.money is not None:
        found.insert(0, _paying(standing.money, on=standing.on))
    third = _usage(standing) or (
        _bringing(standing.money, on=standing.on) if standing.money else None
    )
    return [*found, third] if third is not None else found


def _paying(money: Money, *, on: date) -> Finding:
    squares = picture.squares(money.bills, on=on)
    title, text = _paying_words(squares)
    return Finding("paying", title, text, squares=[_square(one) for one in squares])


def _paying_words(squares: list[Square]) -> tuple[str, str]:
    by_mark = {mark: [one for one in squares if one.mark == mark] for mark in Mark}
    late, missed, good = by_mark[Mark.LATE], by_mark[Mark.MISSED], by_mark[Mark.ON_TIME]
    if missed:
        title = ngettext("%(n)s bill not paid", "%(n)s bills not paid", len(missed))
        months = ngettext("%(n)s month on time before", "%(n)s months on time before", len(good))
        if good:
            return title % _n(len(missed)), months % _n(len(good))
        late_for = missed[0].days
        days = ngettext("%(n)s day late", "%(n)s days late", late_for)
        return title % _n(len(missed)), days % _n(late_for)
    if late:
        title = _("Paid late in %(n)s of %(all)s months")
        days = ngettext("Last time %(n)s day late", "Last time %(n)s days late", late[-1].days)
        both = {"n": formats.number(len(late)), "all": formats.number(len(late) + len(good))}
        return title % both, days % _n(late[-1].days)
    if good:
        months = ngettext("%(n)s month in a row", "%(n)s months in a row", len(good))
        return _("Always paid on time"), months % _n(len(good))
    return _("No bill has been due yet"), _("Twelve months, this one last")


def _square(square: Square) -> Box:
    language = get_language() or "en"
    words = {
        Mark.NOT_BILLED: _("not billed"),
        Mark.CREDITED: _("credited, nothing to pay"),
        Mark.ON_TIME: _("paid on time"),
        Mark.WAITING: _("not due yet"),
        Mark.LATE: ngettext("paid %(n)s day late", "paid %(n)s days late", square.days),
        Mark.MISSED: ngettext("not paid, %(n)s day late", "not paid, %(n)s days late", square.days),
    }[square.mark] % _n(square.days)
    sign = formats.number(min(square.days, 99)) if square.mark == Mark.LATE else ""
    month = formats.month(square.month, language)
    return Box(
        square.mark, sign, formats.short_month(square.month, language)[:3], f"{month}: {words}"
    )


def _line(standing: Standing) -> Finding:
    uses = [line_days.use(one, standing.lines, on=standing.on) for one in standing.services]
    drawn = line_days.drawn(uses, on=standing.on)
    title, text = _line_words(drawn.counts, standing)
    return Finding("line", title, text, days=drawn)


def _line_words(counts: dict[Day, int], standing: Standing) -> tuple[str, str]:
    off = counts[Day.DEBT] + counts[Day.OFF] + counts[Day.PAUSED]
    known = picture.DAYS - counts[Day.NONE]
    if not known:
        return _("No line in the last 30 days"), ""
    if off:
        title = _("Off on %(n)s of the last %(all)s days") % {
            "n": formats.number(off),
            "all": formats.number(known),
        }
        worst = next(day for day in (Day.DEBT, Day.OFF, Day.PAUSED) if counts[day])
        return title, line_days.words()[worst].capitalize()
    if counts[Day.DOWN]:
        down = ngettext("No session for %(n)s day", "No session for %(n)s days", counts[Day.DOWN])
        return down % _n(counts[Day.DOWN]), _("Switched on; the router sees nobody")
    if known == picture.DAYS:
        title = _("Switched on all %(n)s days") % _n(known)
    else:
        began = formats.day(standing.on - timedelta(days=known - 1), get_language() or "en")
        title = _("Switched on since %(day)s") % {"day": began}
    online = standing.customer.account_state.is_online
    now: dict[bool | None, str] = {True: _("Online now"), False: _("Not online now")}
    return title, now.get(online, "") if standing.has_live else ""


def _usage(standing: Standing) -> Finding | None:
    """Say what was used of a cap; without a cap or without usage there is no such finding."""
    used = standing.customer.account_state.usage_cycle_gb
    cap = next((one.data_cap_gb for one in standing.services if one.is_live and one.data_cap_gb), 0)
    if not cap or used <= 0:
        return None
    said = {"used": formats.number(used), "cap": formats.number(cap)}
    percent = min(round(used * 100 / cap), 100)
    bar = Bar(_("This cycle"), f"{formats.number(percent)} %", percent)
    return Finding("usage", _("Used %(used)s of %(cap)s GB") % said, _("In this cycle"), bars=[bar])


def _bringing(money: Money, *, on: date) -> Finding | None:
    """Say what was paid this year, by which way, and when they are wont to pay."""
    year = [one for one in money.paid if one.this_year > 0]
    total = sum((one.this_year for one in year), start=Decimal(0))
    if not total:
        return None
    said = {"amount": formats.money(total), "year": formats.digits(str(on.year))}
    most = max(one.this_year for one in year)
    bars = [
        Bar(one.way, formats.money(one.this_year), max(round(one.this_year * 100 / most), 2))
        for one in sorted(year, key=lambda one: -one.this_year)[:3]
    ]
    return Finding("paid", _("Paid %(amount)s in %(year)s") % said, _habit(money.bills), bars=bars)


def _habit(bills: list[Bill]) -> str:
    """Say when bills are usually paid; two are no habit."""
    days = [bill.days_late for bill in bills if bill.is_periodic and bill.days_late is not None]
    if len(days) < 3:
        return ""
    usual = round(median(days))
    if usual == 0:
        return _("Usually pays on the due day")
    if usual > 0:
        words = ngettext("Usually pays %(n)s day late", "Usually pays %(n)s days late", usual)
        return words % _n(usual)
    words = ngettext(
        "Usually pays %(n)s day before it is due",
        "Usually pays %(n)s days before it is due",
        -usual,
    )
    return words % _n(-usual)


def _n(count: int) -> dict[str, str]:
    return {"n": formats.number(count)}
