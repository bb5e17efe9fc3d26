"""What each audience finds in its menu, folded by the work people do and not by table.

At most seven entries a group (a test counts). Pages that share a place stand beside each other as
tabs (`also`); `words` are what else people call a page, for the search box.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ispbill.portals.navigation import Entry, Group

# Whoever decides about something has an inbox (a test holds it against the inbox's sources).
_DECIDE = (
    "approvals.decide|bank.edit|billing.run|cash.supervise|changes.decide|churn.work|contracts.edit"
    "|debits.run"
    "|billing.correct|field.decide|field.edit|notes.write|orders.decide|outages.edit"
    "|payments.refund|payments.reverse|payments.take|payouts.pay|referrals.decide|services.switch"
    "|stock.decide|stock.edit"
    "|tickets.work"
)

STAFF: Sequence[Group] = (
    Group(
        "home",
        pgettext_lazy("tab", "Home"),
        "home",
        (
            Entry(
                pgettext_lazy("tab", "Home"),
                "staff:dashboard",
                hotkey="g d",
                is_home=True,
                words=_("dashboard start overview"),
            ),
        ),
    ),
    Group(
        "inbox",
        _("Inbox"),
        "inbox",
        (
            Entry(
                _("Inbox"),
                "staff:inbox",
                _DECIDE,
                hotkey="g b",
                words=_("waiting decisions approve tasks"),
            ),
        ),
    ),
    Group(
        "money",
        _("Take money"),
        "cash",
        (
            Entry(
                _("Cash desk"),
                "staff_payments:cash-desk",
                "payments.take",
                words=_("counter cashier receive take payment till"),
            ),
            Entry(
                _("Collection rounds"),
                "staff_payments:collect",
                "payments.take",
                words=_("collect collector house to house sheet"),
            ),
            Entry(
                _("Payments"),
                "staff_payments:index",
                "payments.view",
                hotkey="g p",
                words=_("receipts money received trxid"),
            ),
            Entry(_("Shifts"), "staff_payments:shifts", "payments.view", words=_("till drawer")),
            Entry(
                _("Day close"),
                "staff_payments:day-close",
                "cash.view",
                words=_("end of day count deposit bank cash"),
            ),
            Entry(
                _("Prepaid"),
                "staff_payments:prepaid",
                "billing.view",
                tab=_("Prepaid services"),
                words=_("recharge validity expiry renewal"),
                also=(
                    Entry(
                        _("Recharge cards"),
                        "staff_payments:vouchers",
                        "vouchers.view",
                        words=_("vouchers scratch pin"),
                        add_url_name="staff_payments:add-voucher-batch",
                        add_permission="vouchers.edit",
                        add_label=_("Make cards"),
                    ),
                ),
            ),
        ),
    ),
    Group(
        "bills",
        _("Bills"),
        "file-invoice",
        (
            Entry(
                _("Invoices"),
                "staff_billing:invoices",
                "billing.view",
                hotkey="g i",
                words=_("bills dues outstanding"),
            ),
            Entry(
                _("Due & suspension"),
                "staff_billing:dunning",
                "billing.view",
                words=_("dues late overdue cut off suspend disconnect reminders"),
            ),
            Entry(
                _("Runs"),
                "staff_billing:runs",
                "billing.run",
                tab=_("Billing runs"),
                words=_("generate invoices monthly billing"),
                also=(
                    Entry(
                        _("Test runs"),
                        "staff_billing:dry-runs",
                        "billing.run",
                        words=_("rehearsal preview"),
                    ),
                    Entry(_("Services on hold"), "staff_billing:on-hold", "billing.run"),
                ),
            ),
            Entry(
                _("Credits"),
                "staff_billing:credits",
                "billing.view",
                tab=_("Credits & adjustments"),
                words=_("credit note advance adjustment"),
                also=(
                    Entry(_("Deposits held"), "staff_payments:deposits", "payments.view"),
                    Entry(_("Discounts"), "staff_billing:discounts", "billing.view"),
                    Entry(_("Approvals"), "staff_billing:approvals", "billing.view"),
                ),
            ),
        ),
    ),
    Group(
        "online",
        _("Online & bank"),
        "credit-card",
        (
            Entry(
                _("Online & bank"),
                "staff_payments:checkouts",
                "payments.view",
                tab=_("Transactions"),
                words=_("bkash nagad sslcommerz card gateway online payment"),
                also=(
                    Entry(
                        _("Statements"),
                        "staff_payments:bank",
                        "bank.view",
                        words=_("bank import csv statement"),
                        add_url_name="staff_payments:upload-statement",
                        add_permission="bank.edit",
                        add_label=_("Import statement"),
                    ),
                    Entry(
                        _("Unmatched money"),
                        "staff_payments:unmatched",
                        "bank.view",
                        words=_("unassigned unknown money without a customer"),
                    ),
                    Entry(
                        _("Payouts of gateways"),
                        "staff_payments:payouts",
                        "bank.view",
                        words=_("settlement file"),
                        add_url_name="staff_payments:upload-payout",
                        add_permission="bank.edit",
                        add_label=_("Import settlement"),
                    ),
                    Entry(_("Held by gateways"), "staff_payments:clearing", "bank.view"),
                ),
            ),
            Entry(
                _("Debit orders"),
                "staff_payments:mandates",
                "payments.view",
                words=_("mandates netcash debicheck direct debit"),
            ),
        ),
    ),
    Group(
        "customers",
        _("Customers"),
        "users",
        (
            Entry(
                _("Customers"),
                "staff_customers:index",
                "customers.view",
                hotkey="g c",
                words=_("subscribers clients users people"),
                add_url_name="staff_customers:add",
                add_permission="customers.edit",
                add_label=_("Add customer"),
                add_hotkey="c c",
                also=(
                    Entry(_("Services"), "staff_customers:services", "customers.view"),
                    Entry(
                        _("Duplicates"),
                        "staff_signup:duplicates",
                        "customers.edit",
                        words=_("merge twice same person"),
                    ),
                    Entry(
                        _("Former orders"),
                        "staff_signup:legacy-orders",
                        "customers.import",
                        words=_("backfill orphans validation legacy"),
                    ),
                    Entry(
                        _("Import"),
                        "staff_signup:imports",
                        "customers.import",
                        words=_("move in former system splynx uisp phpnuxbill csv"),
                    ),
                ),
            ),
            Entry(
                _("Leads"),
                "staff_customers:leads",
                "leads.view",
                words=_("prospects sales pipeline enquiries"),
                add_url_name="staff_customers:add-lead",
                add_permission="leads.edit",
                add_label=_("Add lead"),
                add_hotkey="c l",
                also=(
                    Entry(
                        _("Calls"),
                        "staff_customers:calls",
                        "customers.view",
                        words=_("phone log follow up call back"),
                    ),
                ),
            ),
            Entry(
                _("Orders"),
                "staff_signup:orders",
                "orders.view",
                words=_("sign-ups connections requests waiting list"),
            ),
            Entry(
                _("Requests"),
                "staff_billing:package-changes",
                "billing.view",
                tab=_("Package requests"),
                words=_("upgrade downgrade change plan"),
                also=(
                    Entry(
                        _("Pause requests"),
                        "staff_billing:pauses",
                        "billing.view",
                        words=_("break holiday hold"),
                    ),
                ),
            ),
            Entry(_("Referrals"), "staff_payments:referrals", "customers.view"),
            Entry(
                _("Tickets"),
                "staff_tickets:index",
                "tickets.view",
                hotkey="g t",
                words=_("complaints support help"),
                add_url_name="staff_tickets:add",
                add_permission="tickets.work",
                add_label=_("New ticket"),
                add_hotkey="c t",
                also=(
                    Entry(_("Board"), "staff_tickets:board", "tickets.view"),
                    Entry(
                        _("Surveys"),
                        "staff_tickets:surveys",
                        "tickets.view",
                        words=_("satisfaction stars nps csat feedback"),
                    ),
                    Entry(
                        _("E-mail"),
                        "staff_tickets:mail",
                        "tickets.view",
                        words=_("mail inbox strangers imap mailbox"),
                    ),
                    Entry(_("Ticket settings"), "staff_tickets:settings", "tickets.view"),
                ),
            ),
            Entry(
                _("Contracts"),
                "staff_contracts:index",
                "contracts.view",
                also=(
                    Entry(_("Contract templates"), "staff_contracts:agreements", "packages.edit"),
                ),
            ),
        ),
    ),
    Group(
        "network",
        _("Network"),
        "router",
        (
            Entry(
                _("Routers"),
                "staff_network:routers",
                "network.view",
                hotkey="g n",
                words=_("mikrotik nas"),
                also=(
                    Entry(
                        _("Differences"),
                        "staff_network:differences",
                        "network.view",
                        words=_("drift reconcile compare unknown users"),
                    ),
                    Entry(
                        pgettext_lazy("ip", "Addresses"),
                        "staff_network:addresses",
                        "network.view",
                        words=_("ip pools static fixed trace regulator"),
                    ),
                ),
            ),
            Entry(
                _("Sync queue"),
                "staff_network:sync-queue",
                "network.view",
                words=_("waiting router commands lines"),
            ),
            Entry(_("Sessions"), "staff_network:sessions", "network.view"),
            Entry(
                _("Usage"),
                "staff_network:bandwidth",
                "network.view",
                words=_("bandwidth traffic data throughput"),
                also=(
                    Entry(
                        _("Heavy users"),
                        "staff_network:heavy-users",
                        "network.view",
                        words=_("top talkers most data"),
                    ),
                    Entry(
                        _("Fair use"),
                        "staff_network:fair-use",
                        "network.view",
                        words=_("fup limit threshold throttle cap"),
                    ),
                    Entry(_("Usage sync"), "staff_network:usage-sync", "network.view"),
                    Entry(_("Speed tests"), "staff_network:speed-tests", "network.view"),
                ),
            ),
            Entry(
                _("Outages"),
                "staff_network:outages",
                "network.view",
                hotkey="g o",
                words=_("down breakdown no internet"),
                also=(
                    Entry(
                        _("Uptime"),
                        "staff_network:uptime",
                        "network.view",
                        words=_("availability sla breach mttr"),
                    ),
                ),
                add_url_name="staff_network:add-outage",
                add_permission="outages.edit",
                add_label=_("New outage"),
                add_hotkey="c o",
            ),
        ),
    ),
    Group(
        "field",
        pgettext_lazy("menu", "Field"),
        "truck",
        (
            Entry(
                _("Jobs"),
                "staff_fieldservice:index",
                "field.view",
                hotkey="g j",
                words=_("work orders installation repair technicians"),
                add_url_name="staff_fieldservice:add",
                add_permission="field.edit",
                add_label=_("New job"),
                add_hotkey="c j",
            ),
            Entry(
                _("Day board"),
                "staff_fieldservice:board",
                "field.view",
                words=_("calendar schedule technicians dispatch"),
                also=(Entry(_("Week"), "staff_fieldservice:week", "field.view"),),
            ),
            Entry(
                _("Stock"),
                "staff_fieldservice:stock",
                "stock.view",
                words=_("routers serial numbers equipment cable van count"),
                add_url_name="staff_fieldservice:add-item",
                add_permission="stock.edit",
                add_label=_("New stock item"),
            ),
            Entry(
                _("Completion reports"),
                "staff_fieldservice:reports",
                "field.view",
                words=_("first-time fix duration technicians"),
            ),
        ),
    ),
    Group(
        "partners",
        _("Partners"),
        "building-store",
        (
            Entry(_("Resellers"), "staff_resellers:index", "resellers.view"),
            Entry(_("Commissions"), "staff_resellers:commissions", "resellers.view"),
            Entry(_("Payouts"), "staff_resellers:payouts", "resellers.view"),
        ),
    ),
    Group(
        "insight",
        _("Insight"),
        "chart-bar",
        (
            Entry(
                _("Revenue"),
                "staff_reports:revenue",
                "reports.view",
                hotkey="g r",
                words=_("reports sales income mrr growth"),
            ),
            Entry(
                _("Churn risk"),
                "staff_churn:index",
                "churn.view",
                also=(Entry(_("Churn model"), "staff_churn:model", "churn.view"),),
            ),
            Entry(
                _("Retention tasks"),
                "staff_churn:tasks",
                "churn.view",
                also=(
                    Entry(_("What calling brought"), "staff_churn:results", "churn.view"),
                    Entry(_("Words by Gemini"), "staff_churn:words", "churn.edit"),
                ),
                words=_("leave stay keep call offer churn"),
            ),
            Entry(
                _("SLA"),
                "staff_tickets:sla",
                "reports.view",
                words=_("response resolution breaches mttr promises"),
            ),
            Entry(
                _("Staff performance"),
                "staff_reports:staff",
                "tickets.view",
                words=_("leaderboard collected resolved calls"),
            ),
            Entry(
                _("Report library"),
                "staff_reports:library",
                "reports.view",
                also=(Entry(_("Restated figures"), "staff_reports:restated", "reports.view"),),
                words=_("late booked changed months"),
            ),
            Entry(
                _("Cost of winning customers"),
                "staff_reports:acquisition",
                "reports.view",
                words=_("acquisition cac marketing advertising"),
            ),
        ),
    ),
    Group(
        "books",
        _("Books"),
        "book",
        (
            Entry(
                _("Ledger"),
                "staff_billing:ledger",
                "ledger.view",
                words=_("accounting accounts trial balance journal"),
            ),
            Entry(_("Closing"), "staff_billing:closing", "ledger.view", words=_("close the month")),
            Entry(_("Tax"), "staff_billing:tax-report", "ledger.view", words=_("vat")),
            Entry(_("Revenue leaks"), "staff_books:findings", "ledger.view"),
            Entry(_("Uncovered days"), "staff_books:coverage", "ledger.view"),
            Entry(_("Data quality"), "staff_reports:data-quality", "audit.view", words=_("proofs")),
        ),
    ),
    Group(
        "settings",
        _("Settings"),
        "settings",
        (
            Entry(
                _("Settings"), "staff:settings", "settings.view", words=_("company logo currency")
            ),
            Entry(
                _("Packages & prices"),
                "staff_customers:packages",
                "packages.view",
                tab=_("Packages"),
                words=_("plans tariff speed"),
                also=(
                    Entry(_("Add-ons"), "staff_customers:addons", "packages.view"),
                    Entry(_("Fees"), "staff_customers:fees", "packages.view"),
                    Entry(_("Promotions"), "staff_billing:promotions", "packages.view"),
                    Entry(_("Price changes"), "staff_billing:price-changes", "packages.view"),
                    Entry(_("Taxes"), "staff_customers:taxes", "packages.view", words=_("vat")),
                ),
            ),
            Entry(
                _("Suspension policies"),
                "staff_billing:dunning-policies",
                "settings.view",
                words=_("dunning reminders grace late fee"),
            ),
            Entry(
                _("Message templates"),
                "staff_notifications:wordings",
                "messages.edit",
                words=_("sms texts wording"),
                also=(
                    Entry(
                        _("Message providers"),
                        "staff_notifications:providers",
                        "settings.view",
                        words=_("sms whatsapp twilio ssl wireless bulksmsbd balance"),
                    ),
                    Entry(
                        _("Costs of messages"),
                        "staff_notifications:costs",
                        "settings.view",
                        words=_("sms price budget spending"),
                    ),
                ),
            ),
            Entry(
                _("Payment gateways"),
                "staff_payments:gateways",
                "settings.view",
                words=_("bkash nagad sslcommerz keys"),
            ),
            Entry(
                _("Branches & areas"),
                "staff_accounts:branches",
                "settings.edit",
                tab=_("Branches"),
                words=_("zones offices"),
                also=(Entry(_("Areas"), "staff_customers:areas", "settings.edit"),),
            ),
            Entry(
                _("Users & roles"),
                "staff_accounts:staff",
                "staff.view",
                words=_("employees permissions password"),
                also=(
                    Entry(
                        _("API tokens"),
                        "staff_api:tokens",
                        "console.use",
                        words=_("api program key"),
                    ),
                    Entry(
                        _("Webhooks"),
                        "staff_webhooks:endpoints",
                        "webhooks.view",
                        words=_("api program events"),
                    ),
                ),
            ),
        ),
    ),
    Group(
        "system",
        _("System"),
        "heartbeat",
        (
            Entry(
                _("Job runs"), "staff_audit:job-runs", "jobs.view", words=_("background schedule")
            ),
            Entry(
                _("Audit log"), "staff_audit:index", "audit.view", words=_("history who changed")
            ),
            Entry(
                _("Messages sent"),
                "staff_notifications:outbox",
                "messages.view",
                words=_("outbox sms log delivery"),
                also=(
                    Entry(
                        _("Campaigns"),
                        "staff_customers:campaigns",
                        "messages.view",
                        words=_("broadcast bulk sms offers news"),
                        add_url_name="staff_customers:add-campaign",
                        add_permission="messages.send",
                        add_label=_("New campaign"),
                    ),
                    Entry(
                        _("Returned e-mail"),
                        "staff_notifications:returned",
                        "messages.view",
                        words=_("bounced undeliverable address"),
                    ),
                ),
            ),
            Entry(
                _("Health"),
                "staff:health",
                "jobs.view",
                words=_("status slow alarms version diagnostics"),
                also=(
                    Entry(
                        _("Copies"),
                        "staff_upkeep:backups",
                        "backups.view",
                        words=_("backup restore"),
                    ),
                ),
            ),
            Entry(_("About"), "staff:about"),
        ),
    ),
)

RESELLER: Sequence[Group] = tuple(
    Group(key, label, symbol, (Entry(label, url_name, hotkey=hotkey, is_home=key == "dashboard"),))
    for key, label, symbol, url_name, hotkey in (
        ("dashboard", _("Dashboard"), "layout-dashboard", "reseller:dashboard", "g d"),
        ("customers", _("Customers"), "users", "reseller:customers", "g c"),
        ("requests", _("Package requests"), "package", "reseller_billing:package", ""),
        ("collect", _("Collect payment"), "cash", "reseller:collect", "p"),
        ("prices", _("Prices"), "tag", "reseller:prices", ""),
        ("vouchers", _("Recharge cards"), "credit-card", "reseller:vouchers", ""),
        ("tickets", _("Tickets"), "messages", "reseller:tickets", ""),
        ("contracts", _("Contracts"), "signature", "reseller:contracts", ""),
        ("messages", _("Messages"), "send", "reseller:messages", ""),
        ("commissions", _("Commissions"), "percentage", "reseller:commissions", ""),
        ("money", _("Statement"), "cash", "reseller:money", ""),
        ("payouts", _("Payouts"), "wallet", "reseller:payouts", ""),
        ("reports", _("Reports"), "report", "reseller:reports", "g r"),
        ("help", _("Help"), "help", "reseller:help", ""),
        ("profile", _("Profile"), "user-circle", "reseller:profile", ""),
    )
)

CUSTOMER: Sequence[Entry] = (
    Entry(pgettext_lazy("tab", "Home"), "portal:home", symbol="home", is_home=True),
    Entry(_("Bills"), "portal:bills", symbol="file-invoice"),
    Entry(_("Usage"), "portal:usage", symbol="activity"),
    Entry(_("Support"), "portal:support", symbol="messages"),
    Entry(_("More"), "portal:more", symbol="dots"),
)

TECHNICIAN: Sequence[Entry] = (
    Entry(_("Today"), "technician:today", symbol="checklist", is_home=True),
    Entry(_("Round"), "technician:round", "payments.take", symbol="route"),
    Entry(_("Sync"), "technician:sync", symbol="cloud-upload"),
    Entry(pgettext_lazy("tab", "Me"), "technician:me", symbol="user-circle"),
)

PUBLIC: Sequence[Entry] = (
    Entry(_("Packages"), "public:packages"),
    Entry(_("Pay bill"), "public:pay"),
    Entry(pgettext_lazy("menu", "Status"), "public:status"),
    Entry(_("Sign in"), "accounts:portal-login"),
)
