"""What the card on top of a customer's page says, state by state."""

from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.models import Subscription, Suspension
from customers.rules.next_act import State
from customers.views.standing import Standing
from ispbill.core import clock, formats


def of(state: State, standing: Standing) -> tuple[str, str]:
    """Return the card's title, and the sentence below it."""
    words = {
        State.OFF_FOR_DEBT: _off_for_debt,
        State.PREPAID_OVER: _prepaid_over,
        State.DOWN: _down,
        State.LATE: _late,
        State.PAUSED: _paused,
        State.OFF: _off,
        State.NOT_INSTALLED: _not_installed,
        State.CLOSED: _closed,
        State.DUE: _due,
        State.SETTLED: _settled,
    }
    return words[state](standing)


def _off_for_debt(standing: Standing) -> tuple[str, str]:
    off = next(one for one in standing.suspensions if one.kind == Suspension.Kind.NON_PAYMENT)
    days = (standing.on - off.span.lower).days
    said = {"days": formats.number(days), "amount": formats.money(standing.owed)}
    if standing.owed <= 0:
        title = ngettext(
            "Off for %(days)s day, owes nothing", "Off for %(days)s days, owes nothing", days
        )
        return title % said, _("It was closed for debt and has not been switched on again.")
    title = ngettext(
        "Off for %(days)s day, owes %(amount)s", "Off for %(days)s days, owes %(amount)s", days
    )
    if not days:
        title = _("Off since today, owes %(amount)s")
    opens = _("It opens by itself once that is paid.")
    return title % said, f"{_bills(standing)} {opens}"


def _prepaid_over(standing: Standing) -> tuple[str, str]:
    off = next(one for one in standing.suspensions if one.kind == Suspension.Kind.PREPAID)
    title = _("Prepaid time ended on %(day)s") % {"day": _day(off.span.lower)}
    return title, _("It opens by itself once enough is paid for the next period.")


def _down(standing: Standing) -> tuple[str, str]:
    seen = standing.customer.account_state.last_seen_at
    title = _("No line is online, nothing owed")
    if seen is not None:
        title = _("Line is down since %(when)s, nothing owed") % {"when": _moment(seen)}
    down = [line for line in standing.lines if line.is_down]
    if not down:
        return title, _("Switched on, but without a session.")
    names = ", ".join(f"{line.username} ({line.router})" for line in down)
    return title, _("Switched on, but without a session: %(lines)s.") % {"lines": names}


def _late(standing: Standing) -> tuple[str, str]:
    facts = standing.facts
    days = (standing.on - facts.due_on).days if facts.due_on else 0
    said = {"days": formats.number(days), "amount": formats.money(standing.owed)}
    title = ngettext(
        "%(days)s day late, owes %(amount)s", "%(days)s days late, owes %(amount)s", days
    )
    return title % said, f"{_bills(standing)} {_what_follows(standing)}".strip()


def _what_follows(standing: Standing) -> str:
    promised = standing.customer.account_state.promised_until
    if promised is not None and promised >= standing.on:
        return _("Promised to pay by %(day)s.") % {"day": _day(promised)}
    if standing.customer.is_never_suspended:
        return _("Never suspended by itself.")
    closes = standing.money.closes_on if standing.money else None
    if closes is None:
        return ""
    if closes <= standing.on:
        return _("The line closes with the next run.")
    return _("The line closes on %(day)s unless it is paid.") % {"day": _day(closes)}


def _paused(standing: Standing) -> tuple[str, str]:
    off = next(one for one in standing.suspensions if one.kind == Suspension.Kind.CUSTOMER_REQUEST)
    title = _("Paused at own request since %(day)s") % {"day": _day(off.span.lower)}
    return _and_owes(standing, title), _meanwhile(off)


def _off(standing: Standing) -> tuple[str, str]:
    off = standing.suspensions[0]
    said = {"day": _day(off.span.lower), "why": off.get_kind_display()}
    title = _("Off since %(day)s: %(why)s") % said
    return _and_owes(standing, title), f"“{off.reason}” {_meanwhile(off)}"


def _meanwhile(off: Suspension) -> str:
    return _("Billed meanwhile.") if off.is_billed else _("Not billed meanwhile.")


def _not_installed(standing: Standing) -> tuple[str, str]:
    service = standing.with_status(Subscription.Status.PENDING)[0]
    said = {"package": service.package.name, "day": _day(clock.local_date(service.created_at))}
    title = _and_owes(standing, _("Not installed yet"))
    return title, _("%(package)s was ordered on %(day)s.") % said


def _closed(standing: Standing) -> tuple[str, str]:
    ends = [one.cancelled_on for one in standing.services if one.cancelled_on]
    if not ends:
        return _and_owes(standing, _("No line yet")), _("Add a service to begin.")
    title = _("Closed since %(day)s") % {"day": _day(max(ends))}
    return _and_owes(standing, title), _bills(standing) if standing.owed > 0 else ""


def _due(standing: Standing) -> tuple[str, str]:
    due = standing.customer.account_state.oldest_due_date
    said = {"amount": formats.money(standing.owed), "day": _day(due) if due else ""}
    title = _("Owes %(amount)s, due %(day)s") if due else _("Owes %(amount)s")
    return title % said, _("Not late.") if due else ""


def _settled(standing: Standing) -> tuple[str, str]:
    title, owed = _("All paid"), standing.owed
    following = standing.customer.account_state.next_billing_date
    if following is not None and following >= standing.on:
        said = {"day": _day(following), "amount": _about(standing)}
        title = (
            _("All paid, next bill %(day)s, about %(amount)s")
            if said["amount"]
            else _("All paid, next bill %(day)s")
        )
        title %= said
    credit = _("Credit of %(amount)s.") % {"amount": formats.money(-owed)} if owed < 0 else ""
    return title, credit


def _about(standing: Standing) -> str:
    """Return what the last bill of a period came to; "" when none is known."""
    bills = [bill for bill in standing.money.bills if bill.is_periodic] if standing.money else []
    return formats.money(bills[-1].total) if bills else ""


def _bills(standing: Standing) -> str:
    """Say which bills are open, as far as this person may know."""
    due = standing.customer.account_state.oldest_due_date
    if due is None:
        return ""
    unpaid = len(standing.money.unpaid) if standing.money else 0
    said = {"n": formats.number(unpaid), "day": _day(due)}
    if not unpaid:
        return _("Due since %(day)s.") % said
    words = ngettext("One bill, due %(day)s.", "%(n)s bills, the oldest due %(day)s.", unpaid)
    return words % said


def _and_owes(standing: Standing, title: str) -> str:
    if standing.owed <= 0:
        return title
    amount = formats.money(standing.owed)
    return _("%(title)s, owes %(amount)s") % {"title": title, "amount": amount}


def _day(on: date) -> str:
    return formats.day(on, get_language() or "en")


def _moment(at: datetime) -> str:
    return formats.moment(at, clock.zone(), get_language() or "en")
