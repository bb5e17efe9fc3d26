"""What bKash answers, read into our words."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from payments.online.gateways.answers import amount, kept, masked, parsed, text
from payments.online.gateways.contract import Known, Outcome, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused

MAINTENANCE: Final = "503"
SYSTEM_ERROR: Final = "9999"
DEAD_TOKEN: Final = "2079"  # noqa: S105 — a code
WRONG_KEY: Final = "2001"
VERDICTS = {
    "Completed": Verdict.PAID,
    "Initiated": Verdict.PENDING,
    "Pending Authorized": Verdict.PENDING,
    "Declined": Verdict.FAILED,
    "Failed": Verdict.FAILED,
    "Cancelled": Verdict.CANCELLED,
    "Expired": Verdict.EXPIRED,
}
KEPT = (
    "paymentID", "trxID", "transactionStatus", "verificationStatus", "amount", "currency",
    "intent", "merchantInvoiceNumber", "payerReference", "paymentExecuteTime", "statusCode",
    "statusMessage",
)  # fmt: skip


def read(raw: bytes) -> dict[str, Any]:
    """Return an answer, its code as ``statusCode`` however it is called. Raises GatewayDown."""
    answer = parsed(raw)
    if not text(answer, "statusCode") and text(answer, "errorCode"):
        answer["statusCode"] = text(answer, "errorCode")
        answer["statusMessage"] = text(answer, "errorMessage")
    return answer


def refused(answer: Mapping[str, Any]) -> GatewayRefused:
    """Return the refusal an answer tells."""
    return GatewayRefused(
        text(answer, "statusMessage") or text(answer, "errorMessageEn") or "no reason",
        code=text(answer, "statusCode") or text(answer, "externalCode"),
    )


def outcome_of(answer: Mapping[str, Any], known: Known) -> Outcome:
    """Read a payment; one that is not ours is nothing we know."""
    verdict = VERDICTS.get(text(answer, "transactionStatus"))
    if verdict is None:
        raise GatewayDown("a status that is none")
    if text(answer, "paymentID") != known.session_key:
        return Outcome(Verdict.UNKNOWN, answer=kept(answer, KEPT))
    trx_id = text(answer, "trxID")
    if verdict is Verdict.PAID and not trx_id:
        raise GatewayDown("a payment without a transaction")
    return Outcome(
        verdict,
        order=text(answer, "merchantInvoiceNumber") or text(answer, "merchantInvoice"),
        reference=trx_id[:80],
        bank_reference=trx_id[:80],
        amount=amount(answer, "amount"),
        currency=text(answer, "currency"),
        method="BKASH",
        payer=masked(text(answer, "customerMsisdn")),
        paid_at=_moment(text(answer, "paymentExecuteTime")),
        answer=kept(answer, KEPT),
    )


_MOMENT = re.compile(
    r"(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([:.](?P<fraction>\d{1,6}))?"
    r" ?GMT ?(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)",
    re.ASCII,
)


def _moment(written: str) -> datetime | None:
    """Read ``2026-06-22T10:00:00:000 GMT+0600``: a colon before the milliseconds, which may be
    missing, and a zone with or without one."""
    found = _MOMENT.fullmatch(written)
    if found is None:
        return None
    ahead = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    try:
        zone = timezone(-ahead if found["sign"] == "-" else ahead) if ahead else UTC
        moment = datetime.strptime(found["stamp"], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone)
    except ValueError:
        return None
    return moment.replace(microsecond=int((found["fraction"] or "0").ljust(6, "0")))


def is_shut(status: int, raw: bytes) -> bool:
    """Tell whether a call was not taken because of its token: nothing of it was done."""
    if status in (401, 403):
        return True
    try:
        return text(read(raw), "statusCode") == DEAD_TOKEN
    except GatewayDown:
        return False


def is_open(outcome: Outcome) -> bool:
    """Tell whether a payment can still end otherwise than its outcome says."""
    return outcome.verdict in {Verdict.PENDING, Verdict.UNKNOWN, Verdict.FAILED}


def ended_as(outcome: Outcome, verdict: Verdict, code: str = "", words: str = "") -> Outcome:
    """Return an ending that the gateway itself writes less clearly."""
    return Outcome(
        verdict,
        order=outcome.order,
        code=code or outcome.code,
        words=(words or outcome.words)[:300],
        answer=outcome.answer,
    )
