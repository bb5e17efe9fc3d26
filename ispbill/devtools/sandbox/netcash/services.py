"""The SOAP methods, each a few words: check the key, ask the world, answer."""

from datetime import date, datetime

from ispbill.devtools.sandbox.netcash import (
    accounts,
    bank_days,
    batches,
    mandates,
    signatures,
    statements,
)
from ispbill.devtools.sandbox.netcash.envelopes import mandate_answer, text_answer
from ispbill.devtools.sandbox.netcash.world import Record, World

NOT_READY = "FILE NOT READY"
# Methods that fetch what was ordered before: the field of its token, and what it is.
REPORTS = {
    "RetrieveMandateData": ("FileToken", "mandates"),
    "RequestFileUploadReport": ("FileToken", "load"),
    "RetrieveMerchantStatement": ("PollingId", "statement"),
}


def serve(world: World, contract: str, method: str, asked: dict[str, str], base_url: str) -> bytes:
    """Carry a method out; return the answer's envelope. Raises envelopes.Fault."""
    refusal = _key_refusal(world, contract, method, asked.get("ServiceKey", ""))
    if method == "AddMandate":
        if refusal:
            return mandate_answer(code="100", errors=["Authentication failure"])
        return mandates.add(world, asked, base_url)
    return text_answer(method, refusal or _text(world, method, asked))


def _text(world: World, method: str, asked: dict[str, str]) -> str:
    batches.catch_up(world)
    match method:
        case "ValidateBankAccount":
            names = ("AccountNumber", "BranchCode", "AccountType")
            return accounts.verdict(*(asked.get(name, "") for name in names))
        case "BatchFileUpload":
            return batches.hand_in(world, asked.get("File", ""), service_key=asked["ServiceKey"])
        case "RequestActionDate":
            return _action_date(world, asked)
        case "RequestBatchAuthorise":
            return batches.authorise(world, asked.get("BatchIndicator", ""))
        case "RequestMerchantStatement":
            return statements.order(world, asked.get("FromActionDate", ""))
        case "RequestInterimMerchantStatement":
            return statements.interim(world)
        case "RequestMandateData":
            return _order_mandates(world)
        case _ if method in REPORTS:
            token, kind = REPORTS[method]
            return _fetch(world, asked.get(token, ""), kind)
        case _:
            return _batch_list(world, method, asked)


def _key_refusal(world: World, contract: str, method: str, key: str) -> str:
    keys: dict[str, str] = world.state["keys"]
    if key.lower() not in keys.values():
        return "100"
    is_right = keys[signatures.service_of(contract, method)] == key.lower()
    return "" if is_right else "311"


def _fetch(world: World, token: str, kind: str) -> str:
    report: Record | None = world.state["reports"].get(token)
    if report is None or report["kind"] != kind:
        return "102"
    if report["left"] > 0:
        report["left"] -= 1
        return NOT_READY
    return str(report["text"])


def _order_mandates(world: World) -> str:
    number = world.number("mandate_data")
    token = f"12345.{123456 + number}.{123456789012345678 + number}"
    return world.keep_report(token, "mandates", mandates.data(world))


def _action_date(world: World, asked: dict[str, str]) -> str:
    day = _day(asked.get("Date", ""))
    instruction = asked.get("Instruction", "")
    if day is None:
        return "101"
    if instruction not in bank_days.LEAD_DAYS:
        return "102"
    first = bank_days.next_business_day(max(day, bank_days.earliest(instruction, world.today)))
    if first != day and asked.get("ForwardActionDate") != "1":
        return "102"
    return first.strftime("%Y%m%d")


def _batch_list(world: World, method: str, asked: dict[str, str]) -> str:
    known: list[Record] = world.state["batches"]
    if method == "RetrieveSpecificBatchStatus":
        known = [batch for batch in known if batch["name"] == asked.get("BatchName")]
    elif method == "RetrieveUnauthorisedBatches":
        known = [batch for batch in known if batch["status"] == batches.UNAUTHORISED]
    elif method == "RetrieveBatchStatusByDate":
        start, end = _day(asked.get("StartDate", "")), _day(asked.get("EndDate", ""))
        if start is None or end is None:
            return "101"
        known = [
            batch
            for batch in known
            if start.isoformat() <= batch["created"][:10] <= end.isoformat()
        ]
    else:
        known = known[-10:]
    return batches.listing(world, known)


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - a day only
    except ValueError:
        return None
