from payments.debits.models.mandate import Mandate, MandateHint
from payments.debits.models.netcash import DebitStatementLine, NetcashRequest
from payments.debits.models.order import DebitBatch, DebitOrder, DebitPart
from payments.debits.models.settings import DebitSettings

__all__ = [
    "DebitBatch",
    "DebitOrder",
    "DebitPart",
    "DebitSettings",
    "DebitStatementLine",
    "Mandate",
    "MandateHint",
    "NetcashRequest",
]
