"""Whether a customer was told in time that a contract's term is over. Reads only."""

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
