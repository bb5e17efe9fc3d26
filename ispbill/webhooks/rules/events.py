"""What the office's own programs are told of. Source: growth-api-rules 2."""

PING = "test.ping"
OVERDUE = "invoice.overdue"  # comes with a day, not with a change of a row
_SAID = {
    "customer": ("created", "updated", "merged"),
    "service": ("created", "activated", "suspended", "reactivated", "cancelled", "package_changed"),
    "invoice": ("created", "paid", "overdue", "voided"),
    "payment": ("completed", "failed", "refunded", "reversed"),
    "ticket": ("created", "updated", "resolved"),
    "outage": ("started", "updated", "resolved"),
}
EVENTS = tuple(f"{thing}.{done}" for thing, dones in _SAID.items() for done in dones)


def thing(event: str) -> str:
    """Return what an event is about: `invoice` of `invoice.paid`."""
    return event.partition(".")[0]
