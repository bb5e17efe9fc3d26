"""Which tables of the console leave as files, who may take them, and their columns."""

from django.utils.translation import gettext_lazy as _

from billing.changes.queries import changes, pauses
from billing.receivables.queries import credits
from churn.queries import results as episodes
from churn.queries import scores, tasks
from contracts.queries import contracts
from customers.queries import areas, calls, leads
from fieldservice.queries import orders as jobs
from fieldservice.stock.queries import stock
from ispbill.notifications.queries import outbox
from ispbill.reports.queries.list_files import Column, ListFile
from network.queries import lines
from payments.debits.queries import debits
from payments.online.queries import checkouts
from payments.prepaid.queries import vouchers
from payments.referrals.queries import referrals
from resellers.queries import commissions, wallets
from signup.queries import orders
from tickets.queries import tickets

_CUSTOMER: tuple[Column, ...] = (
    (_("Customer number"), "customer.number"),
    (_("Customer"), "customer.name"),
)
_BRANCH: tuple[Column, ...] = ((_("Branch"), "branch.name"),)

FILES: tuple[ListFile, ...] = (
    ListFile(
        "tickets",
        _("Tickets"),
        "tickets.view",
        tickets.visible_to,
        (
            (_("Number"), "number"), (_("Opened"), "opened_at"), *_CUSTOMER, *_BRANCH,
            (_("Subject"), "subject"), (_("Category"), "category.name"),
            (_("Priority"), "get_priority_display"), (_("State"), "get_state_display"),
            (_("Channel"), "get_channel_display"), (_("Assignee"), "assignee.name"),
            (_("Resolved"), "resolved_at"), (_("Cause"), "get_cause_display"),
            (_("Reopened"), "times_reopened"),
        ),
    ),
    ListFile(
        "calls",
        _("Calls"),
        "customers.view",
        calls.visible_to,
        (
            (_("Time"), "at"), *_CUSTOMER, (_("Lead"), "lead.name"), *_BRANCH,
            (_("Direction"), "get_direction_display"), (_("Outcome"), "get_outcome_display"),
            (_("Person"), "by.name"), (_("Follow up"), "follow_up_at"), (_("Done"), "done_at"),
        ),
    ),
    ListFile(
        "leads",
        _("Leads"),
        "leads.view",
        leads.visible_to,
        (
            (_("Since"), "created_at"), (_("Name"), "name"), (_("Phone"), "phone"),
            (_("Area"), "area.name"), *_BRANCH, (_("Source"), "source"),
            (_("Package"), "package.name"), (_("Stage"), "get_stage_display"),
            (_("Why lost"), "lost_reason"), (_("Owner"), "owner.name"),
            (_("Next action"), "next_action_on"), *_CUSTOMER,
        ),
    ),
    ListFile(
        "orders",
        _("Orders"),
        "orders.view",
        orders.visible_to,
        (
            (_("Number"), "number"), (_("Since"), "created_at"), (_("State"), "get_state_display"),
            (_("Name"), "name"), (_("Phone"), "phone"), (_("Area"), "area.name"), *_BRANCH,
            (_("Package"), "package.name"), (_("Price with tax"), "gross_amount"), *_CUSTOMER,
            (_("Reason"), "ended_reason"),
        ),
    ),
    ListFile(
        "changes",
        _("Package changes"),
        "billing.view",
        changes.visible_to,
        (
            (_("Asked"), "requested_at"), *_CUSTOMER, (_("Service"), "subscription.connection_id"),
            (_("From"), "package_from.name"), (_("To"), "package_to.name"),
            (_("Day"), "effective_on"), (_("State"), "get_status_display"),
            (_("Decided by"), "decided_by.name"), (_("Decided"), "decided_at"),
        ),
    ),
    ListFile(
        "pauses",
        _("Pauses"),
        "billing.view",
        pauses.visible_to,
        (
            (_("Asked"), "requested_at"), *_CUSTOMER, (_("Service"), "subscription.connection_id"),
            (_("From"), "span.lower"), (_("Until"), "span.upper"),
            (_("State"), "get_status_display"), (_("Decided by"), "decided_by.name"),
        ),
    ),
    ListFile(
        "credit-notes",
        _("Credit notes"),
        "billing.view",
        credits.visible_to,
        (
            (_("Number"), "number"), (_("Day"), "issued_on"), *_CUSTOMER, *_BRANCH,
            (_("Kind"), "get_kind_display"), (_("Invoice"), "invoice.number"),
            (_("Net"), "net_amount"), (_("Tax"), "tax_amount"), (_("Total"), "total_amount"),
            (_("Reason"), "reason"),
        ),
    ),
    ListFile(
        "gateway-payments",
        _("Gateway transactions"),
        "payments.view",
        checkouts.visible_to,
        (
            (_("Started"), "started_at"), (_("Order"), "order"), *_CUSTOMER, *_BRANCH,
            (_("Gateway"), "account.name"), (_("Amount"), "amount"),
            (_("State"), "get_state_display"), (_("Reference"), "gateway_reference"),
            (_("Paid"), "paid_amount"), (_("Fee"), "fee_amount"),
        ),
    ),
    ListFile(
        "mandates",
        _("Debit orders"),
        "payments.view",
        debits.mandates_visible_to,
        (
            (_("Reference"), "account_reference"), *_CUSTOMER, (_("State"), "get_state_display"),
            (_("Day"), "debit_day"), (_("Ceiling"), "ceiling_amount"), (_("Signed"), "signed_at"),
            (_("Failures"), "failures"),
        ),
    ),
    ListFile(
        "voucher-batches",
        _("Recharge cards"),
        "vouchers.view",
        vouchers.visible_to,
        (
            (_("Number"), "number"), (_("Kind"), "get_kind_display"), (_("Cards"), "count"),
            (_("Value"), "value_amount"), (_("Price"), "price_amount"),
            (_("Valid until"), "valid_until"), (_("State"), "get_status_display"), *_BRANCH,
            (_("Reseller"), "reseller.name"),
        ),
        names_people=False,
    ),
    ListFile(
        "referrals",
        _("Referrals"),
        "customers.view",
        referrals.visible_to,
        (
            (_("Joined"), "joined_at"), (_("Referrer"), "referrer.number"),
            (_("Friend"), "referred.number"), (_("State"), "get_status_display"),
            (_("Referrer gets"), "referrer_amount"), (_("Friend gets"), "friend_amount"),
            (_("Credited"), "credited_at"),
        ),
    ),
    ListFile(
        "routers",
        _("Routers"),
        "network.view",
        lines.routers_visible_to,
        (
            (_("Name"), "name"), (_("Site"), "site"), *_BRANCH, (_("State"), "get_status_display"),
            (_("Version"), "version"), (_("Seen"), "last_seen_at"),
        ),
        names_people=False,
    ),
    ListFile(
        "lines",
        _("Lines"),
        "network.view",
        lines.visible_to,
        (
            *_CUSTOMER, (_("Service"), "subscription.connection_id"), (_("Router"), "router.name"),
            (_("Username"), "username"), (_("Fixed address"), "static_ip"),
            (_("Fixed IPv6 prefix"), "delegated_prefix"), (_("MAC"), "mac_address"),
            (_("Desired"), "get_desired_state_display"),
            (_("Confirmed"), "get_confirmed_state_display"), (_("Since"), "desired_since"),
        ),
    ),
    ListFile(
        "jobs",
        _("Jobs"),
        "field.view",
        jobs.visible_to,
        (
            (_("Number"), "number"), (_("Kind"), "get_kind_display"),
            (_("State"), "get_state_display"), *_CUSTOMER, *_BRANCH, (_("Address"), "address"),
            (_("Technician"), "technician.name"), (_("From"), "window_start"),
            (_("Until"), "window_end"), (_("Ended"), "ended_at"), (_("Reason"), "ended_reason"),
        ),
    ),
    ListFile(
        "stock",
        _("Stock"),
        "stock.view",
        stock.visible_to,
        (
            (_("Item"), "name"), (_("Unit"), "unit"), (_("Kind"), "get_kind_display"),
            (_("Owned"), "owned_quantity"), (_("Value"), "value_amount"),
            (_("Reorder at"), "reorder_level"),
        ),
        names_people=False,
    ),
    ListFile(
        "contracts",
        _("Contracts"),
        "contracts.view",
        contracts.visible_to,
        (
            (_("Number"), "number"), *_CUSTOMER, *_BRANCH,
            (_("Service"), "subscription.connection_id"), (_("State"), "get_state_display"),
            (_("Sent"), "sent_at"), (_("Signed"), "signed_at"), (_("Starts"), "starts_on"),
            (_("Ends"), "ends_on"), (_("Minimum until"), "minimum_until"),
            (_("Price with tax"), "gross_amount"),
        ),
    ),
    ListFile(
        "resellers",
        _("Resellers"),
        "resellers.view",
        commissions.visible_resellers,
        (
            (_("Name"), "name"), (_("Phone"), "phone"), *_BRANCH, (_("Kind"), "get_kind_display"),
            (_("State"), "get_status_display"), (_("Credit limit"), "credit_limit"),
            (_("Collection limit"), "collection_limit"),
        ),
    ),
    ListFile(
        "commissions",
        _("Commissions"),
        "resellers.view",
        commissions.visible_commissions,
        (
            (_("Day"), "earned_on"), (_("Reseller"), "reseller.name"), *_CUSTOMER, *_BRANCH,
            (_("Kind"), "get_kind_display"), (_("Base"), "base_amount"), (_("Rate"), "rate"),
            (_("Commission"), "amount"), (_("Reversed"), "clawed_back_amount"),
            (_("State"), "get_status_display"), (_("Payout"), "payout.number"),
        ),
    ),
    ListFile(
        "payouts",
        _("Payouts"),
        "resellers.view",
        commissions.visible_payouts,
        (
            (_("Number"), "number"), (_("Reseller"), "reseller.name"), *_BRANCH,
            (_("Earned"), "earned_amount"), (_("Claims"), "claimed_amount"),
            (_("Withheld"), "withheld_amount"), (_("Paid"), "amount"),
            (_("State"), "get_status_display"), (_("Day"), "paid_on"),
        ),
    ),
    ListFile(
        "remittances",
        _("Remittances and top-ups"),
        "resellers.view",
        wallets.visible_transfers,
        (
            (_("Number"), "number"), (_("Kind"), "get_kind_display"),
            (_("Reseller"), "reseller.name"), (_("Amount"), "amount"),
            (_("Method"), "get_method_display"), (_("State"), "get_status_display"),
            (_("Sent"), "sent_at"), (_("Day"), "decided_on"),
        ),
    ),
    ListFile(
        "churn-scores",
        _("Churn scores"),
        "churn.view",
        scores.visible_to,
        (
            *_CUSTOMER, *_BRANCH, (_("Risk"), "get_level_display"), (_("Since"), "level_since"),
            (_("Points"), "points"), (_("A month"), "monthly_amount"),
            (_("At stake"), "at_stake"), (_("Scored"), "scored_at"),
        ),
    ),
    ListFile(
        "retention-tasks",
        _("Retention tasks"),
        "churn.view",
        tasks.visible_to,
        (
            *_CUSTOMER, (_("State"), "get_state_display"), (_("Action"), "get_action_display"),
            (_("Assigned to"), "assigned_to.name"), (_("Due"), "due_on"),
            (_("Outcome"), "outcome"), (_("Closed"), "closed_at"),
        ),
    ),
    ListFile(
        "retention-results",
        _("Retention episodes"),
        "churn.view",
        episodes.visible_to,
        (
            *_CUSTOMER, (_("Since"), "began_on"), (_("Until"), "ended_on"),
            (_("Left alone to compare"), "is_held_out"), (_("Left"), "has_left"),
            (_("Collected"), "net_collected"), (_("Cost"), "action_cost"),
        ),
    ),
    ListFile(
        "messages",
        _("Messages"),
        "messages.view",
        outbox.visible_to,
        (
            (_("Time"), "created_at"), (_("Event"), "event"), (_("Channel"), "get_channel_display"),
            (_("Recipient"), "recipient"), (_("State"), "get_state_display"), (_("Parts"), "parts"),
            (_("Cost"), "cost"), (_("Delivered"), "delivered_at"),
        ),
    ),
    ListFile(
        "areas",
        _("Areas"),
        "customers.view",
        areas.visible_to,
        (
            (_("Name"), "name"), (_("Kind"), "get_kind_display"), (_("Part of"), "parent.name"),
            *_BRANCH, (_("Coverage"), "get_coverage_display"),
        ),
        names_people=False,
    ),
)  # fmt: skip
BY_KEY = {one.key: one for one in FILES}
