from billing.dunning.models.dunning import (
    DunningEvent,
    DunningHold,
    DunningPolicy,
    DunningStep,
    Holiday,
    PaymentUnderWay,
)

__all__ = [
    "DunningEvent",
    "DunningHold",
    "DunningPolicy",
    "DunningStep",
    "Holiday",
    "PaymentUnderWay",
]
