"""What happened, in words: audit events as the timeline tells them."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.queries.timeline import Entry
from ispbill.core import formats

# Dotted action → words, symbol, tone. An action not listed is told by its own name.
_ACTIONS: dict[str, tuple[Any, str, str]] = {
    "customer.registered": (gettext_lazy("Account opened"), "user-plus", "success"),
    "customer.edited": (gettext_lazy("Particulars changed"), "pencil", "neutral"),
    "customer.archived": (gettext_lazy("Account archived"), "trash", "neutral"),
    "customer.restored": (gettext_lazy("Account restored"), "refresh", "info"),
    "customer.tagged": (gettext_lazy("Tagged"), "tag", "neutral"),
    "customer.untagged": (gettext_lazy("Tag removed"), "tag", "neutral"),
    "customer.area_changed": (gettext_lazy("Moved to another area"), "map-pin", "neutral"),
    "customer.collector_assigned": (gettext_lazy("Collector assigned"), "user", "neutral"),
    "portal_access.opened": (gettext_lazy("Portal access opened"), "key", "info"),
    "portal_access.closed": (gettext_lazy("Portal access closed"), "lock", "neutral"),
    "portal_access.moved": (gettext_lazy("Portal login moved"), "key", "info"),
    "lead.converted": (gettext_lazy("Lead converted"), "sparkles", "success"),
    "subscription.added": (gettext_lazy("Service added"), "plus", "info"),
    "subscription.edited": (gettext_lazy("Line changed"), "pencil", "neutral"),
    "subscription.activated": (gettext_lazy("Service activated"), "power", "success"),
    "subscription.suspended": (gettext_lazy("Service suspended"), "player-pause", "danger"),
    "subscription.reactivated": (gettext_lazy("Service reactivated"), "player-play", "success"),
    "subscription.cancelled": (gettext_lazy("Service cancelled"), "ban", "neutral"),
    "payment.received": (gettext_lazy("Payment received"), "cash", "success"),
    "payment.recorded": (gettext_lazy("Payment recorded"), "cash", "success"),
    "payment.reversed": (gettext_lazy("Payment reversed"), "arrow-back-up", "danger"),
    "invoice.issued": (gettext_lazy("Invoice issued"), "file-invoice", "info"),
    "invoice.voided": (gettext_lazy("Invoice voided"), "ban", "neutral"),
    "invoice.credited": (gettext_lazy("Credit note issued"), "receipt-refund", "info"),
    "invoice.written_off": (gettext_lazy("Written off"), "ban", "neutral"),
    "approval.requested": (gettext_lazy("Approval asked for"), "clock", "info"),
    "approval.approved": (gettext_lazy("Approved"), "shield-check", "success"),
    "approval.rejected": (gettext_lazy("Rejected"), "circle-x", "danger"),
    "approval.withdrawn": (gettext_lazy("Request withdrawn"), "arrow-back-up", "neutral"),
    "approval.stale": (gettext_lazy("Request out of date"), "alert-triangle", "warning"),
    "payment.refunded": (gettext_lazy("Credit paid out"), "cash", "warning"),
    "deposit.taken": (gettext_lazy("Deposit taken"), "pig-money", "success"),
    "deposit.applied": (gettext_lazy("Deposit used for bills"), "pig-money", "info"),
    "deposit.put_back": (gettext_lazy("Deposit put back"), "pig-money", "info"),
    "deposit.returned": (gettext_lazy("Deposit paid back"), "pig-money", "neutral"),
    "payment.released": (gettext_lazy("Payment released"), "arrow-back-up", "info"),
    "credit.issued": (gettext_lazy("Credit note issued"), "receipt-refund", "info"),
}
_FAMILIES = {
    "payment": "cash",
    "invoice": "file-invoice",
    "credit": "receipt-refund",
    "subscription": "package",
    "access": "router",
    "note": "writing",
    "customer": "user",
}
_HIDDEN = {"status"}
_MONEY = {"amount", "allocated", "total", "balance", "price", "price_amount", "credit_limit_amount"}
_LABELS = {
    "amount": gettext_lazy("Amount"),
    "allocated": gettext_lazy("Paid on invoices"),
    "method": gettext_lazy("Method"),
    "reference": gettext_lazy("Reference"),
    "invoices": gettext_lazy("Invoices"),
    "reactivated": gettext_lazy("Services switched on"),
    "total": gettext_lazy("Total"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "name": gettext_lazy("Name"),
    "area": gettext_lazy("Area"),
}


# How money came in; the payments app, which knows best, lies above this one.
_METHODS = {
    "CASH": gettext_lazy("Cash"),
    "BKASH": gettext_lazy("bKash"),
    "NAGAD": gettext_lazy("Nagad"),
    "ROCKET": gettext_lazy("Rocket"),
    "UPAY": gettext_lazy("Upay"),
    "WALLET": gettext_lazy("Mobile wallet"),
    "CARD": gettext_lazy("Card"),
    "NETBANKING": gettext_lazy("Internet banking"),
    "EFT": gettext_lazy("Bank transfer"),
    "DEBIT_ORDER": gettext_lazy("Debit order"),
    "VOUCHER": gettext_lazy("Voucher"),
    "ADJUSTMENT": gettext_lazy("Adjustment"),
    "DEPOSIT": gettext_lazy("Security deposit"),
    "REFERRAL": gettext_lazy("Referral reward"),
}


def told(entry: Entry) -> dict[str, Any]:
    """Return a timeline entry as its template shows it."""
    if entry.is_note:
        words, symbol, tone = _("Note"), "writing", "warning"
    else:
        words, symbol, tone = _event(entry.action)
    return {
        "entry": entry,
        "words": words,
        "symbol": symbol,
        "tone": tone,
        "changes": _changes(entry),
    }


def _event(action: str) -> tuple[str, str, str]:
    if action in _ACTIONS:
        words, symbol, tone = _ACTIONS[action]
        return str(words), symbol, tone
    family, _dot, verb = action.partition(".")
    own = f"{family} {verb}".replace("_", " ").strip().capitalize()
    return own, _FAMILIES.get(family, "activity"), "neutral"


def _changes(entry: Entry) -> list[dict[str, str]]:
    """Return what changed, or, where there was nothing before, the facts of the event."""
    before, after = entry.before or {}, entry.after or {}
    if entry.action == "customer.registered":
        return []
    if not before:
        return _facts(after)
    return [
        {
            "label": _label(key),
            "text": f"{_value(key, before.get(key))} → {_value(key, after.get(key))}",
        }
        for key in {**before, **after}
        if key not in _HIDDEN
    ][:8]


def _facts(after: dict[str, Any]) -> list[dict[str, str]]:
    told = [
        f"{_label(key)}: {_value(key, value)}"
        for key, value in after.items()
        if key not in _HIDDEN and value not in (None, "", [], 0, "0", "0.00")
    ]
    return [{"label": "", "text": " · ".join(told[:6])}] if told else []


def _label(key: str) -> str:
    return str(_LABELS.get(key) or key.replace("_", " ").capitalize())


def _value(key: str, value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == "method":
        return str(_METHODS.get(str(value), value))
    if key in _MONEY:
        try:
            return formats.money(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
