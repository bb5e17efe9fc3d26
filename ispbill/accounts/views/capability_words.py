"""What people may do, in words and grouped as an office thinks of it.

The law is `ispbill.accounts.capabilities`; a test holds both together.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GROUPS: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        _("Customers"),
        {
            "customers.view": _("See customers"),
            "customers.edit": _("Add and change customers"),
            "customers.archive": _("Archive and restore customers"),
            "customers.merge": _("Make two accounts of one person one"),
            "customers.import": _("Bring customers in from another system"),
            "customers.export": _("Take lists of customers out as a file"),
            "notes.write": _("Write notes"),
            "contracts.view": _("See contracts"),
            "contracts.edit": _("Draw contracts up and send them"),
            "contracts.waive_fee": _("Let customers leave early without a fee"),
            "leads.view": _("See leads"),
            "leads.edit": _("Work on leads"),
            "orders.view": _("See orders"),
            "orders.decide": _("Accept and refuse orders"),
            "orders.papers": _("See the papers sent with orders"),
            "referrals.decide": _("Clear or refuse referrals"),
            "churn.view": _("See who may leave"),
            "churn.work": _("Talk to who may leave"),
            "churn.override": _("Have somebody called who was left alone to compare"),
            "churn.edit": _("Set how many are called, and what they may be offered"),
            "tickets.view": _("See tickets"),
            "tickets.work": _("Answer tickets"),
            "tickets.lead": _("Merge tickets and take texts out"),
            "areas.edit": _("Change areas"),
        },
    ),
    (
        _("Services and packages"),
        {
            "services.edit": _("Add and change services"),
            "services.switch": _("Switch services on and off"),
            "changes.decide": _("Decide about package changes"),
            "packages.view": _("See packages and prices"),
            "packages.edit": _("Change packages and prices"),
            "discounts.grant": _("Give discounts"),
            "addons.sell": _("Sell add-ons"),
            "fees.charge": _("Charge fees"),
            "tax.edit": _("Change taxes and exemptions"),
        },
    ),
    (
        pgettext_lazy("menu", "Field"),
        {
            "field.view": _("See technicians' jobs"),
            "field.edit": _("Plan jobs and give them out"),
            "field.decide": _("Decide which version of a job holds"),
            "stock.view": _("See stock"),
            "stock.edit": _("Receive, move, give out and count stock"),
            "stock.decide": _("Approve counts of stock"),
        },
    ),
    (
        _("Bills"),
        {
            "billing.view": _("See bills"),
            "billing.charge": _("Add charges"),
            "billing.correct": _("Void, credit and write off"),
            "billing.run": _("Run billing"),
            "approvals.decide": _("Approve what others ask for"),
        },
    ),
    (
        _("Money"),
        {
            "payments.view": _("See payments"),
            "payments.take": _("Take payments"),
            "payments.reverse": _("Reverse payments"),
            "payments.refund": _("Pay credit back"),
            "cash.view": _("See all shifts and closed days"),
            "cash.supervise": _("Sign counts, close days, bank cash"),
            "vouchers.view": _("See recharge cards"),
            "vouchers.edit": _("Make, sell and block recharge cards"),
            "vouchers.print": _("See the codes of recharge cards"),
            "vouchers.lapse": _("Take unused recharge cards into income"),
        },
    ),
    (
        _("Bank and debit orders"),
        {
            "bank.view": _("See bank statements and unmatched money"),
            "bank.edit": _("Import statements and match money"),
            "debits.edit": _("Change ways to pay and mandates"),
            "debits.run": _("Send and authorise debit orders"),
        },
    ),
    (
        _("Books"),
        {
            "ledger.view": _("See the ledger"),
            "ledger.edit": _("Change accounts, accept leaks"),
            "ledger.close": _("Close months"),
            "ledger.reopen": _("Open closed months again"),
        },
    ),
    (
        _("Network"),
        {
            "network.view": _("See lines and routers"),
            "network.edit": _("Change routers and lines"),
            "outages.edit": _("Open, update and close outages"),
        },
    ),
    (
        _("Messages"),
        {
            "messages.view": _("See messages"),
            "messages.edit": _("Change templates, send again"),
            "messages.send": _("Write to many customers"),
        },
    ),
    (
        _("Partners"),
        {
            "resellers.view": _("See resellers"),
            "resellers.edit": _("Agree terms with resellers, move customers"),
            "resellers.view_as": _("See the reseller portal as a reseller does"),
            "commissions.approve": _("Approve commissions"),
            "payouts.pay": _("Pay resellers out"),
        },
    ),
    (
        _("Company"),
        {
            "console.use": _("Use the console"),
            "reports.view": _("See reports"),
            "reports.costs": _("Enter what winning customers cost"),
            "reports.send": _("Have reports sent regularly"),
            "settings.view": _("See settings"),
            "settings.edit": _("Change settings"),
            "webhooks.view": _("See which programs are told what happens"),
            "webhooks.edit": _("Choose which programs are told what happens"),
            "staff.view": _("See users and roles"),
            "staff.edit": _("Change users"),
            "audit.view": _("See the audit log"),
            "jobs.view": _("See job runs"),
            "jobs.run": _("Start jobs by hand"),
            "backups.view": _("See copies and restores"),
            "alarms.take_on": _("Take alarms on"),
        },
    ),
)


def grouped(names: Iterable[str]) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """Return these capabilities in groups as (name, words); groups without any are left out."""
    wanted = set(names)
    groups = [
        (title, [(name, words) for name, words in rows.items() if name in wanted])
        for title, rows in GROUPS
    ]
    return [(title, rows) for title, rows in groups if rows]
