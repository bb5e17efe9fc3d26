"""The demo company's providers of messages, at the simulator of this machine.

WhatsApp goes through Meta's simulator; SMS stays with the plain provider, and the three providers
of SMS are set up and can be switched on.
"""

from datetime import datetime, timedelta

from django.conf import settings

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.messages.accounts import accounts
from ispbill.notifications.gateways.heard import Report
from ispbill.notifications.models import Message
from ispbill.notifications.services import compose, provider_accounts, reports
from ispbill.notifications.services.names import client_id

WHY = "Customers like WhatsApp better than SMS"
_ORDER = ("SSLWIRELESS", "BULKSMSBD", "TWILIO", "WHATSAPP")
_TOLD = (("SENT", "DELIVERED", "READ"), ("SENT", "DELIVERED"), ("FAILED",))


def connect(owner: User, *, at: datetime) -> None:
    """Keep the accounts, and let WhatsApp go through its own."""
    known = accounts(settings.SANDBOX_DIR)
    for kind in _ORDER:
        told = dict(known[kind])
        account = provider_accounts.keep(
            kind=kind, base_url=told.pop("base_url"), credentials=told, act=Act(owner, at)
        )
    provider_accounts.switch(account=account, is_enabled=True, act=Act(owner, at, reason=WHY))


def tell(*, at: datetime) -> None:
    """Three welcomes by WhatsApp: one read, one delivered, one that an SMS had to stand in for."""
    chosen = Customer.objects.filter(archived_at=None).order_by("pk")[: len(_TOLD)]
    for customer, statuses in zip(chosen, _TOLD, strict=False):
        letter = compose.to_customer(customer, {}, dedup=f"whatsapp:{customer.number}")
        compose.enqueue(letter, event="welcome", at=at, channels=("WHATSAPP",))
        message = Message.objects.filter(customer_id=customer.pk, channel="WHATSAPP").latest("pk")
        ref = f"wamid.past-{message.pk}"
        Message.objects.filter(pk=message.pk).update(
            state=Message.State.SENT,
            provider="whatsapp",
            provider_ref=ref,
            attempts=1,
            sent_at=at,
            **_text(customer),
        )
        for step, status in enumerate(statuses, start=1):
            when = at + timedelta(minutes=step)
            reason = "131026 not on WhatsApp, or it cannot be delivered there"
            report = Report(
                ref, status, client_id(message), when, reason if status == "FAILED" else ""
            )
            reports.take("whatsapp", [report], at=when)


def _text(customer: Customer) -> dict[str, str]:
    return {"body": f"Dear {customer.name}, welcome. Your customer number is {customer.number}."}
