"""The occasions on which people get a message, and the placeholders each of them knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ispbill.core.marking import gettext_noop


class Kind(StrEnum):
    """How a placeholder's raw value (text in the message's context) is read and written."""

    TEXT = "TEXT"
    MONEY = "MONEY"  # "1725.00", in the company's currency
    BALANCE = "BALANCE"  # signed, positive = the customer owes; written in words
    DAY = "DAY"  # "2026-01-05"
    PERIOD = "PERIOD"  # "2026-01-05/2026-02-05", half-open


@dataclass(frozen=True)
class Placeholder:
    name: str
    kind: Kind
    description: str
    """English, to be translated where it is shown."""
    sample: str
    """A raw value, written in previews like a real one."""


@dataclass(frozen=True)
class Event:
    code: str
    title: str
    placeholders: tuple[Placeholder, ...]
    is_urgent: bool = False
    """Answers something that has just happened: sent in quiet hours too."""
    is_secret: bool = False
    """Carries a code: its text is wiped once sent, and staff can neither read nor resend it."""
    is_never_repeated: bool = False
    """Not sent again by itself when nobody knows whether the provider took it."""
    useful_for: timedelta | None = None
    """After so long it would only confuse, and is cancelled instead of sent."""
    waits_for: timedelta = timedelta(days=2)
    """So long it may wait for a provider to be set up; after that it is not sent. A secret waits
    for nothing: whoever asked for it has long gone."""

    @property
    def names(self) -> frozenset[str]:
        return frozenset(placeholder.name for placeholder in self.placeholders)

    @property
    def samples(self) -> dict[str, str]:
        return {placeholder.name: placeholder.sample for placeholder in self.placeholders}


def _known(*placeholders: Placeholder) -> dict[str, Placeholder]:
    return {placeholder.name: placeholder for placeholder in placeholders}


_P = _known(
    Placeholder("company", Kind.TEXT, gettext_noop("Name of the company"), "Demo Net"),
    Placeholder("company_phone", Kind.TEXT, gettext_noop("Help line"), "09612-000000"),
    Placeholder(
        "portal_url", Kind.TEXT, gettext_noop("Address of the portal"), "https://isp.example/portal"
    ),
    Placeholder("name", Kind.TEXT, gettext_noop("Name of the customer"), "Amina Begum"),
    Placeholder("number", Kind.TEXT, gettext_noop("Customer number"), "CT-2026-00012"),
    Placeholder("invoice", Kind.TEXT, gettext_noop("Invoice number"), "INV-2026-00042"),
    Placeholder("amount", Kind.MONEY, gettext_noop("Amount"), "1725.00"),
    Placeholder("due_date", Kind.DAY, gettext_noop("Due date"), "2026-01-05"),
    Placeholder("period", Kind.PERIOD, gettext_noop("Billing period"), "2026-01-05/2026-02-05"),
    Placeholder("suspend_date", Kind.DAY, gettext_noop("Day the line is cut"), "2026-01-09"),
    Placeholder("credit_note", Kind.TEXT, gettext_noop("Credit note number"), "CN-2026-00007"),
    Placeholder("receipt", Kind.TEXT, gettext_noop("Receipt number"), "RCP-2026-00031"),
    Placeholder(
        "receipt_url",
        Kind.TEXT,
        gettext_noop("Link to the receipt"),
        "https://isp.example/receipt/c8a1",
    ),
    Placeholder("method", Kind.TEXT, gettext_noop("Way of paying"), "bKash"),
    Placeholder("balance", Kind.BALANCE, gettext_noop("Balance in words"), "0.00"),
    Placeholder("reason", Kind.TEXT, gettext_noop("Reason"), "the cheque was returned"),
    Placeholder("service", Kind.TEXT, gettext_noop("Connection"), "amina-home"),
    Placeholder("package", Kind.TEXT, gettext_noop("Package"), "Home 30"),
    Placeholder("day", Kind.DAY, gettext_noop("Day it takes effect"), "2026-02-05"),
    Placeholder("pay_url", Kind.TEXT, gettext_noop("Link to pay"), "https://isp.example/pay"),
    Placeholder("expires_on", Kind.DAY, gettext_noop("Day the prepaid time is over"), "2026-02-05"),
    Placeholder("missing", Kind.MONEY, gettext_noop("Amount that is missing"), "850.00"),
    Placeholder("old_amount", Kind.MONEY, gettext_noop("Amount until now"), "1150.00"),
    Placeholder("from_date", Kind.DAY, gettext_noop("First day of the new price"), "2026-03-01"),
    Placeholder("account", Kind.TEXT, gettext_noop("Bank account, masked"), "FNB ***1234"),
    Placeholder(
        "sign_url",
        Kind.TEXT,
        gettext_noop("Link to sign the debit order"),
        "https://isp.example/sign/c8a1",
    ),
    Placeholder("failures", Kind.TEXT, gettext_noop("Failed debits in a row"), "1"),
    Placeholder("most", Kind.TEXT, gettext_noop("Failed debits that end it"), "5"),
    Placeholder("contact", Kind.TEXT, gettext_noop("New phone or e-mail, masked"), "017*****001"),
    Placeholder("code", Kind.TEXT, gettext_noop("One-time code"), "482913"),
    Placeholder(
        "link",
        Kind.TEXT,
        gettext_noop("Link to choose a password"),
        "https://isp.example/access/Mg/c8a1/",
    ),
    Placeholder("payout", Kind.TEXT, gettext_noop("Payout number"), "PO-2026-00012"),
    Placeholder("joining", Kind.TEXT, gettext_noop("Customers who join"), "12"),
    Placeholder("leaving", Kind.TEXT, gettext_noop("Customers who leave"), "0"),
    Placeholder("count", Kind.TEXT, gettext_noop("How many there were"), "200"),
    Placeholder("minutes", Kind.TEXT, gettext_noop("Minutes the code is valid"), "5"),
    Placeholder(
        "text",
        Kind.TEXT,
        gettext_noop("What staff have written"),
        "We work on the line in your street on Friday.",
    ),
    Placeholder("used", Kind.TEXT, gettext_noop("Data used"), "160 GB"),
    Placeholder("allowance", Kind.TEXT, gettext_noop("Fair-use threshold"), "200 GB"),
    Placeholder("budget", Kind.MONEY, gettext_noop("Budget of the month"), "25000.00"),
    Placeholder("percent", Kind.TEXT, gettext_noop("Share of it that is used"), "80"),
    Placeholder("speed", Kind.TEXT, gettext_noop("Speed of the line"), "5/2 Mbps"),
    Placeholder("job", Kind.TEXT, gettext_noop("Number of the job"), "WO-2026-00007"),
    Placeholder("visit_day", Kind.DAY, gettext_noop("Day of the visit"), "2026-01-12"),
    Placeholder("window", Kind.TEXT, gettext_noop("Time of the visit"), "09:00-12:00"),
    Placeholder("technician", Kind.TEXT, gettext_noop("Technician's first name"), "Rafiq"),
    Placeholder(
        "job_url", Kind.TEXT, gettext_noop("Link to the job"), "https://isp.example/job/c8a1"
    ),
    Placeholder("order", Kind.TEXT, gettext_noop("Number of the order"), "ORD-2026-00012"),
    Placeholder(
        "order_url", Kind.TEXT, gettext_noop("Link to the order"), "https://isp.example/signup/c8a1"
    ),
    Placeholder("outage", Kind.TEXT, gettext_noop("Number of the outage"), "OUT-2026-00003"),
    Placeholder("begins", Kind.TEXT, gettext_noop("When it begins"), "10 Jan 2026, 14:30"),
    Placeholder("expected", Kind.TEXT, gettext_noop("Expected end"), "10 Jan 2026, 18:00"),
    Placeholder(
        "status_url",
        Kind.TEXT,
        gettext_noop("Link to the status page"),
        "https://isp.example/status",
    ),
    Placeholder("contract", Kind.TEXT, gettext_noop("Contract number"), "CON-2026-00012"),
    Placeholder(
        "sign_url",
        Kind.TEXT,
        gettext_noop("Link to sign the contract"),
        "https://isp.example/contract/4f0c",
    ),
    Placeholder(
        "verify_url",
        Kind.TEXT,
        gettext_noop("Where the signed contract can be checked"),
        "https://isp.example/contract/91ab",
    ),
    Placeholder("digest", Kind.TEXT, gettext_noop("Start of the document's hash"), "3fa94c01"),
    Placeholder("last_day", Kind.DAY, gettext_noop("Last day of the contract"), "2027-01-04"),
    Placeholder(
        "renewal", Kind.TEXT, gettext_noop("What comes after the term"), "Goes on month by month"
    ),
    Placeholder("subject", Kind.TEXT, gettext_noop("Subject staff have given"), "Works on Friday"),
    Placeholder("ticket", Kind.TEXT, gettext_noop("Ticket number"), "TK-2026-00042"),
    Placeholder(
        "ticket_url",
        Kind.TEXT,
        gettext_noop("Link to the ticket"),
        "https://isp.example/portal/support/TK-2026-00042/",
    ),
    Placeholder(
        "stop_url",
        Kind.TEXT,
        gettext_noop("Link to stop offers"),
        "https://isp.example/stop/3D7-a1B2c3D4e5F6",
    ),
    Placeholder("router", Kind.TEXT, gettext_noop("Name of the router"), "Gulshan-1"),
    Placeholder(
        "page_url",
        Kind.TEXT,
        gettext_noop("Link to the page it is about"),
        "https://isp.example/admin/",
    ),
    Placeholder(
        "survey_url",
        Kind.TEXT,
        gettext_noop("Link to the survey"),
        "https://isp.example/survey/c8a1",
    ),
    Placeholder(
        "report_url",
        Kind.TEXT,
        gettext_noop("Link to the report"),
        "https://isp.example/admin/tickets/sla/report/?month=2026-01",
    ),
    Placeholder(
        "quiet_url",
        Kind.TEXT,
        gettext_noop("Link to be asked nothing any more"),
        "https://isp.example/quiet/3D7-a1B2c3D4e5F6",
    ),
)
SECRETS = frozenset({"code", "link"})
"""Placeholders whose value opens a door: it is sent, and never kept."""

_COMPANY = ("company", "company_phone", "portal_url")
_CUSTOMER = (*_COMPANY, "name", "number")


def _take(names: Iterable[str]) -> tuple[Placeholder, ...]:
    return tuple(_P[name] for name in names)


_BILL = (*_CUSTOMER, "invoice", "amount", "due_date", "period", "pay_url", "balance")
_LINE = (*_CUSTOMER, "service", "package", "balance", "pay_url", "reason")
_PREPAID = (*_CUSTOMER, "service", "package", "balance", "pay_url", "expires_on")
_CHANGE = (*_CUSTOMER, "service", "package", "amount", "day", "reason", "balance", "pay_url")
_PAUSE = (*_CUSTOMER, "service", "package", "period", "reason")
_USAGE = (*_CUSTOMER, "service", "package", "used", "allowance", "percent", "day", "speed")
_PRICE = (*_CUSTOMER, "service", "package", "old_amount", "amount", "from_date")
_CODE = (*_COMPANY, "name", "code", "minutes")
_STAFF = (*_CUSTOMER, "balance", "pay_url", "subject", "text")
_TICKET = (*_CUSTOMER, "ticket", "subject", "ticket_url")
_OUTAGE = (*_CUSTOMER, "outage", "subject", "text", "begins", "expected", "status_url")
_MANDATE = (*_CUSTOMER, "account", "balance")
_CONTRACT = (*_CUSTOMER, "contract")
_JOB = (*_CUSTOMER, "job", "visit_day", "window", "technician", "job_url")
_ORDER = (*_COMPANY, "name", "order", "package", "order_url")
_DEBIT_FAILED = (*_MANDATE, "amount", "reason", "failures", "most", "pay_url")

EVENTS: dict[str, Event] = {
    event.code: event
    for event in (
        Event(
            "invoice_issued", gettext_noop("Invoice issued"), _take(_BILL), is_never_repeated=True
        ),
        Event("payment_reminder", gettext_noop("Payment reminder"), _take(_BILL)),
        Event(
            "payment_due_today",
            gettext_noop("Payment due today"),
            _take(_BILL),
            waits_for=timedelta(hours=12),
        ),
        Event("payment_overdue", gettext_noop("Payment overdue"), _take((*_BILL, "suspend_date"))),
        Event(
            "suspension_notice",
            gettext_noop("Notice of suspension"),
            _take((*_BILL, "suspend_date")),
            waits_for=timedelta(days=1),
        ),
        Event("late_fee_charged", gettext_noop("Late fee charged"), _take(_BILL)),
        Event(
            "payment_received",
            gettext_noop("Payment received"),
            _take((*_CUSTOMER, "amount", "receipt", "receipt_url", "method", "balance")),
            is_urgent=True,
        ),
        Event(
            "payment_reversed",
            gettext_noop("Payment reversed"),
            _take((*_CUSTOMER, "amount", "receipt", "reason", "balance")),
            is_urgent=True,
        ),
        Event(
            "payment_refunded",
            gettext_noop("Credit paid out"),
            _take((*_CUSTOMER, "amount", "receipt", "method", "balance")),
            is_urgent=True,
        ),
        Event(
            "payment_not_accepted",
            gettext_noop("Online payment not accepted"),
            _take((*_CUSTOMER, "amount", "method", "balance")),
            is_urgent=True,
        ),
        Event(
            "payment_sent_back",
            gettext_noop("Online payment sent back"),
            _take((*_CUSTOMER, "amount", "method", "balance")),
            is_urgent=True,
        ),
        Event(
            "credit_note_issued",
            gettext_noop("Credit note issued"),
            _take((*_CUSTOMER, "credit_note", "invoice", "amount", "reason", "balance")),
        ),
        Event("package_changed", gettext_noop("Package changed"), _take(_CHANGE), is_urgent=True),
        Event("package_change_approved", gettext_noop("Package change approved"), _take(_CHANGE)),
        Event("package_change_rejected", gettext_noop("Package change refused"), _take(_CHANGE)),
        Event("pause_approved", gettext_noop("Pause approved"), _take(_PAUSE)),
        Event("pause_refused", gettext_noop("Pause refused"), _take(_PAUSE)),
        # The line goes dead at this moment: whoever sits before it should know why.
        Event("service_suspended", gettext_noop("Service suspended"), _take(_LINE), is_urgent=True),
        Event(
            "service_reactivated", gettext_noop("Service reactivated"), _take(_LINE), is_urgent=True
        ),
        Event("service_activated", gettext_noop("Service activated"), _take(_LINE), is_urgent=True),
        Event(
            "prepaid_renewed", gettext_noop("Prepaid time renewed"), _take(_PREPAID), is_urgent=True
        ),
        Event("prepaid_low", gettext_noop("Prepaid time ends soon"), _take((*_PREPAID, "missing"))),
        Event(
            "prepaid_over", gettext_noop("Prepaid time is over"), _take(_PREPAID), is_urgent=True
        ),
        Event(
            "wallet_low",
            gettext_noop("Wallet of a reseller is low"),
            _take((*_COMPANY, "name", "amount", "pay_url")),
            is_urgent=True,
        ),
        Event(
            "wallet_not_renewed",
            gettext_noop("Not renewed from a reseller’s wallet"),
            _take((*_COMPANY, "name", "count", "missing", "pay_url")),
        ),
        Event(
            "reseller_remit",
            gettext_noop("Reseller reminded to remit"),
            _take((*_COMPANY, "name", "amount", "day", "pay_url")),
        ),
        Event(
            "reseller_paid",
            gettext_noop("Payout to a reseller"),
            _take((*_COMPANY, "name", "amount", "payout", "pay_url")),
        ),
        Event(
            "reseller_moved",
            gettext_noop("Customers given to a reseller, or taken"),
            _take((*_COMPANY, "name", "joining", "leaving", "day", "pay_url")),
        ),
        Event("usage_warning", gettext_noop("Fair use nearly reached"), _take(_USAGE)),
        Event("usage_reached", gettext_noop("Fair use reached"), _take(_USAGE)),
        Event("usage_throttled", gettext_noop("Line slowed down"), _take(_USAGE), is_urgent=True),
        Event("price_change", gettext_noop("Price will change"), _take(_PRICE)),
        Event(
            "price_change_cancelled", gettext_noop("Price will not change after all"), _take(_PRICE)
        ),
        Event(
            "mandate_to_sign", gettext_noop("Debit order to sign"), _take((*_MANDATE, "sign_url"))
        ),
        Event("mandate_active", gettext_noop("Debit order active"), _take(_MANDATE)),
        Event(
            "mandate_failed", gettext_noop("Debit order not possible"), _take((*_MANDATE, "reason"))
        ),
        Event(
            "debit_order_planned",
            gettext_noop("Debit order coming"),
            _take((*_MANDATE, "amount", "day")),
        ),
        Event(
            "debit_order_failed",
            gettext_noop("Debit order failed, tried again"),
            _take(_DEBIT_FAILED),
        ),
        Event(
            "debit_order_stopped",
            gettext_noop("Debit order failed and stopped"),
            _take(_DEBIT_FAILED),
        ),
        Event(
            "one_time_code",
            gettext_noop("One-time code"),
            _take(_CODE),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(minutes=10),
        ),
        Event(
            "password_reset",
            gettext_noop("Password reset"),
            _take(_CODE),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(minutes=10),
        ),
        # To the new address, before it is the customer's: `customers.services.contacts`.
        Event(
            "contact_code",
            gettext_noop("Code for a new phone or e-mail"),
            _take(_CODE),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(minutes=10),
        ),
        # To the old one, which hears that it is no more.
        Event(
            "contact_changed",
            gettext_noop("Phone or e-mail changed"),
            _take((*_CUSTOMER, "contact")),
            is_urgent=True,
        ),
        # Of somebody who is no customer yet: `signup.services.codes`.
        Event(
            "signup_code",
            gettext_noop("Code for an order"),
            _take(_CODE),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(minutes=10),
        ),
        Event("order_received", gettext_noop("Order received"), _take(_ORDER), is_urgent=True),
        Event("order_waiting", gettext_noop("On the waiting list"), _take(_ORDER), is_urgent=True),
        Event("order_invited", gettext_noop("Invited from the waiting list"), _take(_ORDER)),
        Event("order_closed", gettext_noop("Order given up"), _take((*_ORDER, "reason"))),
        Event(
            "access_link",
            gettext_noop("Link to choose a password"),
            _take((*_COMPANY, "name", "link")),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(hours=20),
        ),
        Event(
            "contract_to_sign",
            gettext_noop("Contract to be signed"),
            _take((*_CONTRACT, "sign_url")),
            is_urgent=True,
        ),
        Event(
            "contract_reminder",
            gettext_noop("Reminder to sign a contract"),
            _take((*_CONTRACT, "sign_url")),
        ),
        Event(
            "contract_code",
            gettext_noop("Code to sign a contract"),
            _take((*_CONTRACT, "code", "digest")),
            is_urgent=True,
            is_secret=True,
            is_never_repeated=True,
            useful_for=timedelta(minutes=10),
        ),
        Event(
            "contract_signed",
            gettext_noop("Contract signed"),
            _take((*_CONTRACT, "verify_url")),
            is_urgent=True,
        ),
        Event(
            "contract_expiring",
            gettext_noop("Contract's term ends soon"),
            _take((*_CONTRACT, "last_day", "renewal")),
        ),
        Event(
            "contract_renewed", gettext_noop("Contract goes on"), _take((*_CONTRACT, "last_day"))
        ),
        Event("contract_ended", gettext_noop("Contract ended"), _take(_CONTRACT)),
        Event("ticket_received", gettext_noop("Ticket received"), _take(_TICKET), is_urgent=True),
        Event(
            "ticket_replied",
            gettext_noop("Answer to a ticket"),
            _take((*_TICKET, "text")),
            is_urgent=True,
        ),
        Event("ticket_waiting", gettext_noop("We wait for an answer"), _take(_TICKET)),
        Event(
            "ticket_resolved",
            gettext_noop("Ticket resolved"),
            _take((*_TICKET, "text")),
            is_urgent=True,
        ),
        Event("ticket_merged", gettext_noop("Ticket merged"), _take((*_TICKET, "text"))),
        Event(
            "ticket_survey",
            gettext_noop("Survey after a ticket"),
            _take((*_TICKET, "survey_url", "quiet_url")),
            is_never_repeated=True,
        ),
        # Of no ticket, every so many months: `tickets.services.opinions`.
        Event(
            "opinion_survey",
            gettext_noop("Would you recommend us?"),
            _take((*_CUSTOMER, "survey_url", "quiet_url")),
            is_never_repeated=True,
        ),
        # To whoever wrote, customer or not: `tickets.services.announcing`.
        Event(
            "mail_too_large",
            gettext_noop("E-mail too large"),
            _take((*_COMPANY, "subject")),
            is_urgent=True,
        ),
        # To somebody who is no customer: `tickets.services.announcing`.
        Event(
            "mail_answered",
            gettext_noop("E-mail answered"),
            _take((*_COMPANY, "name", "subject", "text")),
            is_urgent=True,
        ),
        # Of a broken promise, to staff: `tickets.services.announcing`.
        Event(
            "ticket_late",
            gettext_noop("A ticket is late"),
            _take((*_COMPANY, "name", "ticket", "subject", "text", "ticket_url")),
            is_urgent=True,
        ),
        # To staff, on devices that asked for it alone: `ispbill.notifications.services.bell`.
        Event(
            "bell",
            gettext_noop("New in your inbox"),
            _take((*_COMPANY, "name", "subject", "text", "page_url")),
            is_urgent=True,
            useful_for=timedelta(hours=12),
        ),
        Event(
            "router_down",
            gettext_noop("A router is silent"),
            _take((*_COMPANY, "name", "router", "page_url")),
            is_urgent=True,
            useful_for=timedelta(hours=4),
        ),
        Event(
            "approval_asked",
            gettext_noop("Asked for approval"),
            _take((*_COMPANY, "name", "amount", "reason", "page_url")),
            is_urgent=True,
            useful_for=timedelta(hours=12),
        ),
        Event(
            "bell_many",
            gettext_noop("Much at once"),
            _take((*_COMPANY, "name", "count")),
            is_urgent=True,
            useful_for=timedelta(hours=1),
        ),
        # Of a month of promises, to whom the owner names: `tickets.services.sla_report`.
        Event(
            "sla_report",
            gettext_noop("A month of promises"),
            _take((*_COMPANY, "name", "subject", "text", "report_url")),
        ),
        Event(
            "sla_low",
            gettext_noop("Too few promises are kept"),
            _take((*_COMPANY, "name", "percent", "count", "report_url")),
        ),
        # Of the timetable, to owner and network staff: `ispbill.notifications.services.job_alarms`.
        Event(
            "job_failed",
            gettext_noop("A job has failed"),
            _take((*_COMPANY, "name", "subject", "text", "reason")),
            is_urgent=True,
        ),
        # Of what messages cost, to the owner: `ispbill.notifications.services.budget`.
        Event(
            "message_budget",
            gettext_noop("Budget for messages"),
            _take((*_COMPANY, "name", "percent", "amount", "budget")),
        ),
        # Of the health page's conditions, to the same people: `ispbill.upkeep.services.alarms`.
        Event(
            "alarm",
            gettext_noop("Something is not well"),
            _take((*_COMPANY, "name", "subject", "text", "reason")),
            is_urgent=True,
            useful_for=timedelta(hours=4),
        ),
        Event(
            "alarm_over",
            gettext_noop("It is well again"),
            _take((*_COMPANY, "name", "subject", "reason")),
            is_urgent=True,
        ),
        Event(
            "alarm_digest",
            gettext_noop("Many alarms at once"),
            _take((*_COMPANY, "name", "count")),
            is_urgent=True,
            useful_for=timedelta(hours=4),
        ),
        # On Mondays, to owner and branch managers: `ispbill.reports.services.brief`.
        Event(
            "weekly_brief",
            gettext_noop("The week in figures"),
            _take((*_COMPANY, "name", "period", "text", "report_url")),
        ),
        # To whom a report is sent regularly: `ispbill.reports.services.schedules`.
        Event(
            "report_ready",
            gettext_noop("A report is ready"),
            _take((*_COMPANY, "name", "subject", "period", "report_url")),
        ),
        # Of a budget, to the same people: `ispbill.accounts.services.code_budget`.
        Event(
            "codes_used_up",
            gettext_noop("No more sign-in codes this hour"),
            _take((*_COMPANY, "name", "count")),
            is_urgent=True,
        ),
        # Nobody in the dark for a night; an old one would only confuse.
        Event(
            "outage_opened",
            gettext_noop("Outage"),
            _take(_OUTAGE),
            is_urgent=True,
            useful_for=timedelta(hours=6),
        ),
        Event(
            "outage_update",
            gettext_noop("News of an outage"),
            _take(_OUTAGE),
            useful_for=timedelta(hours=6),
        ),
        Event("outage_cleared", gettext_noop("Outage over"), _take(_OUTAGE)),
        Event("maintenance_planned", gettext_noop("Works planned"), _take(_OUTAGE)),
        Event("job_planned", gettext_noop("Technician's visit planned"), _take(_JOB)),
        Event(
            "job_on_the_way",
            gettext_noop("Technician on the way"),
            _take(_JOB),
            is_urgent=True,
            useful_for=timedelta(hours=1),
        ),
        Event("welcome", gettext_noop("Welcome"), _take(_CUSTOMER), is_urgent=True),
        # The frame around a text of staff's own: `customers.services.bulk_messages`.
        Event(
            "staff_message",
            gettext_noop("Message from staff"),
            _take(_STAFF),
            is_never_repeated=True,
        ),
        # The same for offers, with the way to stop them.
        Event(
            "offer",
            gettext_noop("Offer or news"),
            _take((*_STAFF, "stop_url")),
            is_never_repeated=True,
        ),
    )
}
