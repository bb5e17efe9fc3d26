"""Audited acts in sentences: what was done, with what, and what changed by it."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from customers.models import Customer, Subscription, Suspension
from customers.queries.page_sources import Part, Row
from customers.views import sentences
from ispbill.core import formats

# Dotted act → symbol, and the sentence without who did it. Not listed: told by its own name.
_ACTS: dict[str, tuple[str, Any]] = {
    "customer.registered": ("user-plus", gettext_lazy("Account opened")),
    "customer.edited": ("pencil", gettext_lazy("Particulars changed")),
    "customer.archived": ("trash", gettext_lazy("Account archived")),
    "customer.merged": ("users", gettext_lazy("Became a part of another account")),
    "customer.took_over": ("users", gettext_lazy("Another account became a part of this one")),
    "customer.gave_back": ("users", gettext_lazy("An account was taken apart from this one")),
    "customer.not_duplicate": ("users", gettext_lazy("Said to be two people")),
    "legacy.matched": ("history", gettext_lazy("Former order matched")),
    "customer.restored": ("refresh", gettext_lazy("Account restored")),
    "customer.tagged": ("tag", gettext_lazy("Tagged")),
    "customer.untagged": ("tag", gettext_lazy("Tag removed")),
    "customer.area_changed": ("map-pin", gettext_lazy("Moved to another area")),
    "customer.collector_assigned": ("user", gettext_lazy("Collector assigned")),
    "customer.tax_exempt": ("receipt", gettext_lazy("Exempted from tax")),
    "customer.excluded_from_suspension": (
        "shield-check",
        gettext_lazy("Taken out of automatic suspension"),
    ),
    "customer.may_be_suspended": ("shield-check", gettext_lazy("May be suspended again")),
    "portal_access.opened": ("key", gettext_lazy("Portal access opened")),
    "portal_access.closed": ("lock", gettext_lazy("Portal access closed")),
    "portal_access.moved": ("key", gettext_lazy("Portal access moved to another phone")),
    "lead.converted": ("sparkles", gettext_lazy("Became a customer")),
    "subscription.added": ("plus", gettext_lazy("Line %(label)s added")),
    "subscription.edited": ("pencil", gettext_lazy("Line %(label)s changed")),
    "subscription.activated": ("power", gettext_lazy("Line %(label)s activated")),
    "subscription.suspended": ("player-pause", gettext_lazy("Line %(label)s switched off")),
    "subscription.reactivated": ("player-play", gettext_lazy("Line %(label)s switched on again")),
    "subscription.cancelled": ("ban", gettext_lazy("Line %(label)s cancelled")),
    "subscription.package_changed": ("package", gettext_lazy("Package of %(label)s changed")),
    "subscription.billing_changed": (
        "calendar-event",
        gettext_lazy("Billing terms of %(label)s changed"),
    ),
    "subscription.suspension_kind_changed": (
        "player-pause",
        gettext_lazy("%(label)s stays off for another reason"),
    ),
    "subscription.renewed": ("refresh", gettext_lazy("Prepaid time of %(label)s renewed")),
    "work_order.created": ("truck", gettext_lazy("Job %(label)s made")),
    "work_order.assigned": ("calendar-event", gettext_lazy("Job %(label)s given out")),
    "work_order.unassigned": ("arrow-back-up", gettext_lazy("Job %(label)s taken back")),
    "work_order.on_the_way": ("truck", gettext_lazy("Technician on the way: %(label)s")),
    "work_order.turned_back": ("arrow-back-up", gettext_lazy("Technician turned back: %(label)s")),
    "work_order.arrived": ("map-pin", gettext_lazy("Technician arrived: %(label)s")),
    "work_order.completed": ("circle-check", gettext_lazy("Job %(label)s completed")),
    "work_order.carried_out": ("check", gettext_lazy("Job %(label)s carried out")),
    "work_order.failed": ("alert-triangle", gettext_lazy("Job %(label)s could not be done")),
    "work_order.cancelled": ("ban", gettext_lazy("Job %(label)s cancelled")),
    "subscription.equipment_noted": ("router", gettext_lazy("Device of %(label)s noted")),
    "payment.reversed": ("arrow-back-up", gettext_lazy("Payment %(label)s reversed")),
    "payment.refunded": ("cash", gettext_lazy("Credit paid out: %(label)s")),
    "payment.released": ("arrow-back-up", gettext_lazy("Payment %(label)s taken off its bills")),
    "payment.allocated": ("cash", gettext_lazy("Credit of %(label)s used for bills")),
    "invoice.voided": ("ban", gettext_lazy("Bill %(label)s voided")),
    "invoice.credited": ("receipt-refund", gettext_lazy("Credit note issued: %(label)s")),
    "invoice.written_off": ("ban", gettext_lazy("Written off: %(label)s")),
    "credit.issued": ("receipt-refund", gettext_lazy("Credit note issued: %(label)s")),
    "promise.made": ("calendar-event", gettext_lazy("Promise to pay by %(promised_until)s noted")),
    "promise.withdrawn": ("calendar-off", gettext_lazy("Promise to pay taken back")),
    "exclusion.given": (
        "shield-check",
        gettext_lazy("Taken out of suspension until %(excluded_until)s"),
    ),
    "approval.requested": ("clock", gettext_lazy("Approval requested")),
    "approval.approved": ("shield-check", gettext_lazy("Approved")),
    "approval.rejected": ("circle-x", gettext_lazy("Rejected")),
    "approval.withdrawn": ("arrow-back-up", gettext_lazy("Request withdrawn")),
    "approval.stale": ("alert-triangle", gettext_lazy("Request out of date")),
    "deposit.taken": ("pig-money", gettext_lazy("Deposit taken")),
    "deposit.applied": ("pig-money", gettext_lazy("Deposit used for bills")),
    "deposit.put_back": ("pig-money", gettext_lazy("Deposit put back")),
    "deposit.returned": ("pig-money", gettext_lazy("Deposit paid back")),
    "line.profile_changed": ("router", gettext_lazy("Speed of %(label)s changed on the router")),
    "line.password_changed": ("key", gettext_lazy("Password of %(label)s changed")),
    "ticket.replied": ("send", gettext_lazy("Ticket %(label)s answered")),
    "ticket.answered": ("message", gettext_lazy("Wrote about ticket %(label)s")),
    "ticket.noted": ("writing", gettext_lazy("Note on ticket %(label)s")),
    "ticket.assigned": ("user", gettext_lazy("Ticket %(label)s assigned")),
    "ticket.started": ("player-play", gettext_lazy("Ticket %(label)s started")),
    "ticket.resumed": ("player-play", gettext_lazy("Ticket %(label)s goes on")),
    "ticket.reminded": ("clock", gettext_lazy("Reminded of ticket %(label)s")),
    "ticket.resolved": ("circle-check", gettext_lazy("Ticket %(label)s resolved")),
    "ticket.reopened": ("refresh", gettext_lazy("Ticket %(label)s reopened")),
    "ticket.closed": ("lock", gettext_lazy("Ticket %(label)s closed")),
    "ticket.sorted": ("tag", gettext_lazy("Ticket %(label)s put in order")),
    "ticket.merged": ("arrows-exchange", gettext_lazy("Merged into ticket %(label)s")),
    "ticket.redacted": ("ban", gettext_lazy("Text taken out of ticket %(label)s")),
    "ticket.warned": ("hourglass", gettext_lazy("Ticket %(label)s is due soon")),
    "ticket.breached": ("alert-circle", gettext_lazy("Ticket %(label)s is late")),
    "ticket.escalated": ("alert-circle", gettext_lazy("Ticket %(label)s is very late")),
    "survey.answered": ("star", gettext_lazy("Said how ticket %(label)s went")),
    "survey.followed_up": ("check", gettext_lazy("Looked into the score of %(label)s")),
    "message.resent": ("send", gettext_lazy("Message sent again")),
    "message.cancelled": ("ban", gettext_lazy("Message cancelled")),
    "discount.granted": ("tag", gettext_lazy("Discount granted on %(label)s")),
    "discount.revoked": ("tag", gettext_lazy("Discount on %(label)s ended")),
    "addon.attached": ("plus", gettext_lazy("Add-on added: %(label)s")),
    "addon.ended": ("ban", gettext_lazy("Add-on ended: %(label)s")),
    "pause.requested": ("player-pause", gettext_lazy("Pause requested for %(label)s")),
    "receipt.printed": ("printer", gettext_lazy("Receipt %(label)s printed")),
    "receipt.sent": ("send", gettext_lazy("Receipt %(label)s sent")),
    "attempt.started": ("world", gettext_lazy("Online payment started")),
    "attempt.settled": ("world", gettext_lazy("Online payment confirmed by the gateway")),
    "attempt.failed": ("world", gettext_lazy("Online payment failed")),
    "attempt.cancelled": ("world", gettext_lazy("Online payment broken off")),
    "attempt.held": ("world", gettext_lazy("Online payment held to be looked at")),
    "attempt.mismatch": ("world", gettext_lazy("Online payment of another amount than asked for")),
    "statement_line.matched": ("building", gettext_lazy("Money on a bank statement matched")),
    "package_change.requested": ("package", gettext_lazy("Change of package requested")),
    "planned_move.planned": ("calendar-event", gettext_lazy("Change of the line planned")),
    "subscription.mode_switched": (
        "calendar-event",
        gettext_lazy("Way of billing of %(label)s changed"),
    ),
    "voucher.redeemed": ("ticket", gettext_lazy("Recharge card redeemed")),
}
_TONES = {
    "subscription.suspended": "danger",
    "payment.reversed": "danger",
    "invoice.written_off": "warning",
    "approval.rejected": "warning",
}
# Told by the sentence itself, or no news.
_SILENT = {"status", "promised_until", "excluded_until", "seal_id"}
_MONEY = ("amount", "allocated", "total", "balance", "price", "fee")
_LABELS = {
    "package": gettext_lazy("Package"),
    "price_amount": gettext_lazy("Price without tax"),
    "gross_amount": gettext_lazy("Price with tax"),
    "download_mbps": gettext_lazy("Download, Mbps"),
    "upload_mbps": gettext_lazy("Upload, Mbps"),
    "data_cap_gb": gettext_lazy("Data cap, GB"),
    "billing_day": gettext_lazy("Bill date"),
    "preferred_billing_day": gettext_lazy("Bill date"),
    "credit_limit_amount": gettext_lazy("Credit limit"),
    "wants_sms": gettext_lazy("SMS"),
    "wants_whatsapp": gettext_lazy("WhatsApp"),
    "wants_email": gettext_lazy("E-mail"),
    "wants_marketing": gettext_lazy("Offers"),
    "is_auto_pay": gettext_lazy("Pays automatically"),
    "is_tax_exempt": gettext_lazy("Exempt from tax"),
    "is_never_suspended": gettext_lazy("Never suspended"),
    "is_billed": gettext_lazy("Billed meanwhile"),
    "kind": gettext_lazy("Kind"),
}
_CODES: dict[Any, Any] = {
    **dict(Suspension.Kind.choices),
    **dict(Customer.Kind.choices),
    **dict(Subscription.Status.choices),
    **dict(Subscription.Mode.choices),
    **dict(Subscription.Technology.choices),
    **dict(Subscription._meta.get_field("cycle").flatchoices),
}


_RAW = re.compile(r"[A-Z]{3,}(_[A-Z]+)*")


def words(row: Row) -> tuple[str, str, list[Part | str]]:
    """Return symbol, tone and sentence of an audited act."""
    action = row.facts["action"]
    symbol, _sentence = _ACTS.get(action) or ("activity", "")
    said = sentence(action, row.facts["target_label"], row.facts["after"])
    return (symbol, _TONES.get(action, "neutral"), sentences.by(said, row.facts["actor_name"]))


def is_told(action: str) -> bool:
    """Tell whether an act has a sentence of its own."""
    return action in _ACTS


def sentence(action: str, label: str, after: dict[str, Any] | None) -> list[Part | str]:
    """Return an act's sentence without who did it; by its own name if it has none."""
    _symbol, words = _ACTS.get(action) or ("", _own_name(action))
    values = {"label": Part(label)} | {
        key: Part(value(key, given)) for key, given in (after or {}).items()
    }
    return sentences.parts(str(words), values)


