"""eMandates: asked for, signed or not, told by postback and in the mandate data."""

import re
import secrets
from decimal import Decimal, InvalidOperation

from ispbill.devtools.sandbox.netcash import accounts
from ispbill.devtools.sandbox.netcash.envelopes import Fault, mandate_answer
from ispbill.devtools.sandbox.netcash.world import Record, World

AWAITING, EXPIRED, DECLINED, ACCEPTED = "2", "3", "5", "6"
KINDS = {"Current": "1", "Savings": "2", "Transmission": "3"}
FREQUENCIES = (
    "Monthly", "Bimonthly", "ThreeMonthly", "SixMonthly", "Annually", "Weekly", "Biweekly",
)  # fmt: skip
HOLIDAYS = ("PrecedingOrdinaryBusinessDay", "VeryNextOrdinaryBusinessDay")
_NEEDED = (
    "AccountReference", "MandateName", "MandateAmount", "IsConsumer", "MobileNumber",
    "DebitFrequency", "CommencementMonth", "CommencementDay", "AgreementDate",
    "AgreementReferenceNumber",
)  # fmt: skip
_DATA_COLUMNS = 43


def add(world: World, asked: dict[str, str], base_url: str) -> bytes:
    """Answer AddMandate."""
    _check_types(asked)
    errors = _errors(world, asked)
    if errors:
        return mandate_answer(code="203", errors=errors)
    tracking = secrets.token_urlsafe(16)
    kept = {name: value for name, value in asked.items() if name != "ServiceKey"}
    for name in ("BankAccountName", "BankAccountNumber", "BranchCode"):
        kept.setdefault(name, "")
    kept |= {
        "number": str(world.number("mandate")),
        "status": AWAITING,
        "tracking": tracking,
        "kind": KINDS.get(asked.get("BankAccountType", ""), ""),
        "asked_on": world.today.isoformat(),
        "url": f"{base_url}/mandate/{tracking}",
        "reason": "",
    }
    world.state["mandates"].append(kept)
    return mandate_answer(code="000", url=kept["url"], tracking=tracking)


def find(world: World, tracking: str) -> Record | None:
    found = (one for one in world.state["mandates"] if one["tracking"] == tracking)
    return next(found, None)


def sign(world: World, mandate: Record, bank: dict[str, str]) -> str:
    """Sign, with the bank details typed in where none were given; return what is wrong, or ""."""
    if mandate["status"] != AWAITING:
        return "This mandate is no longer open."
    if not mandate["BankAccountNumber"]:
        number, branch = bank.get("number", "").strip(), bank.get("branch", "").strip()
        kind, holder = bank.get("kind", "").strip(), bank.get("holder", "").strip()
        if not holder or accounts.verdict(number, branch, kind) != "0":
            return "The bank details are not right."
        mandate |= {
            "BankAccountNumber": number,
            "BranchCode": branch,
            "BankAccountName": holder,
            "kind": kind,
        }
    mandate["status"] = ACCEPTED
    # A new signature ends what blocked the account.
    world.state["blocked"].pop(mandate["BankAccountNumber"], None)
    world.state["twice_unpaid"].pop(mandate["BankAccountNumber"], None)
    return ""


def close(mandate: Record, status: str, reason: str = "") -> str:
    """Decline or let expire; return what is wrong, or ""."""
    if mandate["status"] != AWAITING:
        return "This mandate is no longer open."
    mandate["status"] = status
    mandate["reason"] = reason
    return ""


def data(world: World) -> str:
    """Return the mandate data file: every mandate, columns as production clients read them."""
    day = world.today.strftime("%Y%m%d")
    rows = [f"###BEGIN\t{day}"]
    for mandate in world.state["mandates"]:
        row = [""] * _DATA_COLUMNS
        row[0] = mandate["status"]
        row[1] = mandate["AccountReference"]
        row[2] = mandate["MandateName"]
        row[3] = f"{Decimal(mandate['MandateAmount']):.4f}"
        row[11] = str(FREQUENCIES.index(mandate["DebitFrequency"]) + 1)
        row[12] = mandate["CommencementMonth"]
        row[13] = mandate["CommencementDay"]
        row[14] = mandate["AgreementDate"]
        row[15] = mandate["AgreementReferenceNumber"]
        row[16] = mandate.get("CancellationNoticePeriod", "")
        row[17] = str(_holiday(mandate) - 1)
        row[18] = "1"
        row[30:39] = [mandate.get(f"Field{number}", "") for number in range(1, 10)]
        row[40] = "1" if mandate.get("AllowVariableDebitAmounts") == "true" else "0"
        rows.append("\t".join(row))
    return "\r\n".join((*rows, "###END"))


