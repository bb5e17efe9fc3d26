"""What the jobs of the timetable are called on screen, and whose work they do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BILLS, MONEY, MESSAGES, NETWORK, BOOKS = "bills", "money", "messages", "network", "books"
SYSTEM = "system"
TICKETS = "tickets"
CUSTOMERS = "customers"

KINDS: dict[str, Promise] = {
    BILLS: _("Bills"),
    MONEY: _("Money"),
    MESSAGES: _("Messages"),
    NETWORK: _("Network"),
    BOOKS: _("Books"),
    SYSTEM: _("System"),
    TICKETS: _("Tickets"),
    CUSTOMERS: _("Customers"),
}

TITLES: dict[str, tuple[str, Promise]] = {
    "read-interstellio": (NETWORK, _("Read usage from Interstellio")),
    "take-accounting": (NETWORK, _("Take RADIUS accounting in")),
    "note_picture": (NETWORK, _("Note speed, uptime and busy hours of customers")),
    "find_duplicates": (CUSTOMERS, _("Look for accounts of one person")),
    "apply_reseller_moves": (BILLS, _("Give customers to other resellers")),
    "close_reseller_month": (BILLS, _("Write resellers' bonuses")),
    "apply_planned_moves": (BILLS, _("Start and end planned pauses")),
    "settle_returns": (BILLS, _("Give back days switched off")),
    "apply_package_changes": (BILLS, _("Apply approved package changes")),
    "follow_tax_certificates": (BILLS, _("Follow tax certificates")),
    "run_billing": (BILLS, _("Bill the coming period")),
    "sweep-announcements": (MESSAGES, _("Announce bills that were not announced")),
    "sweep_approved_plans": (BILLS, _("Go on with approved plans")),
    "apply_suspensions": (BILLS, _("Suspend lines past their grace")),
    "send_reminders": (MESSAGES, _("Remind of bills")),
    "charge_late_fees": (BILLS, _("Charge late fees")),
    "recognise_revenue": (BOOKS, _("Take revenue as earned")),
    "seal_ledger": (BOOKS, _("Seal the books of the day")),
    "carry_price_changes": (BILLS, _("Carry out planned price changes")),
    "examine_unmatched": (MONEY, _("Look for payers of unmatched money")),
    "sweep_statements": (MONEY, _("Match bank statements")),
    "seal_audit": (BOOKS, _("Seal the audit trail")),
    "check_ledger": (BOOKS, _("Prove the books")),
    "build_figures": (BOOKS, _("Build revenue figures")),
    "find_revenue_leaks": (BOOKS, _("Look for revenue leaks")),
    "send_brief": (BOOKS, _("Send the week in figures")),
    "send_reports": (BOOKS, _("Send reports people asked for")),
    "observe_churn": (CUSTOMERS, _("Keep what is known of customers")),
    "score_churn": (CUSTOMERS, _("Say who may leave")),
    "train_churn": (CUSTOMERS, _("Learn who may leave")),
    "sweep-messages": (MESSAGES, _("Send waiting messages")),
    "sweep-routers": (NETWORK, _("Settle waiting lines")),
    "compare-routers": (NETWORK, _("Compare routers with what is wanted")),
    "release-addresses": (NETWORK, _("Take back addresses of ended services")),
    "poll-bandwidth": (NETWORK, _("Read usage from routers")),
    "watch-outages": (NETWORK, _("Watch for outages")),
    "sweep-contracts": (CUSTOMERS, _("Seal and begin contracts")),
    "follow_contracts": (CUSTOMERS, _("Follow contracts' terms")),
    "follow_churn": (CUSTOMERS, _("Follow who may leave")),
    "word_churn": (CUSTOMERS, _("Word why customers may leave")),
    "watch-health": (SYSTEM, _("Watch what is not well")),
    "say-alive": (SYSTEM, _("Tell a watcher outside that all is well")),
    "judge-uptime": (NETWORK, _("Reckon uptime")),
    "credit-outages": (NETWORK, _("Credit outages")),
    "enforce-fup": (NETWORK, _("Watch fair use")),
    "keep-usage": (NETWORK, _("Keep usage as long as it is kept")),
    "allocate-credit": (MONEY, _("Pay bills from credit")),
    "sweep-callbacks": (MONEY, _("Work off what gateways said")),
    "reconcile_gateway": (MONEY, _("Ask gateways about payments")),
    "compare_refunds": (MONEY, _("Compare refunds with gateways")),
    "forget_gateway_answers": (MONEY, _("Forget old gateway answers")),
    "follow_gateway_refunds": (MONEY, _("Follow refunds at gateways")),
    "look_after_wallets": (MONEY, _("Look after wallets of resellers")),
    "renew_prepaid": (MONEY, _("Renew prepaid services")),
    "remind_prepaid": (MESSAGES, _("Remind prepaid customers")),
    "sweep-voucher-sheets": (MONEY, _("Make sheets of recharge cards")),
    "run-campaigns": (MESSAGES, _("Run campaigns")),
    "sweep-bulk-changes": (BILLS, _("Go on with changes to many customers")),
    "sweep-documents": (BILLS, _("Make waiting documents")),
    "settle_referrals": (MONEY, _("Reward referrals")),
    "process_debit_orders": (MONEY, _("Collect debit orders")),
    "follow-debit-orders": (MONEY, _("Follow mandates and debit orders")),
    "backup": (SYSTEM, _("Back up everything")),
    "verify_backup": (SYSTEM, _("Try a restore")),
    "send_webhooks": (SYSTEM, _("Tell programs what happened")),
    "forget_webhooks": (SYSTEM, _("Forget what programs were told long ago")),
    "prune": (SYSTEM, _("Remove what was kept long enough")),
    "sweep_imports": (CUSTOMERS, _("Go on with imports")),
    "sweep_orders": (CUSTOMERS, _("Let orders follow their jobs")),
    "clear_orders": (CUSTOMERS, _("Remove old drafts of orders")),
    "read-mail": (TICKETS, _("Read e-mail of customers")),
    "escalate-tickets": (TICKETS, _("Watch the promises about tickets")),
    "ask_opinions": (TICKETS, _("Ask customers for their opinion")),
    "report_promises": (TICKETS, _("Report on promises about tickets")),
    "end-line-trials": (TICKETS, _("Close lines that were opened for a trial")),
    "flag_overdue": (TICKETS, _("Flag what has not come from the field")),
    "end_quiet_tickets": (TICKETS, _("Remind, resolve and close quiet tickets")),
}  # fmt: skip


def title(job: str) -> str:
    """Return a job's name in words; one that is not in the timetable keeps its own."""
    return str(TITLES[job][1]) if job in TITLES else job.replace("_", " ").replace("-", " ")


def kind(job: str) -> str:
    """Return whose work a job does: a key of `KINDS`, or ""."""
    return TITLES[job][0] if job in TITLES else ""