def detail(row: Row) -> str:
    """Return the reason that was given, and what changed by it, field by field."""
    if row.facts["action"] == "customer.registered":
        return ""
    reason = row.facts["reason"]
    told = [f"“{reason}”"] if reason else []
    return " · ".join(told + changed(row.facts["before"], row.facts["after"]))


def changed(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """Return what an act changed, field by field in words; the first six."""
    was, now = before or {}, after or {}
    told = [_change(key, was, now) for key in now if is_shown(key) and was.get(key) != now[key]]
    return [one for one in told if one][:6]


def is_shown(key: str) -> bool:
    """Tell whether a field says something to people: keys of rows and secrets do not."""
    return key not in _SILENT and not key.endswith("_id") and not key.startswith("sealed_")


def _change(key: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    now = value(key, after[key])
    if key in before:
        return f"{_label(key)}: {value(key, before[key])} → {now}"
    return f"{_label(key)}: {now}" if after[key] not in (None, "", [], 0, "0", "0.00") else ""


def _own_name(action: str) -> str:
    return action.replace(".", " ").replace("_", " ").strip().capitalize().replace("%", "%%")


def _label(key: str) -> str:
    return str(_LABELS.get(key) or key.removesuffix("_amount").replace("_", " ").capitalize())


def value(key: str, given: Any) -> str:
    """Return a stored value in words: codes, languages, days and amounts as people read them."""
    if given is None or given in ("", []):
        return "—"
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if isinstance(given, list):
        return ", ".join(value(key, one) for one in given)
    text = str(given)
    if key == "language":
        return language(text)
    if any(part in key for part in _MONEY):
        return _amount(text)
    return str(_CODES.get(text) or _day(text) or _code(text))


def _code(text: str) -> str:
    """Write a code nobody has given words to as a word, and leave other text as it is."""
    return text.replace("_", " ").capitalize() if _RAW.fullmatch(text) else text


def language(code: str) -> str:
    """Return the name of a language a customer reads."""
    return {"en": _("English"), "bn": _("Bangla")}.get(code, code)


def _amount(text: str) -> str:
    try:
        return formats.money(Decimal(text))
    except InvalidOperation:
        return text


def _day(text: str) -> str:
    try:
        return formats.day(date.fromisoformat(text), get_language() or "en")
    except ValueError:
        return ""
