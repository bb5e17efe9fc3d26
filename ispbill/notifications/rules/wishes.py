"""What people may refuse to be told, and what reaches them all the same."""

from collections.abc import Collection
from typing import Protocol

# Bills, receipts, and what is about to happen to the line or the price: told even to those whom
# no way they want reaches.
LEGAL = frozenset(
    {
        "invoice_issued",
        "credit_note_issued",
        "payment_received",
        "payment_reversed",
        "payment_refunded",
        "late_fee_charged",
        "suspension_notice",
        "service_suspended",
        "price_change",
        "price_change_cancelled",
        "debit_order_planned",
        "debit_order_stopped",
        "contact_changed",
    }
)
# What only recalls something known already: whoever wants no reminders gets none.
REMINDERS = frozenset(
    {"payment_reminder", "payment_due_today", "payment_overdue", "prepaid_low", "usage_warning"}
)
# What may be refused one by one, by what it is about. The law, a contract's end, codes and what
# somebody has to sign or answer reach them all the same.
CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reminders", ("payment_reminder", "payment_due_today", "payment_overdue", "prepaid_low")),
    ("usage", ("usage_warning", "usage_reached")),
    ("outages", ("outage_opened", "outage_update", "outage_cleared", "maintenance_planned")),
    ("visits", ("job_planned", "job_on_the_way")),
    ("tickets", ("ticket_received", "ticket_resolved", "ticket_merged")),
    ("contracts", ("contract_reminder",)),
)
CHOOSABLE = frozenset(event for _about, found in CHOICES for event in found)


class Told(Protocol):
    """Somebody with a phone, perhaps an e-mail, and wishes how to be told."""

    @property
    def phone(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def wants_sms(self) -> bool: ...
    @property
    def wants_whatsapp(self) -> bool: ...
    @property
    def wants_email(self) -> bool: ...


def ways(told: Told) -> list[tuple[str, str, bool]]:
    """Return each channel, the address there, and whether it is wanted."""
    return [
        ("SMS", told.phone, told.wants_sms),
        ("WHATSAPP", told.phone, told.wants_whatsapp),
        ("EMAIL", told.email, told.wants_email),
    ]


def last_way(*, email: str, channels: Collection[str]) -> str:
    """Return the way of a legal message to somebody no wanted way reaches: e-mail, else SMS."""
    return "EMAIL" if email and "EMAIL" in channels else "SMS"