def postback(mandate: Record, *, is_forged: bool = False) -> dict[str, str]:
    """Return the form that Netcash posts; a forged one claims what never happened."""
    is_signed = is_forged or mandate["status"] == ACCEPTED
    number = mandate["BankAccountNumber"] or ("4000000000" if is_forged else "")
    form = {
        "MandateSuccessful": "1" if is_signed else "0",
        "IsDeclined": str(mandate["status"] == DECLINED and not is_forged),
        "ReasonForDecline": mandate["reason"],
        "AccountRef": mandate["AccountReference"],
        "AccountName": mandate["MandateName"],
        "DefaultAmount": f"{Decimal(mandate['MandateAmount']):.2f}",
        "MandateStatus": ACCEPTED if is_forged else mandate["status"],
        "MandateReferenceNumber": f"SIM{int(mandate['number']):08}",
        "MandatePDFLink": "",
        "DebitDay": mandate["CommencementDay"],
        "DecemberDebitDay": mandate.get("DecemberDebitDay", ""),
        "AgreementDate": mandate["AgreementDate"],
        "BankName": accounts.BRANCHES.get(mandate["BranchCode"], ""),
        "BankAccountName": mandate["BankAccountName"],
        "BankAccountNo": f"{number[:3]}*****{number[-1:]}" if number else "",
        "BranchCode": mandate["BranchCode"],
        "BankAccountType": mandate["kind"],
        "IsCreditCard": "False",
        "FirstName": mandate.get("FirstName", ""),
        "LastName": mandate.get("Surname", ""),
        "Email": mandate.get("EmailAddress", ""),
        "CellNo": mandate["MobileNumber"],
        "IdentityNumber": "8001015009087",
        "NoticeDays": mandate.get("CancellationNoticePeriod", ""),
        "LuMandatePublicHolidayOptionId": str(_holiday(mandate)),
        "MandateDebitFrequencyId": str(FREQUENCIES.index(mandate["DebitFrequency"]) + 1),
    }
    return form | {f"Field{n}": mandate.get(f"Field{n}", "") for n in range(1, 10)}


def _holiday(mandate: Record) -> int:
    return HOLIDAYS.index(mandate.get("PublicHolidayOption") or HOLIDAYS[1]) + 1


def _check_types(asked: dict[str, str]) -> None:
    """What the service cannot even read is a fault, as with every such service."""
    try:
        amount = Decimal(asked.get("MandateAmount", ""))
        int(asked.get("CommencementMonth", ""))
        is_fine = amount.is_finite()
    except (InvalidOperation, ValueError):
        is_fine = False
    truths = ("IsConsumer", "AllowVariableDebitAmounts", "MandateActive", "AddToMasterFile")
    if (
        not is_fine
        or any(asked.get(name, "true") not in {"true", "false", "1", "0"} for name in truths)
        or asked.get("DebitFrequency") not in FREQUENCIES
        or asked.get("PublicHolidayOption", HOLIDAYS[0]) not in HOLIDAYS
        or asked.get("BankAccountType", "Current") not in KINDS
    ):
        raise Fault("DeserializationFailed", "A value of AddMandate could not be read")


def _errors(world: World, asked: dict[str, str]) -> list[str]:
    found = [f"{name} is required" for name in _NEEDED if not asked.get(name)]
    if found:
        return found
    if Decimal(asked["MandateAmount"]) <= 0:
        found.append("MandateAmount must be greater than zero")
    if not 2 <= len(asked["AccountReference"]) <= 22:
        found.append("AccountReference has incorrect length (min 2, max 22 characters)")
    if not re.fullmatch(r"0\d{9}", asked["MobileNumber"], re.ASCII):
        found.append("MobileNumber is not valid")
    if not re.fullmatch(r"0[1-9]|1\d|2[0-8]|LDOM", asked["CommencementDay"], re.ASCII):
        found.append("CommencementDay is not valid")
    if not re.fullmatch(r"\d{8}", asked["AgreementDate"], re.ASCII):
        found.append("AgreementDate is not valid")
    return found + _errors_of_people(world, asked)


def _errors_of_people(world: World, asked: dict[str, str]) -> list[str]:
    """Return what is wrong with whose mandate it is: name, bank account, another mandate."""
    found = []
    if asked.get("IsConsumer") in {"true", "1"} and not (
        asked.get("FirstName") and asked.get("Surname")
    ):
        found.append("FirstName and Surname are required for a consumer")
    if asked.get("BankAccountNumber"):
        bank = (asked["BankAccountNumber"], asked.get("BranchCode", ""))
        kind = KINDS.get(asked.get("BankAccountType", ""), "")
        if accounts.verdict(*bank, kind) != "0":
            found.append("Bank account details could not be validated")
    if any(
        one["AccountReference"] == asked["AccountReference"]
        and one["status"] in {AWAITING, ACCEPTED}
        for one in world.state["mandates"]
    ):
        found.append("AccountReference already has a mandate")
    return found
