"""AddMandate's members, in the order of the service's description. Amounts in Rand."""

import re

from ispbill.core.marking import gettext_noop
from payments.online.gateways.netcash import amounts, soap
from payments.online.gateways.netcash.contract import (
    LAST_DAY_OF_MONTH,
    AccountKind,
    BankDetails,
    Frequency,
    MandateOrder,
    NetcashRefused,
    PublicHoliday,
)
from payments.online.gateways.netcash.upload_file import REFERENCE, plain

_FREQUENCIES = {
    Frequency.MONTHLY: "Monthly",
    Frequency.BIMONTHLY: "Bimonthly",
    Frequency.THREE_MONTHLY: "ThreeMonthly",
    Frequency.SIX_MONTHLY: "SixMonthly",
    Frequency.ANNUALLY: "Annually",
    Frequency.WEEKLY: "Weekly",
    Frequency.BIWEEKLY: "Biweekly",
}
_HOLIDAYS = {
    PublicHoliday.PRECEDING_BUSINESS_DAY: "PrecedingOrdinaryBusinessDay",
    PublicHoliday.NEXT_BUSINESS_DAY: "VeryNextOrdinaryBusinessDay",
}
_KINDS = {
    AccountKind.CURRENT: "Current",
    AccountKind.SAVINGS: "Savings",
    AccountKind.TRANSMISSION: "Transmission",
}
_MOBILE = re.compile(r"0\d{9}", re.ASCII)
_DAY = re.compile(r"0[1-9]|1\d|2[0-8]|LDOM", re.ASCII)
_LONGEST = {"name": 50, "notes": 200, "extra": 50}


def parameters(order: MandateOrder, *, service_key: str) -> list[soap.Parameter]:
    """Return the members. Raises NetcashRefused naming everything that is wrong."""
    problems = _problems(order)
    if problems:
        raise NetcashRefused("", gettext_noop("The mandate cannot be asked for"), problems)
    extras = (*(plain(text) for text in order.extras), *[None] * 9)[:9]
    return [
        ("ServiceKey", service_key),
        ("AccountReference", order.account_reference),
        ("MandateName", plain(order.name)),
        ("MandateAmount", amounts.rand(order.amount)),
        ("IsConsumer", _truth(order.is_consumer)),
        ("FirstName", plain(order.first_name)),
        ("Surname", plain(order.surname)),
        ("TradingName", plain(order.trading_name)),
        ("RegistrationNumber", plain(order.registration_number)),
        ("RegisteredName", plain(order.registered_name)),
        ("MobileNumber", order.mobile),
        ("DebitFrequency", _FREQUENCIES[order.frequency]),
        ("CommencementMonth", str(order.commencement_month)),
        ("CommencementDay", order.debit_day),
        ("AgreementDate", order.agreement_date.strftime("%Y%m%d")),
        ("AgreementReferenceNumber", plain(order.agreement_reference)),
        ("CancellationNoticePeriod", _number(order.notice_days)),
        ("PublicHolidayOption", _HOLIDAYS[order.public_holiday]),
        ("Notes", plain(order.notes, _LONGEST["notes"]) or None),
        *((f"Field{number}", text) for number, text in enumerate(extras, start=1)),
        ("AllowVariableDebitAmounts", _truth(order.allows_variable_amounts)),
        *_bank(order.bank),
        ("EmailAddress", order.email.strip() or None),
        ("DecemberDebitDay", order.december_day or None),
        ("MandateActive", "true"),
        ("RequestAVS", "false"),
        ("IncludeDebiCheck", "false"),
        # Into the master file only once signed: earlier would be collecting without a mandate.
        ("AddToMasterFile", "false"),
    ]


def _bank(bank: BankDetails | None) -> list[soap.Parameter]:
    if bank is None:
        return []
    return [
        ("BankDetailType", "1"),
        ("BankAccountName", plain(bank.holder)),
        ("BankAccountNumber", bank.number),
        ("BranchCode", bank.branch_code),
        ("BankAccountType", _KINDS[bank.kind]),
    ]


def _problems(order: MandateOrder) -> list[str]:
    checks = {
        "the reference must have 2 to 22 letters and digits": bool(
            REFERENCE.fullmatch(order.account_reference)
        ),
        "the name is empty": bool(plain(order.name)),
        "the mobile number must look like 0825551234": bool(_MOBILE.fullmatch(order.mobile)),
        "the month must be 1 to 12": 1 <= order.commencement_month <= 12,
        f"the day must be 01 to 28 or {LAST_DAY_OF_MONTH}": bool(_DAY.fullmatch(order.debit_day)),
        "the day in December must be 01 to 28": not order.december_day
        or bool(_DAY.fullmatch(order.december_day)),
        "first name and surname are needed": not order.is_consumer
        or bool(plain(order.first_name) and plain(order.surname)),
        "the trading name is needed": order.is_consumer or bool(plain(order.trading_name)),
        "at most nine extra texts": len(order.extras) <= 9,
    }
    found = [words for words, is_fine in checks.items() if not is_fine]
    try:
        amounts.cents(order.amount)
    except NetcashRefused as error:
        found.append(error.words)
    return found


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
