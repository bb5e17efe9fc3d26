"""bKash's answers about refunds, in both versions it documents.

v1.2.0-beta tells of one refund in the answer itself (``originalTrxID, refundTrxID,
transactionStatus, amount, ...``); v2 lists them (``refundTransactions`` of ``refundTrxId,
refundTransactionStatus, refundAmount``) and refuses in a shape of its own (``internalCode,
externalCode, errorMessageEn``). Sources: descriptions derived from developer.bka.sh.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from payments.online.gateways.answers import amount, text
from payments.online.gateways.contract import RefundOutcome, RefundState
from payments.online.gateways.errors import GatewayDown

_DONE: Final = "0000"
# Refusals after which no money has moved; every other code leaves it open.
REFUSED_REFUNDS: Final = frozenset(
    {"2001", "2002", "2006", "2007", "2056", "2065", "2071", "2072", "2073", "2074", "2080"}
)
_STATES: Final = {
    "Completed": RefundState.DONE,
    "Initiated": RefundState.PROCESSING,
    "Processing": RefundState.PROCESSING,
    "Failed": RefundState.REFUSED,
}


def is_about_refunds(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer without a statusCode is one of these."""
    names = ("refundTrxID", "refundTrxId", "refundTransactions", "externalCode", "internalCode")
    return any(name in answer for name in names)


def refusal_code(answer: Mapping[str, Any]) -> str:
    """Return the code an answer refuses with; "" when it does not."""
    code = text(answer, "externalCode") or text(answer, "internalCode")
    said = text(answer, "statusCode")
    return code or ("" if said in ("", _DONE) else said)


def refusal_words(answer: Mapping[str, Any]) -> str:
    """Return what it says beside the code."""
    return (text(answer, "errorMessageEn") or text(answer, "statusMessage"))[:300]


def refund_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the refunds an answer tells of, oldest first.

    Rows of a list are marked `is_listed`: those are all there are.
    """
    listed = answer.get("refundTransactions")
    if isinstance(listed, list):
        return [{**row, "is_listed": True} for row in listed if isinstance(row, dict)]
    return [dict(answer)] if refund_id(answer) else []


def refund_id(row: Mapping[str, Any]) -> str:
    return text(row, "refundTrxID") or text(row, "refundTrxId")


def refund_amount(row: Mapping[str, Any]) -> Decimal | None:
    return amount(row, "refundAmount") if "refundAmount" in row else amount(row, "amount")


def has_failed(row: Mapping[str, Any]) -> bool:
    """Tell whether nothing went back by this row."""
    said = text(row, "transactionStatus") or text(row, "refundTransactionStatus")
    return _STATES.get(said) is RefundState.REFUSED


def refunded(row: Mapping[str, Any]) -> RefundOutcome:
    """Read one refund. Raises GatewayDown."""
    said = text(row, "transactionStatus") or text(row, "refundTransactionStatus")
    state = _STATES.get(said)
    if state is None:
        raise GatewayDown("a refund state that is none")
    return RefundOutcome(state, refund_id(row)[:80], said)
