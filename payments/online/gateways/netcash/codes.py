"""Netcash's codes as data, with what each of them means for us.

Sources: Netcash's pages "Web service response codes", "Netcash Statement" and "Unpaid transaction
codes", and the EF70 list of unpaid reasons of the South African clearing house.
"""

from dataclasses import dataclass, replace
from enum import Enum

from ispbill.core.marking import gettext_noop
from payments.online.gateways.netcash.contract import MandateState

FILE_NOT_READY = "FILE NOT READY"
NO_CHANGE = "NO CHANGE"

RESPONSES = {
    "000": gettext_noop("Done"),
    "001": gettext_noop("Validated"),
    "100": gettext_noop("NetCash does not accept this key"),
    "101": gettext_noop("The date has a wrong format"),
    "102": gettext_noop("A date or parameter is not valid"),
    "103": gettext_noop("The amount or the vendor key is not valid"),
    "104": gettext_noop("No active client belongs to this key"),
    "105": gettext_noop("This service is not activated"),
    "106": gettext_noop("This service has no key"),
    "200": gettext_noop("NetCash reports a general error"),
    "201": gettext_noop("The account at NetCash is locked"),
    "202": gettext_noop("Not found at NetCash"),
    "203": gettext_noop("NetCash could not carry it out"),
    "204": gettext_noop("The kind of postback is not valid"),
    "300": gettext_noop("The account was not found"),
    "301": gettext_noop("The reference was used before"),
    "311": gettext_noop("This key does not belong to this service"),
    "316": gettext_noop("The merchant does not fulfil NetCash's conditions yet"),
    "317": gettext_noop("The batch does not match"),
    "318": gettext_noop("A line is above the limit per line"),
    "319": gettext_noop("The batch is above the limit per day"),
    "320": gettext_noop("The batch is above the limit per batch"),
    "321": gettext_noop("NetCash has not allowed authorisation by web service"),
    "322": gettext_noop("NetCash has not allowed automatic authorisation"),
    "323": gettext_noop("There is too little money in the account at NetCash"),
    "326": gettext_noop("DebiCheck refused it"),
    "327": gettext_noop("DebiCheck refused it"),
    "328": gettext_noop("The check of account owners is offline"),
    "329": gettext_noop("The change was refused"),
}
GENERAL = "200"
WRONG_KEY = frozenset({"100", "104", "105", "106", "311"})
BY_HAND = frozenset({"321", "322"})
NO_FUNDS = "323"

ACCOUNT_VERDICTS = {
    "0": gettext_noop("The account number is well formed"),
    "1": gettext_noop("There is no such branch code"),
    "2": gettext_noop("The account number is not right: a digit may be mistyped"),
    "3": gettext_noop("The bank has no such kind of account under this number"),
    "4": gettext_noop("Account number, branch code or kind of account is missing or not a number"),
}

MANDATE_STATES = {
    "1": MandateState.CAPTURING,
    "2": MandateState.AWAITING,
    "3": MandateState.EXPIRED,
    "4": MandateState.FAILED,
    "5": MandateState.DECLINED,
    "6": MandateState.ACCEPTED,
    "7": MandateState.CHANGED,
    "8": MandateState.CAPTURING,
    "9": MandateState.VERIFIED,
    "10": MandateState.UNVERIFIED,
    "11": MandateState.CAPTURING,
}

COLLECTED = frozenset({"TDD", "SDD", "DCS"})
"""Money came in for a debit order."""
UNPAID = frozenset({"DRU", "DCU", "DCX", "DCD"})
"""It went back, or never came."""
DISPUTED = frozenset({"DCD"})
FEES = frozenset({"ELM", "NSF", "DCM", "AVS", "VAT"})
PAID_OUT = frozenset({"BTR"})
BALANCES = frozenset({"OBL", "CBL"})
"""No movement of money."""


class Then(Enum):
    """What dunning does after an unpaid debit order."""

    RETRY = "retry"
    """May be tried again on another day."""
    NEW_MANDATE = "new_mandate"
    """The customer withdrew or disputes the authority: nothing more without a new signature."""
    NEW_BANK_DETAILS = "new_bank_details"
    """This account cannot be debited: ask for another."""
    STOP = "stop"
    """Neither: a person must look."""


@dataclass(frozen=True)
class UnpaidReason:
    code: str
    words: str
    then: Then
    is_dispute: bool = False
    """The customer says there was no authority."""


_REASONS = (
    UnpaidReason("02", gettext_noop("Not enough money in the account"), Then.RETRY),
    UnpaidReason(
        "03", gettext_noop("Debits are not allowed on this account"), Then.NEW_BANK_DETAILS
    ),
    UnpaidReason("04", gettext_noop("The customer stopped the payment"), Then.NEW_MANDATE),
    UnpaidReason("06", gettext_noop("The account is frozen"), Then.NEW_BANK_DETAILS),
    UnpaidReason("08", gettext_noop("The account holder is under sequestration"), Then.STOP),
    UnpaidReason("10", gettext_noop("The account holder is in liquidation"), Then.STOP),
    UnpaidReason("12", gettext_noop("The account is closed"), Then.NEW_BANK_DETAILS),
    UnpaidReason("14", gettext_noop("The account was transferred"), Then.NEW_BANK_DETAILS),
    UnpaidReason(
        "16", gettext_noop("The account was transferred to another bank"), Then.NEW_BANK_DETAILS
    ),
    UnpaidReason("18", gettext_noop("The account holder has died"), Then.STOP),
    UnpaidReason("22", gettext_noop("Money in the account is not cleared yet"), Then.RETRY),
    UnpaidReason("26", gettext_noop("The account is closed"), Then.NEW_BANK_DETAILS),
    UnpaidReason("28", gettext_noop("The debit order was recalled"), Then.STOP),
    UnpaidReason(
        "30", gettext_noop("The customer says there is no mandate"), Then.NEW_MANDATE, True
    ),
    UnpaidReason(
        "32", gettext_noop("The customer says it breaks the mandate"), Then.NEW_MANDATE, True
    ),
    UnpaidReason("34", gettext_noop("The customer cancelled the mandate"), Then.NEW_MANDATE, True),
    UnpaidReason("36", gettext_noop("Stopped by a stop order of the customer"), Then.NEW_MANDATE),
    UnpaidReason(
        "56", gettext_noop("The holder's papers at the bank are incomplete"), Then.NEW_BANK_DETAILS
    ),
    UnpaidReason(
        "60", gettext_noop("NetCash has blocked debits to this account"), Then.NEW_MANDATE
    ),
)
UNPAID_REASONS = {reason.code: reason for reason in _REASONS}


def unpaid_reason(code: str) -> UnpaidReason:
    """Return what is known of a reason; an unknown one stops the mandate for a person to look."""
    return UNPAID_REASONS.get(
        code, UnpaidReason(code, gettext_noop("Unpaid for an unknown reason"), Then.STOP)
    )


def unpaid_line(line_code: str, code: str) -> UnpaidReason:
    """Return what is known of a line that came back; a dispute needs no reason to be one."""
    if line_code not in DISPUTED:
        return unpaid_reason(code)
    known = UNPAID_REASONS.get(
        code, UnpaidReason(code or line_code, gettext_noop("The customer disputes it"), Then.STOP)
    )
    return replace(known, then=Then.NEW_MANDATE, is_dispute=True)


def words(code: str) -> str:
    """Return the words of a response code."""
    return RESPONSES.get(code, gettext_noop("NetCash refused without a reason we know"))
