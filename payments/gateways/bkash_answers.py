"""What bKash answers, read into our words."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from payments.gateways.answers import amount, kept, masked, text
from payments.gateways.contract import Known, Outcome, Verdict
from payments.gateways.errors import GatewayDown, GatewayRefused

GMT_6 = timezone(timedelta(hours=6))
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


def _moment(written: str) -> datetime | None:
    """Read ``2026-06-22T10:00:00:000 GMT+06:00``: a colon before the milliseconds."""
    stamp, _gap, zone = written.partition(" ")
    try:
        moment = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S:%f")  # noqa: DTZ007 — its zone follows
    except ValueError:
        return None
    return moment.replace(tzinfo=GMT_6) if zone in ("GMT+06:00", "GMT+0600") else None
