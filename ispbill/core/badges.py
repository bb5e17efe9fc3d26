"""The words, tones and icons of every status a person may see.

One table, so that a status reads the same on every screen. A badge is always an icon and a word:
the tone (colour) only repeats what the word already says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise


@dataclass(frozen=True)
class Badge:
    """What to show for a status: a tone of the palette, an icon of the sprite, and one word."""

    tone: str
    icon: str
    word: Word
    struck: bool = False


def _neutral(word: Word, icon: str = "circle") -> Badge:
    return Badge("neutral", icon, word)


def _success(word: Word, icon: str = "circle-check") -> Badge:
    return Badge("success", icon, word)


def _warning(word: Word, icon: str = "alert-triangle") -> Badge:
    return Badge("warning", icon, word)


def _danger(word: Word, icon: str = "alert-circle") -> Badge:
    return Badge("danger", icon, word)


def _info(word: Word, icon: str = "info-circle") -> Badge:
    return Badge("info", icon, word)


def _violet(word: Word, icon: str = "circle-dot") -> Badge:
    return Badge("violet", icon, word)


_LINE: Final[Mapping[str, Badge]] = {
    "PENDING": _neutral(_("Pending"), "clock"),
    "ACTIVE": _success(_("Active")),
    "SUSPENDED": _danger(_("Suspended"), "player-pause"),
    "CANCELLED": _neutral(_("Cancelled"), "ban"),
}
_DRY_RUN: Final[Mapping[str, Badge]] = {
    "PROPOSED": _neutral(_("Proposed"), "eye"),
    "APPROVED": _info(_("Approved"), "loader-2"),
    "EXECUTED": _success(_("Executed")),
    "REFUSED": _danger(_("Refused")),
    "WITHDRAWN": _neutral(_("Withdrawn"), "ban"),
}
_RUN: Final[Mapping[str, Badge]] = {
    "QUEUED": _neutral(_("Queued"), "clock"),
    "RUNNING": _info(_("Running"), "loader-2"),
    "WAITING": _info(_("Waiting for a worker"), "clock"),
    "COMPLETED": _success(_("Succeeded")),
    "SUCCEEDED": _success(_("Succeeded")),
    "PARTIAL": _warning(pgettext_lazy("run", "Partial"), "circle-half-2"),
    "FAILED": _danger(_("Failed"), "circle-x"),
    "CANCELLED": _neutral(_("Cancelled"), "ban"),
    "SKIPPED": _neutral(_("Skipped"), "circle-minus"),
}

VOCABULARY: Final[Mapping[str, Mapping[str, Badge]]] = {
    "account": _LINE,
    "service": _LINE,
    "lead": {
        "NEW": _info(pgettext_lazy("lead", "New"), "sparkles"),
        "CONTACTED": _violet(_("Contacted"), "phone"),
        "SURVEY": _violet(pgettext_lazy("lead", "Survey"), "map-pin"),
        "OFFER": _warning(pgettext_lazy("lead", "Offer"), "file-text"),
        "WON": _success(pgettext_lazy("lead", "Won")),
        "LOST": _neutral(pgettext_lazy("lead", "Lost"), "circle-x"),
    },
    "coverage": {
        "COVERED": _success(_("We serve it")),
        "PLANNED": _info(_("Planned"), "clock"),
        "NONE": _neutral(_("Not served"), "circle-x"),
    },
    "order": {
        "DRAFT": _neutral(_("Draft"), "pencil"),
        "WAITING": _warning(_("Waiting list"), "clock"),
        "SUBMITTED": _info(_("Submitted"), "file-text"),
        "SURVEY": _violet(_("Survey"), "map-pin"),
        "ACCEPTED": _violet(_("Accepted"), "shield-check"),
        "SCHEDULED": _violet(_("Scheduled"), "calendar-event"),
        "INSTALLED": _success(_("Installed"), "plug-connected"),
        "ACTIVE": _success(_("Active")),
        "REJECTED": _danger(_("Rejected"), "circle-x"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
    },
    "invoice": {
        "DRAFT": _neutral(_("Draft"), "pencil"),
        "UNPAID": _warning(_("Unpaid"), "clock"),
        "PARTIAL": _info(pgettext_lazy("invoice", "Partial"), "circle-half-2"),
        "PAID": _success(_("Paid")),
        "CREDITED": _neutral(_("Credited"), "receipt-refund"),
        "OVERDUE": _danger(_("Overdue"), "alert-circle"),
        "VOID": Badge("neutral", "ban", _("Void"), struck=True),
    },
    "approval": {
        "PENDING": _violet(_("Waits for approval"), "clock"),
        "APPROVED": _success(_("Approved")),
        "REJECTED": _danger(_("Rejected"), "circle-x"),
        "WITHDRAWN": _neutral(_("Withdrawn"), "arrow-back-up"),
        "STALE": _warning(_("Out of date")),
    },
    "credit": {
        "CREDIT": _info(_("Credit note"), "receipt-refund"),
        "WRITE_OFF": _neutral(_("Write-off"), "ban"),
    },
    "payment": {
        "PENDING": _info(_("Pending"), "clock"),
        "COMPLETED": _success(_("Completed")),
        "FAILED": _danger(_("Failed"), "circle-x"),
        "REFUNDED": _violet(_("Refunded"), "receipt-refund"),
        "REVERSED": _neutral(_("Reversed"), "arrow-back-up"),
    },
    "attempt": {
        "STARTED": _info(_("Being opened"), "clock"),
        "OPEN": _info(_("Waiting for the customer"), "clock"),
        "HELD": _warning(_("Held for review"), "shield"),
        "MISMATCH": _warning(_("Paid, but not what was asked"), "alert-triangle"),
        "SETTLED": _success(_("Paid")),
        "FAILED": _danger(_("Failed"), "circle-x"),
        "CANCELLED": _neutral(_("Cancelled by the customer"), "ban"),
        "EXPIRED": _neutral(_("Expired"), "hourglass"),
        "REVERSED": _violet(_("Reversed"), "arrow-back-up"),
        "REFUSED": _neutral(_("Not accepted"), "receipt-refund"),
    },
    "statement": {
        "UPLOADED": _warning(_("Columns to be named"), "columns"),
        "READING": _info(_("Being read"), "loader-2"),
        "READ": _warning(_("To be reviewed"), "eye"),
        "ACCEPTING": _info(_("Being accepted"), "loader-2"),
        "ACCEPTED": _success(_("Accepted")),
        "FAILED": _danger(_("Not readable"), "circle-x"),
        "BOOKED": _success(_("Booked")),
    },
    "statement_line": {
        "NEW": _info(pgettext_lazy("bank", "New"), "sparkles"),
        "HELD": _warning(_("Unassigned"), "help-circle"),
        "MATCHED": _success(_("Matched")),
        "IGNORED": _neutral(_("Set aside"), "circle-minus"),
        "RETURNED": _violet(_("Paid back"), "arrow-back-up"),
        "KNOWN": _success(_("Matched")),
        "DIFFERENT": _warning(_("Another amount")),
        "UNKNOWN": _danger(_("Not in our books"), "help-circle"),
    },
    "shift": {
        "OPEN": _success(_("Open")),
        "COUNTED": _warning(_("Counted, not signed"), "clock"),
        "CLOSED": _neutral(_("Closed"), "lock"),
    },
    "contract": {
        "DRAFT": _neutral(_("Draft"), "file-text"),
        "SENT": _info(_("To be signed"), "signature"),
        "SIGNED": _success(_("Signed"), "signature"),
        "ACTIVE": _success(_("In force")),
        "DECLINED": _neutral(_("Declined"), "ban"),
        "VOID": _neutral(_("Void"), "ban"),
        "LAPSED": _neutral(_("Not signed in time"), "clock"),
        "TERMINATED": _neutral(_("Terminated"), "ban"),
        "EXPIRED": _neutral(_("Term over"), "clock"),
    },
    "work_order": {
        "PENDING": _neutral(_("Pending")),
        "ASSIGNED": _info(_("Assigned"), "user"),
        "EN_ROUTE": _info(_("On the way"), "truck"),
        "IN_PROGRESS": _info(_("In progress"), "tool"),
        "COMPLETED": _success(_("Completed")),
        "FAILED": _danger(_("Could not be done")),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
    },
    "stock_count": {
        "RIGHT": _success(_("Nothing differs")),
        "WAITING": _warning(_("Waits for approval"), "clock"),
        "APPROVED": _success(_("Approved")),
        "REFUSED": _neutral(_("Refused"), "ban"),
    },
    "reseller": {
        "APPLIED": _info(_("Applied"), "clock"),
        "ACTIVE": _success(_("Active")),
        "SUSPENDED": _warning(_("Suspended")),
        "CLOSED": _neutral(_("Closed"), "ban"),
    },
    "reseller_wallet": {"BLOCKED": _danger(_("Wallet blocked"), "ban")},
    "reseller_transfer": {
        "SENT": _info(_("Waits for confirmation"), "clock"),
        "CONFIRMED": _success(_("Confirmed")),
        "REJECTED": _danger(_("Rejected"), "ban"),
        "REVERSED": _neutral(_("Taken back"), "arrow-back-up"),
    },
    "partner_payout": {
        "WAITING": _info(_("Waits for approval")),
        "PAID": _success(_("Paid")),
        "WITHDRAWN": _neutral(_("Withdrawn"), "arrow-back-up"),
    },
    "voucher_batch": {
        "DRAFT": _neutral(_("Not sold yet"), "pencil"),
        "ACTIVE": _success(_("Active")),
        "BLOCKED": _danger(_("Blocked"), "ban"),
    },
    "voucher": {
        "NEW": _info(_("Not redeemed"), "circle"),
        "REDEEMED": _success(_("Redeemed")),
        "BLOCKED": _danger(_("Blocked"), "ban"),
        "LAPSED": _neutral(_("Lapsed"), "clock"),
    },
    "checkout": {
        "INITIATED": _info(_("Initiated"), "clock"),
        "PENDING": _info(_("Pending"), "clock"),
        "VALID": _success(_("Valid")),
        "COMPLETED": _success(_("Completed")),
        "HELD": _warning(_("Held for review"), "shield"),
        "FAILED": _danger(_("Failed"), "circle-x"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
        "EXPIRED": _neutral(_("Expired"), "hourglass"),
    },
    "package_change": {
        "PENDING": _violet(_("Pending"), "clock"),
        "APPROVED": _info(_("Approved"), "check"),
        "APPLIED": _success(_("Applied")),
        "REJECTED": _danger(_("Rejected"), "circle-x"),
        "WITHDRAWN": _neutral(_("Withdrawn"), "arrow-back-up"),
        "QUOTED": _neutral(_("Quoted"), "file-text"),
        "REQUESTED": _violet(_("Pending"), "clock"),
        "STALE": _warning(_("To be confirmed again"), "alert-triangle"),
        "CANCELLED": _neutral(_("Withdrawn"), "arrow-back-up"),
    },
    "pause_request": {
        "REQUESTED": _violet(_("Pending"), "clock"),
        "APPROVED": _success(_("Approved"), "check"),
        "REFUSED": _danger(_("Rejected"), "circle-x"),
        "WITHDRAWN": _neutral(_("Withdrawn"), "arrow-back-up"),
    },
    "referral": {
        "PENDING": _info(_("Pending")),
        "CREDITED": _success(_("Credited"), "gift"),
        "EXPIRED": _neutral(_("Expired"), "hourglass"),
        "REVOKED": _neutral(_("Revoked"), "ban"),
        "REFUSED": _danger(_("Refused"), "ban"),
    },
    "ticket": {
        "OPEN": _info(pgettext_lazy("ticket", "Open"), "circle-dot"),
        "IN_PROGRESS": _violet(_("In progress"), "loader-2"),
        "WAITING": _warning(_("Waiting"), "clock-pause"),
        "WAITING_CUSTOMER": _warning(_("Waiting for customer"), "clock-pause"),
        "REOPENED": _danger(_("Reopened"), "refresh"),
        "RESOLVED": _success(_("Resolved")),
        "CLOSED": _neutral(_("Closed"), "lock"),
    },
    "mail": {
        "NEW": _info(_("New"), "mail"),
        "TAKEN": _success(_("Taken")),
        "NOTED": _neutral(_("Noted at a ticket"), "writing"),
        "MACHINE": _neutral(_("Automatic"), "settings"),
        "STRANGER": _warning(_("From a stranger"), "users"),
        "HELD": _warning(_("Too many at once"), "clock-pause"),
        "TOO_LARGE": _warning(_("Too large"), "alert-triangle"),
        "PARKED": _danger(_("Not readable"), "alert-circle"),
        "ANSWERED": _success(_("Answered"), "send"),
        "LEAD": _success(_("Made a lead"), "user-plus"),
        "DISCARDED": _neutral(_("Discarded"), "ban"),
    },
    "import": {
        "UPLOADED": _info(_("Columns to be named"), "list"),
        "CHECKING": _info(_("Being checked"), "clock"),
        "CHECKED": _warning(_("Checked"), "check"),
        "RUNNING": _info(_("Being taken in"), "clock"),
        "DONE": _warning(_("Taken in"), "clock-pause"),
        "STARTING": _info(_("Going live"), "clock"),
        "LIVE": _success(_("Live")),
        "UNDOING": _info(_("Being undone"), "clock"),
        "UNDONE": _neutral(_("Undone"), "ban"),
    },
    "radius_session": {
        "OPEN": _success(_("Online"), "wifi"),
        "STALE": _warning(_("Nothing heard lately"), "clock-pause"),
        "LOST": _neutral(_("Lost"), "wifi-off"),
        "ENDED": _neutral(_("Ended"), "circle-dashed"),
    },
    "usage_file": {
        "CHECKED": _warning(_("Checked"), "check"),
        "TAKEN": _success(_("Taken in")),
        "UNDONE": _neutral(_("Undone"), "ban"),
    },
    "import_row": {
        "READY": _info(_("Ready"), "check"),
        "REFUSED": _danger(_("Not possible"), "alert-circle"),
        "SAME": _neutral(_("Taken in before"), "check"),
        "CHANGED": _warning(_("Changed since"), "alert-triangle"),
        "SKIPPED": _neutral(_("Left out"), "ban"),
        "MADE": _success(_("Taken in")),
        "LIVE": _success(_("Live")),
        "UNDONE": _neutral(_("Undone"), "ban"),
    },
    "priority": {
        "URGENT": _danger(_("Urgent"), "flame"),
        "HIGH": _warning(pgettext_lazy("priority", "High"), "arrow-up"),
        "NORMAL": _neutral(pgettext_lazy("priority", "Normal"), "minus"),
        "MEDIUM": _neutral(pgettext_lazy("priority", "Medium"), "minus"),
        "LOW": _neutral(pgettext_lazy("priority", "Low"), "arrow-down"),
    },
    "sla": {
        "ON_TRACK": _success(_("On track"), "clock"),
        "DUE_SOON": _warning(_("Due soon"), "hourglass"),
        "BREACHED": _danger(_("Breached"), "alert-circle"),
        "PAUSED": _neutral(_("Paused"), "player-pause"),
        "MET": _success(pgettext_lazy("sla", "Met")),
    },
    "job": {
        "PENDING": _neutral(_("Pending"), "clock"),
        "ASSIGNED": _info(_("Assigned"), "user"),
        "ON_THE_WAY": _violet(_("On the way"), "truck"),
        "IN_PROGRESS": _violet(_("In progress"), "tool"),
        "COMPLETED": _success(_("Completed")),
        "FAILED": _danger(_("Can't complete"), "circle-x"),
        "CANNOT_COMPLETE": _danger(_("Can't complete"), "circle-x"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
    },
    "call": {
        "SPOKE": _success(_("Spoke"), "phone"),
        "NO_ANSWER": _neutral(_("No answer"), "phone"),
        "BUSY": _neutral(_("Busy"), "phone"),
        "WRONG_NUMBER": _danger(_("Wrong number"), "circle-x"),
        "LEFT_MESSAGE": _info(_("Left a message"), "message"),
        "CALL_BACK": _warning(_("To be called back"), "clock"),
    },
    "campaign": {
        "DRAFT": _neutral(_("Draft"), "pencil"),
        "SCHEDULED": _info(_("Scheduled"), "clock"),
        "RUNNING": _info(_("Running"), "loader-2"),
        "HELD": _warning(_("Held"), "hourglass"),
        "DONE": _success(_("Done")),
        "STOPPED": _danger(_("Stopped"), "ban"),
    },
    "outage": {
        "INVESTIGATING": _danger(_("Investigating"), "search"),
        "IDENTIFIED": _warning(_("Identified"), "flag"),
        "MONITORING": _info(_("Monitoring"), "eye"),
        "RESOLVED": _success(_("Resolved")),
        "MAINTENANCE": _violet(_("Maintenance"), "tool"),
        "PROPOSED": _warning(_("Proposed"), "alert-triangle"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
        "MERGED": _neutral(_("Merged"), "arrows-exchange"),
        "SCHEDULED": _violet(_("Scheduled"), "calendar"),
        "IN_PROGRESS": _violet(_("Works under way"), "tool"),
        "COMPLETED": _success(_("Completed")),
    },
    "area": {
        "OPERATIONAL": _success(_("Operational")),
        "DEGRADED": _warning(_("Degraded")),
        "PARTIAL": _warning(_("Partial outage"), "circle-half-2"),
        "OUTAGE": _danger(_("Outage"), "wifi-off"),
        "MAINTENANCE": _violet(_("Maintenance"), "tool"),
    },
    "mandate": {
        "PENDING": _info(_("Being requested"), "loader-2"),
        "SENT": _info(_("Waiting for signature"), "signature"),
        "ACCEPTED": _info(_("Signed"), "signature"),
        "ACTIVE": _success(_("Active")),
        "SUSPENDED": _danger(_("Suspended"), "player-pause"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
        "EXPIRED": _neutral(_("Expired"), "clock"),
        "DECLINED": _neutral(_("Declined"), "circle-x"),
        "FAILED": _danger(_("Failed"), "circle-x"),
    },
    "debit_batch": {
        "DRAFT": _neutral(_("Planned"), "clock"),
        "SENDING": _warning(_("Being sent"), "cloud-upload"),
        "UPLOADED": _info(_("Uploaded"), "cloud-check"),
        "LOADED": _warning(_("Waiting for authorisation"), "hourglass"),
        "AUTHORISED": _info(_("Authorised"), "shield-check"),
        "PROCESSED": _success(_("Processed")),
        "FAILED": _danger(_("Refused"), "circle-x"),
        "LAPSED": _neutral(_("Lapsed"), "clock"),
        "ABANDONED": _neutral(_("Abandoned"), "ban"),
    },
    "debit_order": {
        "PLANNED": _neutral(_("Planned"), "clock"),
        "UPLOADED": _info(_("Sent"), "cloud-upload"),
        "ACCEPTED": _info(_("Accepted"), "cloud-check"),
        "COLLECTED": _success(_("Collected")),
        "UNPAID": _danger(_("Unpaid"), "arrow-back-up"),
        "DISPUTED": _danger(_("Disputed"), "flag"),
        "REJECTED": _danger(_("Refused by NetCash"), "circle-x"),
        "DROPPED": _neutral(_("Not carried out"), "ban"),
    },
    "debit_line": {
        "NEW": _info(_("New"), "circle"),
        "SETTLED": _success(_("Payment recorded")),
        "RETURNED": _danger(_("Debit returned"), "arrow-back-up"),
        "BOOKED": _neutral(_("Booked"), "check"),
        "NOTED": _neutral(_("Noted"), "check"),
        "HELD": _warning(_("Needs a decision")),
    },
    "commission": {
        "PENDING": _info(_("Pending"), "clock"),
        "ACCRUED": _info(_("Pending"), "clock"),
        "APPROVED": _violet(_("Approved"), "check"),
        "PAID": _success(_("Paid")),
        "CREDITED": _success(_("In the wallet")),
        "REVERSED": _neutral(_("Reversed"), "arrow-back-up"),
    },
    "payout": {
        "REQUESTED": _info(_("Requested"), "clock"),
        "APPROVED": _violet(_("Approved"), "check"),
        "PAID": _success(_("Paid")),
        "REJECTED": _danger(_("Rejected"), "circle-x"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
    },
    "message": {
        "QUEUED": _neutral(_("Queued"), "clock"),
        "SENDING": _info(_("Sending"), "send"),
        "SENT": _neutral(_("Sent"), "send"),
        "DELIVERED": _success(_("Delivered")),
        "FAILED": _danger(_("Failed"), "circle-x"),
        "UNKNOWN": _warning(_("Unknown"), "help-circle"),
        "CANCELLED": _neutral(_("Cancelled"), "ban"),
    },
    "dry_run": _DRY_RUN,
    "run": _RUN,
    "sync": {**_RUN, "PENDING": _neutral(_("Pending"), "clock"), "DONE": _success(_("Done"))},
    "router": {
        "ONLINE": _success(_("Online"), "wifi"),
        "OFFLINE": _danger(_("Offline"), "wifi-off"),
        "ON_HOLD": _warning(_("Needs attention")),
        "DUMMY": _violet(_("Dummy"), "circle-dashed"),
        "UNKNOWN": _neutral(_("Unknown"), "circle-dashed"),
    },
    "session": {
        "ONLINE": _success(_("Online"), "wifi"),
        "OFFLINE": _neutral(_("Offline"), "wifi-off"),
        "UNSEEN": _neutral(_("Not seen online"), "circle-dashed"),
    },
    "churn": {
        "HIGH": _danger(pgettext_lazy("risk", "High"), "trending-up"),
        "MEDIUM": _warning(pgettext_lazy("risk", "Medium"), "minus"),
        "LOW": _success(pgettext_lazy("risk", "Low"), "trending-down"),
    },
    "retention_task": {
        "PROPOSED": _neutral(_("Proposed"), "circle-dashed"),
        "ASSIGNED": _info(_("Assigned"), "user"),
        "CONTACTED": _info(_("Contacted"), "phone"),
        "OFFERED": _warning(_("Offer made"), "percentage"),
        "KEPT": _success(_("Stays")),
        "REFUSED": _danger(_("Leaves all the same"), "circle-x"),
        "UNREACHABLE": _neutral(_("Not reached"), "ban"),
        "NOT_NEEDED": _neutral(_("Not needed"), "minus"),
    },
    "churn_model": {
        "CANDIDATE": _neutral(_("Being tested"), "clock"),
        "ACTIVE": _success(_("In use")),
        "RETIRED": _neutral(_("No longer in use"), "circle-dashed"),
        "REFUSED": _warning(_("Not good enough")),
    },
    "health": {
        "OK": _success(_("OK")),
        "WARNING": _warning(_("Warning")),
        "FAILED": _danger(_("Failed"), "circle-x"),
        "UNKNOWN": _neutral(_("Unknown"), "circle-dashed"),
    },
}


def find(value: object, kind: str) -> Badge:
    """Return the badge for a status code of a kind; an unknown one is neutral, never an error.

    Codes are matched without regard to case, and spaces or hyphens count as underscores.
    """
    code = str(value or "").strip()
    known = VOCABULARY.get(kind, {}).get(code.upper().replace(" ", "_").replace("-", "_"))
    if known is not None:
        return known
    return _neutral(code.replace("_", " ").capitalize() or _("Unknown"), "circle-dashed")
