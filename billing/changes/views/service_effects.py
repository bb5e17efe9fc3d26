"""What switching a service does to its line and to the money, in words for the dialogs."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from billing.changes.queries import ending, pauses
from billing.changes.queries.contract_fees import TooLateToCoolOff
from billing.changes.rules.exit_fee import Cause
from billing.changes.services import activation
from billing.changes.views import fee_words
from billing.dunning.queries import dunning, suspension_rules
from billing.pricing.queries import outlook
from billing.pricing.views import words
from customers.models import Subscription, Suspension
from ispbill.core import formats
from ispbill.core.models import Company
from ispbill.core.money import Taxed
from network.models import Access


def suspension_money(subscription: Subscription | None = None) -> list[str]:
    """Say what suspending does to the bill, for one service or in general."""
    rules = {kind: suspension_rules.of(kind) for kind, _label in Suspension.Kind.choices}
    said = []
    for text, kinds in (
        (
            _("As usual these kinds go on being billed: %(kinds)s."),
            [kind for kind, rule in rules.items() if rule.is_billed],
        ),
        (
            _("Not billed, and days billed already are credited on return: %(kinds)s."),
            [kind for kind, rule in rules.items() if rule.is_credited],
        ),
        (
            _("Not billed, nor later; what is billed already stays billed: %(kinds)s."),
            [kind for kind, rule in rules.items() if not rule.is_billed and not rule.is_credited],
        ),
    ):
        if kinds:
            names = ", ".join(str(Suspension.Kind(kind).label) for kind in kinds)
            said.append(text % {"kinds": names})
    if subscription is not None:
        until = _billed_until(subscription)
        if until is not None:
            said.append(
                _("This service is billed up to %(last)s.")
                % {"last": words.day(until - timedelta(days=1))}
            )
    return said


def first_bill(subscription: Subscription, on: date) -> dict[str, Any]:
    """Return what activating a pending service on a day bills, for the dialog."""
    if subscription.status != Subscription.Status.PENDING:
        return {}
    first = activation.first_bill(subscription=subscription, on=on)
    waits = Company.current().first_bill == Company.FirstBill.WITH_NEXT_RUN
    upto = on if waits else first.period.end
    following = outlook.next_bill(subscription, start=upto)
    return {
        "bill": [
            {
                "label": line.description,
                "days": words.period(*line.days) if line.days else "",
                "text": words.arithmetic(line.explanation),
                "net": line.amount.net,
                "tax": line.amount.tax,
                "total": line.amount.gross,
            }
            for line in first.lines
        ],
        "bill_total": first.total.gross,
        "bill_title": _("First bill, due on %(on)s") % {"on": words.day(on)},
        "bill_note": _("The bill after that: %(days)s, %(amount)s, issued %(on)s.")
        % {
            "days": words.period(following.start, following.end),
            "amount": formats.money(following.total.gross),
            "on": words.day(outlook.run_date(upto)),
        },
    }


def bill_after_reactivation(subscription: Subscription, on: date) -> dict[str, Any]:
    """Return the bill that follows when a suspended service is back in use."""
    following = outlook.after_reactivation(subscription, on=on)
    if following is None or subscription.status != Subscription.Status.SUSPENDED:
        return {}
    issued = outlook.run_date(following.start)
    return {
        "bill": words.bill(following),
        "bill_total": following.total.gross,
        "bill_title": _("The next bill"),
        "bill_note": _("Nothing is billed now; the next billing run writes this bill.")
        if issued <= on
        else _("Nothing is billed now; the billing run of %(on)s writes this bill.")
        % {"on": words.day(issued)},
    }


def days_skipped(subscription: Subscription, on: date) -> list[str]:
    """Say what becomes of the days since the service was suspended, and what goes back."""
    running = outlook.running_suspension(subscription)
    if running is None:
        return []
    since = {"since": words.day(running.span.lower)}
    if running.is_billed:
        return [_("The days since %(since)s are billed: the suspension was a billed one.") % since]
    said = [_("Unbilled days since %(since)s are never billed.") % since]
    if running.is_credited:
        amount = pauses.credit_of(subscription, start=running.span.lower, end=on)
        if amount:
            said.append(
                _("Days since %(since)s that were billed are credited: %(amount)s with tax.")
                % {**since, "amount": formats.money(amount)}
            )
    return said


def end_of_service(
    subscription: Subscription, *, on: date, today: date, cause: Cause = Cause.NOTICE
) -> dict[str, Any]:
    """Return what ending a service on a day bills and gives back, for the dialog."""
    try:
        end = ending.of(subscription, on=on, today=today, cause=cause)
    except TooLateToCoolOff:  # the form says so when it is sent
        end = ending.of(subscription, on=on, today=today)
    bill = words.bill(end.last)
    if end.fee is not None:
        bill.append(_row(end.fee.description, "", " ".join(fee_words.why(end.fee)), end.fee.amount))
    for held, back in end.backs:
        if back.amount.gross:
            label = _("Given back: %(what)s (%(invoice)s)") % {
                "what": held.line.description,
                "invoice": held.line.invoice.number or "",
            }
            days = words.period(back.days.start, back.days.end)
            bill.append(_row(label, days, words.arithmetic(back.explanation), -back.amount))
    balance = subscription.customer.account_state.balance_amount
    note = owed_after(balance + end.total)
    if not end.backs:
        note += stays_billed(subscription, on)
    return {
        "bill": bill,
        "bill_total": end.total,
        "owed": balance + end.total,
        "bill_title": _("The final bill, up to %(last)s")
        % {"last": words.day(on - timedelta(days=1))},
        "bill_note": note,
    }


def _row(label: str, days: str, text: str, amount: Taxed) -> dict[str, Any]:
    return {
        "label": label,
        "days": days,
        "text": text,
        "net": amount.net,
        "tax": amount.tax,
        "total": amount.gross,
    }


def cut_again(subscription: Subscription, on: date) -> str:
    """Warn that the next run would cut the service off again; "" when it would not."""
    judged = dunning.judge(on=on, customer_ids=[subscription.customer_id], active_only=False)
    if not judged or judged[0].is_never_suspended or judged[0].decision.action != "suspend":
        return ""
    return _(
        "%(amount)s is overdue and the days of grace are over: the next run cuts the service off"
        " again, unless a promise to pay is noted first."
    ) % {"amount": formats.money(judged[0].decision.amount)}


def owed_after(amount: Any) -> str:
    """Say what is owed (or left as credit) once this is done."""
    if amount > 0:
        return _("Owed after this: %(amount)s.") % {"amount": formats.money(amount)}
    if amount < 0:
        return _("Credit left after this: %(amount)s.") % {"amount": formats.money(-amount)}
    return _("Nothing is owed after this.")


def stays_billed(subscription: Subscription, on: date) -> str:
    """Say which days beyond the end are billed already."""
    until = _billed_until(subscription)
    if until is None or until <= on:
        return ""
    return " " + _("The days up to %(last)s are billed already; no money goes back by itself.") % {
        "last": words.day(until - timedelta(days=1))
    }


def _billed_until(subscription: Subscription) -> date | None:
    schedule = getattr(subscription, "schedule", None)
    return schedule.billed_until if schedule is not None else None


def line_effect(subscription: Subscription, text: str) -> str:
    """Say what happens to the line; `text` names its router."""
    line = Access.objects.filter(subscription=subscription).select_related("router").first()
    if line is None:
        return _("This service has no line on a router.")
    return text % {"router": line.router.name}
