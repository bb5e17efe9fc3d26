"""Say why somebody will be cut off, when, or why not: the same sentence on every page."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from billing.dunning.queries.due_queue import Queue
from billing.dunning.queries.dunning import Judged
from billing.dunning.rules.dunning import EVERY_WEEKDAY, Decision, Reason
from billing.dunning.rules.ladder import Action, Policy, Step
from billing.pricing.views import words
from ispbill.core import balances, formats
from ispbill.core.money import ZERO

WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"), gettext_lazy("Friday"), gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)  # fmt: skip


def why(judged: Judged) -> str:
    """Say what will happen to a customer past due, and because of what."""
    if judged.is_never_suspended:
        return _("Never suspended: somebody has taken this customer out of suspension.")
    if not judged.subscription_ids:
        return _("No active service is left to suspend.")
    return because(judged.decision)


def next_cuts(queue: Queue) -> str:
    """Say when lines close next and what would keep them on, in one sentence."""
    days = [day for day in queue.days if day.count][:2]
    if not days:
        return _("No line closes in the coming days.")
    first, *later = [
        ngettext("%(count)d line closes %(day)s", "%(count)d lines close %(day)s", day.count)
        % {"count": day.count, "day": _when(day.day, queue.on)}
        for day in days
    ]
    then = (
        "".join(
            _(", %(count)d more %(day)s") % {"count": day.count, "day": _when(day.day, queue.on)}
            for day in days[1:]
        )
        if later
        else ""
    )
    amount = formats.money(sum((day.amount for day in days), start=ZERO))
    return _("%(first)s%(then)s, unless %(amount)s is paid before.") % {
        "first": first,
        "then": then,
        "amount": amount,
    }


def _when(day: date, on: date) -> str:
    away = (day - on).days
    if away == 0:
        return _("today")
    if away == 1:
        return _("tomorrow")
    return (
        _("on %(weekday)s") % {"weekday": WEEKDAYS[day.weekday()]} if away < 7 else words.day(day)
    )


def because(decision: Decision) -> str:
    """Say what follows from a decision, whoever the customer is."""
    on, facts = decision.suspends_on, decision.facts
    values = {
        "on": words.day(on) if on else "",
        "due": _day(facts.due_date),
        "grace": _day(decision.grace_until),
        "amount": formats.money(decision.amount),
        "promised": _day(facts.promised_until),
        "excluded": _day(facts.excluded_until),
    }
    if decision.reason in _NOT:
        return str(_NOT[decision.reason]) % values
    if on is None:
        return _("Not suspended: the policy has no day on which lines are cut.")
    return str(_WHEN.get(decision.reason, _WHEN[Reason.GRACE_OVER])) % values


_NOT = {
    Reason.NOTHING_OWED: gettext_lazy("Not suspended: credit covers what is open."),
    Reason.BELOW_MINIMUM: gettext_lazy(
        "Not suspended: %(amount)s is less than the smallest debt that counts."
    ),
    Reason.PAYMENT_PENDING: gettext_lazy(
        "Not suspended for now: a payment is under way and the gateway has not said how it ended."
    ),
    Reason.OUTAGE: gettext_lazy(
        "Not suspended for now: there is an outage where the customer is, or their router does not "
        "answer. It goes on when that is over."
    ),
    Reason.NEVER_CUT: gettext_lazy("Not suspended: this customer's policy has no suspension."),
}
_WHEN = {
    Reason.NOT_YET_DUE: gettext_lazy(
        "Will be suspended on %(on)s unless %(amount)s is paid, due on %(due)s."
    ),
    Reason.IN_GRACE: gettext_lazy(
        "Will be suspended on %(on)s: %(amount)s was due on %(due)s and the days of grace end on"
        " %(grace)s."
    ),
    Reason.PROMISED: gettext_lazy(
        "Will be suspended on %(on)s: payment of %(amount)s is promised by %(promised)s."
    ),
    Reason.EXCLUDED: gettext_lazy(
        "Will be suspended on %(on)s: excluded until %(excluded)s, %(amount)s was due on %(due)s."
    ),
    Reason.NO_CUTOFF_DAY: gettext_lazy(
        "Will be suspended on %(on)s: %(amount)s was due on %(due)s, and today no line is cut."
    ),
    Reason.GRACE_OVER: gettext_lazy(
        "Will be suspended by the next run: %(amount)s was due on %(due)s and the days of grace"
        " ended on %(grace)s."
    ),
}


def values(judged: Judged) -> list[dict[str, str]]:
    """Return every value the decision rests on, with its name."""
    decision, facts = judged.decision, judged.decision.facts
    return [
        _fact(_("Policy"), policy_name(judged.policy)),
        _fact(_("Balance"), balances.words(facts.balance)),
        _fact(_("Open past its due date"), formats.money(facts.unpaid_amount)),
        _fact(_("Counts as overdue"), formats.money(decision.amount)),
        _fact(_("Smallest debt that counts"), formats.money(facts.minimum_amount)),
        _fact(_("Oldest due date"), _day(facts.due_date)),
        _fact(_("Days of grace"), formats.number(facts.grace_days)),
        _fact(_("Last day of grace"), _day(decision.grace_until)),
        _fact(_("Promised by"), _day(facts.promised_until) or _("None")),
        _fact(_("Excluded until"), _day(facts.excluded_until) or _("None")),
        _fact(_("Never suspended"), _yes(judged.is_never_suspended)),
        _fact(_("Payment under way"), _yes(facts.payment_pending)),
        _fact(_("Outage or router does not answer"), _yes(facts.has_outage)),
        _fact(_("Lines are cut on"), weekdays(facts.cutoff_weekdays)),
        _fact(_("Today is a holiday"), _yes(facts.on in facts.holidays)),
        _fact(_("Active services"), formats.number(len(judged.subscription_ids))),
    ]


def policy_name(policy: Policy) -> str:
    """Return a policy's name; the company's own has one too."""
    return policy.name or _("Company settings")


def weekdays(days: frozenset[int]) -> str:
    """Write the weekdays lines are cut on."""
    if days == EVERY_WEEKDAY:
        return _("every day")
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(days))


def step(one: Step) -> str:
    """Name a step of the ladder."""
    return str(_STEPS[one.action])


def when(offset: int) -> str:
    """Write days around the due date in words."""
    if offset == 0:
        return _("on the due date")
    if offset < 0:
        return _("%(days)s before") % {"days": words.count_of_days(-offset)}
    return _("%(days)s after") % {"days": words.count_of_days(offset)}


_STEPS = {
    Action.REMIND: gettext_lazy("Reminder"),
    Action.NOTICE: gettext_lazy("Notice of suspension"),
    Action.LATE_FEE: gettext_lazy("Late fee"),
    Action.SUSPEND: gettext_lazy("Suspend"),
    Action.PROPOSE_CANCEL: gettext_lazy("Propose to cancel"),
}


def _fact(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def _day(on: date | None) -> str:
    return words.day(on) if on else ""


def _yes(is_so: bool) -> str:
    return _("yes") if is_so else _("no")
