"""What each role may do. One line a capability, read by people before computers."""

from ispbill.accounts.models import User

R = User.Role
_OFFICE: set[str] = {R.OWNER, R.BILLING, R.BRANCH_MANAGER}
_READERS: set[str] = _OFFICE | {R.CASHIER, R.SUPPORT, R.NOC, R.SALES, R.AUDITOR}

# The company's own people; customers and resellers get their logins where they are registered.
STAFF_ROLES: tuple[str, ...] = tuple(r for r in R.values if r not in {R.CUSTOMER, R.RESELLER})

CAPABILITIES: dict[str, set[str]] = {
    "console.use": set(_READERS),
    "customers.view": set(_READERS),
    "customers.edit": _OFFICE | {R.SUPPORT, R.SALES},
    "customers.archive": set(_OFFICE),
    "customers.merge": set(_OFFICE),  # make two accounts of one person one, and apart again
    "notes.write": _READERS - {R.AUDITOR},  # remarks on a customer's timeline
    "customers.import": {R.OWNER, R.BILLING},  # move in from another system, and back
    "customers.export": _OFFICE | {R.AUDITOR, R.SALES},
    "leads.view": _OFFICE | {R.SALES, R.SUPPORT, R.AUDITOR},
    "leads.edit": _OFFICE | {R.SALES, R.SUPPORT},
    "orders.view": _OFFICE | {R.SALES, R.SUPPORT, R.NOC, R.AUDITOR},  # sign-ups
    "orders.decide": _OFFICE | {R.SALES, R.SUPPORT},  # accept, reject, give up
    "orders.papers": _OFFICE | {R.SALES, R.SUPPORT},  # national ids and the like
    "packages.view": set(_READERS),
    "packages.edit": {R.OWNER, R.BILLING},
    "tax.edit": {R.OWNER, R.BILLING},  # rates, and who is exempt
    "discounts.grant": _OFFICE | {R.SALES},
    "addons.sell": _OFFICE | {R.SALES, R.SUPPORT},
    "fees.charge": _OFFICE | {R.CASHIER},
    "areas.edit": {R.OWNER, R.BRANCH_MANAGER, R.NOC},
    "services.edit": _OFFICE | {R.SUPPORT, R.SALES, R.NOC},
    "services.switch": _OFFICE | {R.SUPPORT, R.NOC},  # activate, suspend, reactivate, cancel
    "changes.decide": set(_OFFICE),  # approve or reject another package
    "billing.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES},
    "billing.run": {R.OWNER, R.BILLING},
    "billing.correct": {R.OWNER, R.BILLING},
    "billing.charge": set(_OFFICE),
    "approvals.decide": set(_OFFICE),
    "payments.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR},
    "payments.take": _OFFICE | {R.CASHIER, R.COLLECTOR},
    "payments.reverse": set(_OFFICE),
    "cash.view": _OFFICE | {R.AUDITOR},  # everybody's shifts, the safe, closed days
    "cash.supervise": set(_OFFICE),  # sign counts, close days, take cash to the bank
    "payments.refund": set(_OFFICE),
    "bank.view": {R.OWNER, R.BILLING, R.AUDITOR},  # statements, unmatched money, payouts
    "bank.edit": {R.OWNER, R.BILLING},
    "debits.edit": set(_OFFICE),  # ways to pay and mandates of a customer
    "debits.run": {R.OWNER, R.BILLING},  # send, authorise, try again, decide about a line
    "vouchers.view": _OFFICE | {R.CASHIER, R.SUPPORT, R.AUDITOR, R.SALES},
    "vouchers.edit": {R.OWNER, R.BILLING},  # make, sell, block, take a buyer's money
    "vouchers.print": {R.OWNER, R.BILLING},  # see the secret codes, on paper or in a file
    "vouchers.lapse": {R.OWNER},  # take what nobody redeemed into income
    "ledger.view": {R.OWNER, R.BILLING, R.AUDITOR},
    "ledger.edit": {R.OWNER, R.BILLING},  # own accounts, accepting a revenue leak
    "ledger.close": {R.OWNER, R.BILLING},
    "ledger.reopen": {R.OWNER},
    "network.view": {R.OWNER, R.NOC, R.SUPPORT, R.BRANCH_MANAGER, R.AUDITOR, R.BILLING},
    "network.edit": {R.OWNER, R.NOC},
    "outages.edit": {R.OWNER, R.NOC, R.BRANCH_MANAGER},  # a branch manager's own branch
    "field.view": _READERS - {R.CASHIER},  # jobs at customers' addresses
    "field.edit": {R.OWNER, R.BRANCH_MANAGER, R.SUPPORT, R.NOC},  # plan and give them out
    "field.decide": {R.OWNER, R.BRANCH_MANAGER},  # which of two versions of a job holds
    "stock.view": _READERS - {R.CASHIER},
    "stock.edit": {R.OWNER, R.BRANCH_MANAGER, R.NOC},  # receive, move, give out, count
    "stock.decide": {R.OWNER, R.BRANCH_MANAGER},  # approve the differences of a count
    "messages.view": _READERS - {R.CASHIER},
    "messages.edit": {R.OWNER, R.BILLING},
    "messages.send": set(_OFFICE),  # a text of one's own to many customers
    "tickets.view": set(_READERS),
    "tickets.work": _OFFICE | {R.SUPPORT, R.NOC, R.SALES},
    "tickets.lead": {R.OWNER, R.BRANCH_MANAGER},  # merge, redact; beside them a team's own lead
    "contracts.view": _READERS - {R.CASHIER, R.NOC},
    "contracts.edit": _OFFICE | {R.SALES, R.SUPPORT},  # draw up, send, take back
    "contracts.waive_fee": set(_OFFICE),  # let somebody leave early for nothing
    "resellers.view": _OFFICE | {R.AUDITOR, R.SALES},
    "resellers.edit": {R.OWNER, R.BILLING},  # state, plan, limits, prices, users, moves
    "resellers.view_as": set(_OFFICE),  # see a reseller's pages as the reseller does
    "commissions.approve": set(_OFFICE),
    "payouts.pay": {R.OWNER, R.BILLING},  # record and approve payouts to resellers
    "referrals.decide": set(_OFFICE),  # clear or refuse who brought whom
    "churn.view": _OFFICE | {R.SALES, R.SUPPORT, R.AUDITOR},
    "churn.work": {R.OWNER, R.BRANCH_MANAGER, R.SALES, R.SUPPORT},  # talk to who may leave
    "churn.override": {R.OWNER, R.BRANCH_MANAGER},  # call who was left alone to compare
    "churn.edit": {R.OWNER},
    "reports.view": _OFFICE | {R.AUDITOR},
    "reports.costs": {R.OWNER, R.BRANCH_MANAGER, R.BILLING},  # what winning customers cost
    "reports.send": _OFFICE,  # regularly, to whom may see them
    "audit.view": {R.OWNER, R.AUDITOR, R.BRANCH_MANAGER, R.BILLING},
    "backups.view": {R.OWNER, R.AUDITOR},
    "alarms.take_on": {R.OWNER, R.NOC},
    "jobs.view": {R.OWNER, R.BILLING, R.NOC, R.AUDITOR},
    "jobs.run": {R.OWNER, R.BILLING},
    "staff.view": {R.OWNER, R.AUDITOR, R.BRANCH_MANAGER},
    "staff.edit": {R.OWNER},
    "webhooks.view": {R.OWNER, R.AUDITOR},
    "webhooks.edit": {R.OWNER},  # whom else we tell what happens
    "settings.view": {R.OWNER, R.BILLING, R.AUDITOR},
    "settings.edit": {R.OWNER},
}
