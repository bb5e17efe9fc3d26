"""The timetable: name, task, when, and why. Beat reads it; the job log shows it.

Times are the company's local time zone where it matters (see `local_time`), so that the billing
run is at two in the morning whatever the server's clock says.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ispbill.core.marking import gettext_noop as _


@dataclass(frozen=True)
class Scheduled:
    """One job of the timetable: daily at a company-local time, hourly, or every so often.

    Daily and hourly jobs have slots: the timekeeper opens the latest one, so a job missed while
    the machine was off is made up for, and two beats open it once. A slot that erred or whose
    worker died is tried again until its deadline (`ispbill.audit.services.slots`).
    """

    job: str
    task: str
    why: str
    at: time | None = None
    until: time | None = None  # worth doing on the slot's day until then; none: until the next slot
    is_hourly: bool = False
    every: timedelta | None = None

    @property
    def has_slots(self) -> bool:
        return self.at is not None or self.is_hourly

    def deadline(self, slot: datetime) -> datetime:
        """Return the company-local moment from which a slot is not worth doing any more."""
        if self.until is not None:
            return slot.replace(hour=self.until.hour, minute=self.until.minute)
        if self.is_hourly:
            return slot + timedelta(hours=1)
        return (slot + timedelta(days=1)).replace(fold=0)

    def latest_slot(self, local_now: datetime) -> datetime:
        """Return the latest slot at or before a company-local moment."""
        if self.is_hourly:
            return local_now.replace(minute=0, second=0, microsecond=0)
        if self.at is None:
            raise ValueError(f"{self.job} has no slots")
        slot = local_now.replace(
            hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0, fold=0
        )
        return slot if slot <= local_now else slot - timedelta(days=1)


TIMETABLE: tuple[Scheduled, ...] = (
    Scheduled(
        job="apply_planned_moves",
        task="billing.apply_planned_moves",
        at=time(0, 5),
        why=_("Pauses set for today begin or end, services set to end today end."),
    ),
    Scheduled(
        job="apply_reseller_moves",
        task="resellers.apply_moves",
        at=time(0, 1),
        why=_("Customers given to another reseller from today on are so."),
    ),
    Scheduled(
        job="close_reseller_month",
        task="resellers.close_month",
        at=time(4, 40),
        why=_("Resellers in tiers get last month's bonus on the third; what went back is taken."),
    ),
    Scheduled(
        job="settle_returns",
        task="billing.settle_returns",
        at=time(1, 30),
        why=_("Days switched off that had been billed are given back, should a ring be lost."),
    ),
    Scheduled(
        job="apply_package_changes",
        task="billing.apply_package_changes",
        at=time(0, 10),
        why=_("Approved package changes whose day has come: service and line get the new package."),
    ),
    Scheduled(
        job="follow_tax_certificates",
        task="customers.follow_tax_certificates",
        at=time(0, 15),
        why=_(
            "Who has a tax certificate is exempt exactly while one holds, before bills are made."
        ),
    ),
    Scheduled(
        job="run_billing",
        task="billing.run_billing",
        at=time(2, 0),
        why=_("Bills every period that starts within the lead time, and tells the customers."),
    ),
    Scheduled(
        job="sweep-announcements",
        task="billing.sweep_announcements",
        every=timedelta(minutes=5),
        why=_("Tells customers of bills whose run ended before it could."),
    ),
    Scheduled(
        job="sweep_approved_plans",
        task="billing.sweep_approved_plans",
        every=timedelta(minutes=5),
        why=_("Goes on with approved plans whose worker died or whose bell was lost."),
    ),
    Scheduled(
        job="apply_suspensions",
        task="billing.apply_suspensions",
        is_hourly=True,
        why=_("Cuts off whose grace is over, inside the company's suspension hours."),
    ),
    Scheduled(
        job="send_reminders",
        task="billing.send_reminders",
        at=time(9, 0),
        until=time(20, 0),
        why=_("Reminds of bills before, on and after their due date, as the ladder says."),
    ),
    Scheduled(
        job="charge_late_fees",
        task="billing.charge_late_fees",
        at=time(1, 0),
        why=_(
            "Charges late fees once a bill, and proposes to cancel who has been cut off for long."
        ),
    ),
    Scheduled(
        job="recognise_revenue",
        task="billing.recognise_revenue",
        at=time(3, 0),
        why=_("Takes the revenue of quarters and years as earned, up to the end of yesterday."),
    ),
    Scheduled(
        job="seal_ledger",
        task="billing.seal_ledger",
        at=time(3, 20),
        why=_("Chains the day's entries in the books, so that a later change of them shows."),
    ),
    Scheduled(
        job="carry_price_changes",
        task="billing.carry_price_changes",
        at=time(1, 30),
        why=_("Gives services the steps of planned price changes, and customers their notice."),
    ),
    Scheduled(
        job="examine_unmatched",
        task="payments.examine_unmatched",
        at=time(5, 40),
        why=_("Looks again for payers of unmatched money: bills and customers of the day are new."),
    ),
    Scheduled(
        job="sweep_statements",
        task="payments.sweep_statements",
        every=timedelta(minutes=5),
        why=_("Goes on with bank statements whose worker died or whose bell was lost."),
    ),
    Scheduled(
        job="seal_audit",
        task="audit.seal_audit",
        at=time(3, 30),
        why=_("Chains the audit trail, so that a later change of it shows."),
    ),
    Scheduled(
        job="check_ledger",
        task="reports.check_ledger",
        at=time(4, 0),
        why=_("Proves the books; a finding is an alarm."),
    ),
    Scheduled(
        job="build_figures",
        task="reports.build_figures",
        at=time(0, 40),
        why=_("Adds yesterday to the revenue figures, and whatever was entered late."),
    ),
    Scheduled(
        job="find_revenue_leaks",
        task="reports.find_revenue_leaks",
        at=time(4, 20),
        why=_("Looks for services nobody pays for, and for customers blocked though they paid."),
    ),
    Scheduled(
        job="send_brief",
        task="reports.send_brief",
        at=time(8, 0),
        until=time(20, 0),
        why=_("On Mondays owners and branch managers get the week in figures by e-mail."),
    ),
    Scheduled(
        job="send_reports",
        task="reports.send_reports",
        at=time(8, 5),
        until=time(20, 0),
        why=_(
            "Reports that people get each week or month, once the figures are built to their end."
        ),
    ),
    Scheduled(
        job="observe_churn",
        task="churn.observe",
        at=time(4, 40),
        why=_("Keeps what is known of customers on the first of a month, and later who left."),
    ),
    Scheduled(
        job="train_churn",
        task="churn.train",
        at=time(5, 20),
        why=_(
            "Learns who may leave where there is something new to learn from, and watches drift."
        ),
    ),
    Scheduled(
        job="sweep-messages",
        task="notifications.sweep_messages",
        every=timedelta(seconds=30),
        why=_("Sends what a lost ring or a dead sender left in the outbox."),
    ),
    Scheduled(
        job="sweep-routers",
        task="network.sweep_routers",
        why=_(
            "Lines a lost ring left unsettled reach their router; silent routers are tried again."
        ),
        every=timedelta(seconds=30),
    ),
    Scheduled(
        job="read-interstellio",
        task="network.read_interstellio",
        every=timedelta(hours=1),
        why=_("Usage of lines that Interstellio counts; three days are read again."),
    ),
    Scheduled(
        job="take-accounting",
        task="network.take_accounting",
        every=timedelta(seconds=30),
        why=_("Sessions and usage of RADIUS accounting; lines at RADIUS that wait are told."),
    ),
    Scheduled(
        job="compare-routers",
        task="network.compare_routers",
        every=timedelta(hours=1),
        why=_("Finds what was changed on routers by hand or lost there, and puts ours right."),
    ),
    Scheduled(
        job="release-addresses",
        task="network.release_addresses",
        every=timedelta(hours=1),
        why=_("Takes back the fixed addresses of services that have ended."),
    ),
    Scheduled(
        job="poll-bandwidth",
        task="network.poll_bandwidth",
        why=_("What flowed on each line; whether each router answers, its load, who is on line."),
        every=timedelta(minutes=5),
    ),
    Scheduled(
        job="watch-outages",
        task="network.watch_outages",
        every=timedelta(minutes=1),
        why=_(
            "Proposes an outage when a router stays silent, and keeps the status page's picture."
        ),
    ),
    Scheduled(
        job="watch-health",
        task="upkeep.watch",
        every=timedelta(minutes=1),
        why=_("Rings when something is not well, and says when it is well again."),
    ),
    Scheduled(
        job="say-alive",
        task="upkeep.say_alive",
        every=timedelta(minutes=5),
        why=_("Tells a watcher outside that all is well, so that silence rings there."),
    ),
    Scheduled(
        job="judge-uptime",
        task="network.judge_uptime",
        every=timedelta(hours=1),
        why=_("Reckons the uptime of the month; the third day closes the last one."),
    ),
    Scheduled(
        job="note_picture",
        task="network.note_picture",
        at=time(4, 20),
        why=_("Writes down speed, uptime, streaming app and peak hours, for the customers' list."),
    ),
    Scheduled(
        job="credit-outages",
        task="billing.credit_outages",
        every=timedelta(minutes=10),
        why=_("Proposes or gives the credit customers get for an outage that is over."),
    ),
    Scheduled(
        job="enforce-fup",
        task="network.enforce_fup",
        every=timedelta(minutes=5),
        why=_("Warns of fair use once, slows lines down and brings them back when a cycle begins."),
    ),
    Scheduled(
        job="keep-usage",
        task="network.keep_usage",
        every=timedelta(hours=1),
        why=_("Makes the coming day's table of samples, drops old ones, looks for odd usage."),
    ),
    Scheduled(
        job="allocate-credit",
        task="payments.allocate_credit",
        why=_(
            "Let what is left of payments pay invoices, should a billing run's own ring be lost."
        ),
        at=time(3, 30),
    ),
    Scheduled(
        job="sweep-callbacks",
        task="payments.sweep_callbacks",
        why=_("Messages of gateways whose ring was lost, or whose gateway was silent."),
        every=timedelta(seconds=30),
    ),
    Scheduled(
        job="reconcile_gateway",
        task="payments.reconcile_gateway",
        every=timedelta(minutes=2),
        why=_("Asks gateways about payments they told us nothing of: notices get lost."),
    ),
    Scheduled(
        job="compare_refunds",
        task="payments.compare_refunds",
        at=time(4, 40),
        why=_(
            "Compares what gateways say they gave back with what we sent: doubt is for a person."
        ),
    ),
    Scheduled(
        job="forget_gateway_answers",
        task="payments.forget_gateway_answers",
        at=time(4, 50),
        why=_("Removes recorded forms of gateways' answers that came last half a year ago."),
    ),
    Scheduled(
        job="follow_gateway_refunds",
        task="payments.follow_gateway_refunds",
        every=timedelta(minutes=1),
        why=_("Asks gateways for refunds whose ring was lost, and how far the others are."),
    ),
    Scheduled(
        job="look_after_wallets",
        task="resellers.look_after_wallets",
        every=timedelta(minutes=1),
        why=_("Resellers' wallets: top-ups paid online, renewals that are due, a word when low."),
    ),
    Scheduled(
        job="renew_prepaid",
        task="payments.renew_prepaid",
        every=timedelta(minutes=3),
        why=_("Renews prepaid services from credit when their time is over, closes the others."),
    ),
    Scheduled(
        job="remind_prepaid",
        task="payments.remind_prepaid",
        at=time(9, 30),
        until=time(20, 0),
        why=_("Tells prepaid customers what is missing, some days before their time is over."),
    ),
    Scheduled(
        job="sweep-voucher-sheets",
        task="payments.sweep_voucher_sheets",
        every=timedelta(minutes=5),
        why=_("Sheets of cards whose ring was lost, or whose worker died, are made after all."),
    ),
    Scheduled(
        job="run-campaigns",
        task="customers.run_campaigns",
        every=timedelta(minutes=1),
        why=_("Campaigns that are due go to the outbox, batch by batch, within their hours."),
    ),
    Scheduled(
        job="sweep-bulk-changes",
        task="customers.sweep_bulk_changes",
        every=timedelta(minutes=1),
        why=_("Changes to many customers go on where a worker died, or where a ring was lost."),
    ),
    Scheduled(
        job="sweep-documents",
        task="billing.sweep_documents",
        every=timedelta(minutes=1),
        why=_("Documents whose ring was lost, or whose worker died over them, are made after all."),
    ),
    Scheduled(
        job="settle_referrals",
        task="payments.settle_referrals",
        every=timedelta(minutes=5),
        why=_("Rewards for referrals: given once the friend has paid, reversed with the payment."),
    ),
    Scheduled(
        job="sweep-contracts",
        task="contracts.sweep",
        every=timedelta(minutes=5),
        why=_("Seals signed papers that were lost, begins contracts, tells of those that ended."),
    ),
    Scheduled(
        job="follow_contracts",
        task="contracts.follow",
        at=time(7, 40),
        until=time(20, 0),
        why=_("Contracts begin, lapse, renew and expire; customers are reminded before."),
    ),
    Scheduled(
        job="score_churn",
        task="churn.score",
        at=time(5, 50),
        why=_("Says of everybody in use how likely they are to leave, and why."),
    ),
    Scheduled(
        job="follow_churn",
        task="churn.follow",
        at=time(6, 20),
        why=_("Who reached high risk is drawn and proposed to be called; results of 90 days ago."),
    ),
    Scheduled(
        job="word_churn",
        task="churn.word",
        at=time(6, 30),
        why=_("Why customers may leave, worded by Gemini where it is set up; no person is named."),
    ),
    Scheduled(
        job="escalate-tickets",
        task="tickets.escalate",
        every=timedelta(minutes=1),
        why=_("Says before and when an answer is late, and hands out tickets nobody has."),
    ),
    Scheduled(
        job="read-mail",
        task="tickets.read_mail",
        every=timedelta(minutes=1),
        why=_("Fetches what customers write by e-mail, and makes tickets of it."),
    ),
    Scheduled(
        job="ask_opinions",
        task="tickets.ask_opinions",
        at=time(10, 5),
        until=time(20, 0),
        why=_(
            "Asks customers every half year whether they would recommend us, some of them a day."
        ),
    ),
    Scheduled(
        job="report_promises",
        task="tickets.report_promises",
        at=time(8, 15),
        until=time(20, 0),
        why=_("On the 1st last month's report on promises goes out; warns when too few are kept."),
    ),
    Scheduled(
        job="find_duplicates",
        task="customers.find_duplicates",
        at=time(3, 50),
        why=_("Looks for accounts that may be one person, for the page of duplicates."),
    ),
    Scheduled(
        job="sweep_orders",
        task="signup.sweep_orders",
        every=timedelta(minutes=5),
        why=_("Orders follow their jobs, should a call be lost; who waited for a line is invited."),
    ),
    Scheduled(
        job="sweep_imports",
        task="signup.sweep_imports",
        every=timedelta(minutes=5),
        why=_("Goes on with imports whose worker died or whose call was lost."),
    ),
    Scheduled(
        job="clear_orders",
        task="signup.clear_orders",
        at=time(3, 40),
        why=_("Drafts of more than a week go, and the papers of orders given up long ago."),
    ),
    Scheduled(
        job="flag_overdue",
        task="fieldservice.flag_overdue",
        is_hourly=True,
        why=_(
            "Flags acts, receipt numbers and lent equipment that have not come; ends cured flags."
        ),
    ),
    Scheduled(
        job="end-line-trials",
        task="fieldservice.end_line_trials",
        every=timedelta(minutes=1),
        why=_(
            "Closes lines of pending services that were opened for an hour at their installation."
        ),
    ),
    Scheduled(
        job="end_quiet_tickets",
        task="tickets.end_quiet_tickets",
        at=time(10, 15),
        until=time(20, 0),
        why=_("Reminds customers we wait for, resolves what stays unanswered, closes old ones."),
    ),
    Scheduled(
        job="process_debit_orders",
        task="payments.process_debit_orders",
        at=time(6, 0),
        until=time(11, 0),
        why=_(
            "Collects due bills of customers with a mandate: plans the day's orders, sends them."
        ),
    ),
    Scheduled(
        job="follow-debit-orders",
        task="payments.follow_debit_orders",
        every=timedelta(minutes=5),
        why=_("Mandates, batches and NetCash's statement go on: each waits for somebody outside."),
    ),
    Scheduled(
        job="backup",
        task="upkeep.make_backup",
        at=time(1, 10),
        why=_("A sealed copy of database and files; old copies go as the retention says."),
    ),
    Scheduled(
        job="verify_backup",
        task="upkeep.verify_backup",
        at=time(4, 40),
        why=_("On Sundays the newest copy is restored into a throw-away database and proved."),
    ),
    Scheduled(
        job="send_webhooks",
        task="webhooks.send_webhooks",
        every=timedelta(seconds=30),
        why=_("The office's own programs hear what has happened, and again what did not arrive."),
    ),
    Scheduled(
        job="forget_webhooks",
        task="webhooks.forget_webhooks",
        at=time(5, 10),
        why=_("The log of webhooks is kept for thirty days."),
    ),
    Scheduled(
        job="prune",
        task="upkeep.prune",
        at=time(5, 0),
        why=_("What has been kept as long as the law and the company want it is removed."),
    ),
)
