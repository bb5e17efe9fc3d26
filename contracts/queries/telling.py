"""What became of messages of a contract. Reads only."""

from datetime import timedelta

from contracts.models import Contract
from ispbill.notifications.models import Message


def was_told(contract: Contract) -> bool:
    """Tell whether a message of this term's end has reached a provider."""
    last_day = (contract.ends_on - timedelta(days=1)).isoformat()
    return Message.objects.filter(
        event="contract_expiring",
        customer_id=contract.customer_id,
        state__in=[Message.State.SENT, Message.State.DELIVERED],
        context__contract=contract.number,
        context__last_day=last_day,
    ).exists()


def code_message(contract: Contract) -> dict[str, str]:
    """Return what became of the code that signed a contract, as known now, for its evidence."""
    used = contract.codes.filter(used_at__isnull=False).order_by("-pk").first()
    sent = Message.objects.filter(
        event="contract_code",
        customer_id=contract.customer_id,
        dedup_key__contains=f"{contract.number}:{used.pk if used else ''}",
    ).first()
    if used is None or sent is None:
        return {}
    delivered_at = sent.delivered_at
    return {
        "code_message": str(sent.state),
        "code_delivered_at": delivered_at.isoformat() if delivered_at else "",
    }
