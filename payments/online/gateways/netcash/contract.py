"""What the rest of the program may ask of Netcash, and what it hears back.

Amounts are `Decimal` in the account's currency (Rand); only this package turns them into the
cents of an upload file or the Rand of a call. Days are bank days in South Africa. Texts are
English, marked for translation: show them with `gettext(...)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum

GENERIC_VENDOR = "24ade73c-98cf-47b3-99be-cc7b867b3080"
"""The vendor key of merchants without one of their own, public in Netcash's own modules."""


class NetcashError(Exception):
    """Something did not work out with Netcash; `str()` is for logs and staff."""


class NetcashDown(NetcashError):
    """No answer, or none that can be read: what became of the request is unknown.

    `was_sent`: the request may have been carried out. When False it certainly was not.
    """

    def __init__(self, detail: str, *, was_sent: bool) -> None:
        super().__init__(detail)
        self.was_sent = was_sent


class NetcashRefused(NetcashError):
    """Netcash said no, or we would not send it. `code` is Netcash's, "" when it was ours."""

    def __init__(self, code: str, words: str, details: Sequence[str] = ()) -> None:
        super().__init__(": ".join(filter(None, [code, words, "; ".join(details)])))
        self.code = code
        self.words = words
        self.details = tuple(details)


class WrongKey(NetcashRefused):
    """The service key is not accepted (codes 100, 104, 105, 106, 311). `service` names which."""

    def __init__(self, service: "Service", code: str, words: str) -> None:
        super().__init__(code, words)
        self.service = service


class Service(Enum):
    """Netcash gives one key for each of these."""

    ACCOUNT = "account"
    DEBIT_ORDER = "debit_order"
    VALIDATION = "validation"
    PAY_NOW = "pay_now"


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The service keys (GUIDs). An empty one: that service is not used."""

    account: str = field(default="", repr=False)
    """Statements."""
    debit_order: str = field(default="", repr=False)
    """Mandates and debit-order batches."""
    validation: str = field(default="", repr=False)
    """Check of bank account numbers (Netcash calls it risk reports)."""
    pay_now: str = field(default="", repr=False)
    vendor: str = field(default=GENERIC_VENDOR, repr=False)

    def of(self, service: Service) -> str:
        return str(getattr(self, service.value))


@dataclass(frozen=True)
class KeyVerdict:
    """Whether a key works. `code` is Netcash's answer, "" when there was none."""

    service: Service
    is_valid: bool
    code: str
    words: str


class AccountKind(IntEnum):
    """Netcash's numbers in files; the names travel in calls."""

    CURRENT = 1
    SAVINGS = 2
    TRANSMISSION = 3


@dataclass(frozen=True)
class AccountVerdict:
    """The check of digits: it says nothing about whose account it is.

    `code`: "0" valid, "1" branch unknown, "2" number fails the check digit, "3" kind of account
    wrong, "4" input incorrect.
    """

    code: str
    words: str

    @property
    def is_valid(self) -> bool:
        return self.code == "0"


@dataclass(frozen=True, kw_only=True)
class BankDetails:
    holder: str
    number: str = field(repr=False)
    branch_code: str
    """Six digits."""
    kind: AccountKind


class Frequency(IntEnum):
    """Numbers as in files (field 530)."""

    MONTHLY = 1
    BIMONTHLY = 2
    THREE_MONTHLY = 3
    SIX_MONTHLY = 4
    ANNUALLY = 5
    WEEKLY = 6
    BIWEEKLY = 7


class PublicHoliday(IntEnum):
    """What to do when the day is a public holiday; numbers of the SOAP list."""

    PRECEDING_BUSINESS_DAY = 1
    NEXT_BUSINESS_DAY = 2


LAST_DAY_OF_MONTH = "LDOM"


@dataclass(frozen=True, kw_only=True)
class MandateOrder:
    """A mandate the customer is asked to sign."""

    account_reference: str
    """Ours, 2 to 22 characters; it comes back with the postback and in the mandate data."""
    name: str
    amount: Decimal
    """The usual amount."""
    agreement_date: date
    agreement_reference: str
    commencement_month: int
    debit_day: str
    """"01" to "28", or LAST_DAY_OF_MONTH."""
    mobile: str
    """`0825551234`."""
    email: str = ""
    is_consumer: bool = True
    first_name: str = ""
    surname: str = ""
    trading_name: str = ""
    registration_number: str = ""
    registered_name: str = ""
    frequency: Frequency = Frequency.MONTHLY
    december_day: str = ""
    public_holiday: PublicHoliday = PublicHoliday.NEXT_BUSINESS_DAY
    notice_days: int | None = None
    allows_variable_amounts: bool = True
    bank: BankDetails | None = None
    """None: the customer types it in when signing."""
    notes: str = ""
    extras: tuple[str, ...] = ()
    """Up to nine texts that come back with the postback."""


