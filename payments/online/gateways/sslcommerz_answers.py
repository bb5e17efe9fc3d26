"""What SSLCommerz answers, read into our words."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from payments.online.gateways import answers
from payments.online.gateways.contract import Outcome, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused, NotLetIn, WrongCredentials

ZONE = ZoneInfo("Asia/Dhaka")
VERDICTS = {
    "VALID": Verdict.PAID,
    "VALIDATED": Verdict.PAID,
    "PENDING": Verdict.PENDING,
    "FAILED": Verdict.FAILED,
    "CANCELLED": Verdict.CANCELLED,
    "UNATTEMPTED": Verdict.PENDING,
    "EXPIRED": Verdict.EXPIRED,
}
# Rocket is Dutch-Bangla Bank's mobile banking.
_WALLETS = (
    ("BKASH", "BKASH"),
    ("NAGAD", "NAGAD"),
    ("DBBLMOBILE", "ROCKET"),
    ("ROCKET", "ROCKET"),
    ("UPAY", "UPAY"),
)
KEPT = (
    "status", "tran_id", "val_id", "bank_tran_id", "amount", "store_amount", "currency",
    "currency_type", "currency_amount", "card_type", "card_no", "card_issuer", "card_brand",
    "card_issuer_country", "risk_level", "risk_title", "tran_date", "validated_on", "error",
    "APIConnect",
)  # fmt: skip
_CREDENTIALS_WRONG = re.compile(
    r"store (id|pass|cred|is)|credential|credentail|de-?activ|inactive", re.IGNORECASE
)
NOT_LET_IN = re.compile(r"\bip\b|white-?list", re.IGNORECASE)
_REASONS = ("errorReason", "failedreason", "error")


def outcome_of(row: Mapping[str, Any], verdict: Verdict, *, store_id: str = "") -> Outcome:
    """Read one transaction. What was asked is `currency_type` and `currency_amount`."""
    paid = verdict is Verdict.PAID
    if paid and store_id and answers.text(row, "store_id") not in ("", store_id):
        return Outcome(Verdict.UNKNOWN, answer=answers.kept(row, KEPT))
    amount = answers.amount(row, "currency_amount")
    if amount is None:
        amount = answers.amount(row, "amount")
    settled, received = answers.amount(row, "amount"), answers.amount(row, "store_amount")
    return Outcome(
        verdict,
        order=answers.text(row, "tran_id"),
        reference=answers.text(row, "val_id")[:80],
        bank_reference=answers.text(row, "bank_tran_id")[:80],
        amount=amount,
        currency=answers.text(row, "currency_type") or answers.text(row, "currency"),
        fee=settled - received if settled is not None and received is not None else None,
        method=_method(answers.text(row, "card_type"), answers.text(row, "card_brand")),
        instrument=answers.text(row, "card_type")[:60],
        payer=answers.text(row, "card_no")[:40],
        # In doubt risky: whatever is not plainly "no risk" waits for a person.
        is_risky=row.get("risk_level") not in (None, "", "0", 0),
        words=answers.text(row, "error")[:300],
        paid_at=_moment(answers.text(row, "tran_date")),
        answer=answers.kept(row, KEPT),
    )


def _method(card_type: str, brand: str) -> str:
    """Name what was paid with: ``card_type`` is "wallet or bank, dash, its name" or a card's."""
    kind, brand = card_type.upper(), brand.upper()
    for word, method in _WALLETS:
        if word in kind:
            return method
    if "MOBILE" in brand or "MOBILE BANKING" in kind:
        return "WALLET"
    if "INTERNET" in kind or brand in ("IB", "INTERNETBANKING"):
        return "NETBANKING"
    return "EFT" if "BANK TRANSFER" in kind else "CARD"


def tries_of(element: Any) -> list[Mapping[str, Any]]:
    """Return the tries a query lists: a list; a lone try or numbered ones as an object; or none,
    which may be written as an empty text."""
    if isinstance(element, dict):
        element = [element] if answers.text(element, "status") else element.values()
    elif not isinstance(element, list):
        return []
    return [row for row in element if isinstance(row, dict)]


def check_connect(answer: Mapping[str, Any]) -> None:
    """Raise when the gateway did not take the question (``APIConnect``), with its own reason."""
    connect = answers.text(answer, "APIConnect").upper()
    reason = reason_of(answer)
    if connect in ("FAILED", "INACTIVE"):
        raise _shut(reason or connect)
    if connect == "INVALID_REQUEST":
        raise GatewayRefused(reason or connect, code=connect)
    if connect != "DONE" and not (connect == "" and "status" in answer):
        raise GatewayDown("an answer of another shape")


def reason_of(answer: Mapping[str, Any]) -> str:
    """Return why the gateway says no, in its own words, or ""."""
    return next((found for name in _REASONS if (found := answers.text(answer, name))), "")


def _shut(reason: str) -> WrongCredentials:
    return NotLetIn(reason) if NOT_LET_IN.search(reason) else WrongCredentials(reason)


def refused(reason: str) -> GatewayRefused:
    """Return the error for a refusal: of our address, of the store, or of the question."""
    if NOT_LET_IN.search(reason) or _CREDENTIALS_WRONG.search(reason):
        return _shut(reason)
    return GatewayRefused(reason)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        return None