@dataclass(frozen=True)
class MandateAsked:
    url: str
    """Where the customer signs."""
    tracking: str
    warnings: tuple[str, ...] = ()


class MandateState(Enum):
    CAPTURING = "capturing"
    AWAITING = "awaiting"
    EXPIRED = "expired"
    FAILED = "failed"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    UNKNOWN = "unknown"
    """A number we have never heard of: `MandateRow.code` has it. Change nothing by it."""


@dataclass(frozen=True)
class MandateRow:
    """One mandate as Netcash has it; only the first columns are documented, `rest` has others."""

    state: MandateState
    code: str
    account_reference: str
    name: str
    amount: Decimal | None
    rest: tuple[str, ...] = field(default=(), repr=False)
    agreement_reference: str = ""
    """Seen in one production client's data only, as `field1`: compare when present."""
    field1: str = ""
    """The first of `MandateOrder.extras`."""


class Instruction(Enum):
    TWO_DAY = "TwoDay"
    SAME_DAY = "SameDay"
    COMPACT_TWO_DAY = "CompactTwoDay"
    """Only reference and amount; the account must be in Netcash's master file."""


@dataclass(frozen=True, kw_only=True)
class DebitLine:
    account_reference: str
    """2 to 22 characters, once per batch."""
    name: str
    amount: Decimal
    bank: BankDetails | None = None
    """Needed by all instructions except COMPACT_TWO_DAY."""
    extras: tuple[str, ...] = ()
    """Up to three texts that come back in the statement's extra columns: put the attempt's id
    in the first."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    name: str
    instruction: Instruction
    action_date: date
    lines: Sequence[DebitLine]


class LoadOutcome(Enum):
    LOADED = "SUCCESSFUL"
    LOADED_WITH_ERRORS = "SUCCESSFUL WITH ERRORS"
    REFUSED = "UNSUCCESSFUL"


@dataclass(frozen=True)
class LoadProblem:
    """An error of one line, or of the whole file (`account_reference` "", `line` None)."""

    account_reference: str
    line: int | None
    """The line of the file, counted as Netcash counts (the header is 1)."""
    words: str


@dataclass(frozen=True)
class LoadReport:
    batch_name: str
    outcome: LoadOutcome
    total: Decimal | None
    day: date | None
    problems: tuple[LoadProblem, ...] = ()


class BatchStatus(IntEnum):
    UNAUTHORISED = 1
    AUTHORISED = 2
    LOCKED = 3
    PROCESSED = 4
    INSUFFICIENT_FUNDS = 5
    UNKNOWN = 0


@dataclass(frozen=True)
class BatchRow:
    guid: str
    name: str
    status: BatchStatus
    volume: int
    value: Decimal
    created_at: datetime | None
    authorised_at: datetime | None
    unauthorised_at: datetime | None


class Authorisation(Enum):
    DONE = "done"
    BY_HAND = "by_hand"
    """Netcash has not enabled this for the profile: authorise in its portal (321, 322)."""
    NO_FUNDS = "no_funds"


@dataclass(frozen=True)
class Authorised:
    outcome: Authorisation
    code: str
    """What Netcash said, word for word."""


@dataclass(frozen=True)
class StatementLine:
    day: date
    code: str
    """TDD, SDD, DRU, … (Netcash's page "Netcash Statement")."""
    transaction_id: str
    description: str
    amount: Decimal
    """Signed by its effect on the account at Netcash: a debit order is +, an unpaid −."""
    vat: Decimal | None
    extras: tuple[str, str, str]
    ledger: str
    reason: str
    """Reason of an unpaid ("02"), read from the description; "" elsewhere."""
    raw: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[date, str, str]:
        """What makes the line one and the same however often it is fetched."""
        return (self.day, self.transaction_id, self.code)


@dataclass(frozen=True)
class Statement:
    lines: Sequence[StatementLine]
    is_unchanged: bool = False
    """NO CHANGE: nothing new since the last one."""
    unread: Sequence[str] = ()
    """Lines that could not be read; a person must look."""

    @property
    def difference(self) -> Decimal | None:
        """Closing less (opening and everything between); None without both. Must be zero."""
        opening = [line.amount for line in self.lines if line.code == "OBL"]
        closing = [line.amount for line in self.lines if line.code == "CBL"]
        if not opening or not closing:
            return None
        moved = sum(
            (line.amount for line in self.lines if line.code not in {"OBL", "CBL"}), Decimal("0.00")
        )
        return closing[-1] - opening[0] - moved
