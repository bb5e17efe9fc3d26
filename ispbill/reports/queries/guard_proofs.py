"""Prove that what protects the books is in force: a guard that is switched off guards nothing."""

from ispbill.core.marking import gettext_noop

# Triggers the books rest on, each with its table (made by `guards/*.sql`).
_TRIGGERS = (
    ("billing_journalentry", "append_only"),
    ("billing_journalentry", "append_only_truncate"),
    ("billing_journalentry", "entry_names"),
    ("billing_journalentry", "entries_in_open_period"),
    ("billing_posting", "append_only"),
    ("billing_posting", "append_only_truncate"),
    ("billing_posting", "postings_balance"),
    ("billing_posting", "postings_move_balances"),
    ("billing_account", "account_kept"),
    ("billing_account", "account_kept_truncate"),
    ("billing_invoice", "invoice_frozen"),
    ("billing_invoice", "invoice_kept"),
    ("billing_invoice", "invoice_kept_truncate"),
    ("billing_invoice", "invoice_sums_insert"),
    ("billing_invoice", "invoice_sums_issue"),
    ("billing_invoiceline", "line_frozen"),
    ("billing_invoiceline", "line_frozen_truncate"),
    ("billing_invoiceline", "lines_frozen_insert"),
    ("billing_invoice", "invoice_customer_exists"),
    ("billing_invoiceline", "line_service_exists"),
    ("customers_customer", "customer_kept"),
    ("customers_customer", "customer_kept_truncate"),
    ("customers_subscription", "service_kept"),
    ("customers_subscription", "service_kept_truncate"),
    ("billing_schedule", "own_service"),
    ("billing_schedule", "schedule_forward"),
    ("billing_periodclose", "period_order"),
    ("billing_periodclose", "period_kept"),
    ("billing_periodclose", "period_kept_truncate"),
    ("billing_ledgerseal", "append_only"),
    ("billing_ledgerday", "append_only"),
    ("billing_recognition", "append_only"),
    ("billing_posting", "postings_place_cash"),
    ("billing_cashmove", "append_only"),
    ("billing_cashmove", "cash_moves"),
    ("billing_cashcount", "append_only"),
    ("billing_cashbanking", "append_only"),
    ("billing_dayclose", "append_only"),
    ("billing_dayclose", "day_close_holds"),
    ("billing_shift", "shift_figures_by_moves"),
    ("billing_shift", "shift_frozen"),
    ("billing_shift", "shift_kept_truncate"),
    ("billing_handover", "handover_frozen"),
    ("billing_payment", "payment_begins"),
    ("billing_payment", "payment_allocated_by_allocations"),
    ("billing_allocation", "allocation_moves_amounts"),
    ("billing_allocation", "allocation_release_moves_amounts"),
    ("billing_payment", "commission_begins"),
    ("billing_payment", "commission_follows"),
    ("resellers_commission", "commission_moves"),
    ("resellers_commissionback", "commission_back_begins"),
    ("resellers_commissionback", "commission_back_moves"),
    ("resellers_payout", "payout_moves"),
    ("resellers_payout", "payout_proven"),
    ("customers_referral", "referral_moves"),
    ("customers_referral", "referral_circle"),
    ("payments_referralreward", "referral_reward_holds"),
    ("audit_auditevent", "append_only"),
    ("audit_auditevent", "append_only_truncate"),
    ("audit_auditseal", "append_only"),
    ("audit_rowversion", "append_only"),
)

_CONSTRAINTS = (
    ("billing_journalentry", "journal_entry_is_not_empty"),
    ("billing_posting", "posting_is_not_zero"),
    ("billing_posting", "posting_names_its_customer"),
    ("billing_invoice", "invoice_total_is_net_plus_tax"),
    ("billing_invoice", "invoice_paid_within_total"),
    ("billing_invoice", "invoice_numbered_when_issued"),
    ("billing_invoiceline", "invoice_line_days_billed_once"),
    ("customers_suspension", "suspension_spans_never_overlap"),
    ("billing_shift", "shift_holds_what_moved"),
    ("billing_shift", "shift_signed_by_another"),
    ("resellers_commission", "commission_clawed_back_within_it"),
    ("resellers_payout", "payout_second_person"),
)

_INDEXES = (
    "journal_entry_once_per_fact",
    "journal_entry_undone_once",
    "invoice_number_once",
    "suspension_one_at_a_time",
    "period_closed_once",
    "shift_one_open_per_person",
    "day_closed_once",
    "cash_move_once_per_posting",
    "commission_once_per_payment",
    "commission_back_once_per_fact",
    "referral_once_per_friend",
    "referral_reward_once_while_it_stands",
    "ledger_seal_follows_once",
    "audit_seal_follows_once",
)


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"('{table}', '{name}')" for table, name in pairs)


# name → (what it means, SQL that returns the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "guards_are_in_force": (
        gettext_noop(
            "Every trigger, constraint and unique index the books rest on is there and switched on"
        ),
        f"""
        SELECT w.place || ': trigger ' || w.name || ' is missing or off'
        FROM (VALUES {_pairs(_TRIGGERS)}) w (place, name)
        WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = w.place::regclass
                          AND t.tgname = w.name AND t.tgenabled IN ('O', 'A'))
        UNION ALL
        SELECT w.place || ': constraint ' || w.name || ' is missing or not valid'
        FROM (VALUES {_pairs(_CONSTRAINTS)}) w (place, name)
        WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = w.place::regclass
                          AND c.conname = w.name AND c.convalidated)
        UNION ALL
        SELECT 'index ' || w.name || ' is missing or not valid'
        FROM (VALUES {", ".join(f"('{name}')" for name in _INDEXES)}) w (name)
        WHERE NOT EXISTS (SELECT FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
                          WHERE c.relname = w.name AND i.indisunique AND i.indisvalid)
        """,
    ),
    "nothing_is_switched_off": (
        gettext_noop(
            "No trigger of any table is switched off, and row-level security is never half on"
        ),
        """
        SELECT t.tgrelid::regclass || ': trigger ' || t.tgname || ' is off'
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE NOT t.tgisinternal AND t.tgenabled NOT IN ('O', 'A')
        UNION ALL
        SELECT c.oid::regclass || ': row-level security does not bind its owner'
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
        WHERE c.relrowsecurity AND NOT c.relforcerowsecurity
        """,
    ),
    "facts_are_booked_once": (
        gettext_noop("No business fact is in the books twice, and no entry is undone twice"),
        """
        SELECT source_type || ' ' || source_id || ' ' || kind FROM billing_journalentry
        GROUP BY source_type, source_id, kind HAVING count(*) > 1
        UNION ALL
        SELECT 'entry ' || reverses_id FROM billing_journalentry WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1
        """,
    ),
    "reversals_undo": (
        gettext_noop("Every reversal is the exact opposite of what it undoes"),
        """
        SELECT 'entry ' || r.id FROM billing_journalentry r
        WHERE r.reverses_id IS NOT NULL AND EXISTS (
            SELECT FROM billing_posting p WHERE p.entry_id IN (r.id, r.reverses_id)
            GROUP BY p.account_id, p.customer_id HAVING sum(p.amount) <> 0)
        """,
    ),
    "allocations_within": (
        gettext_noop("No payment pays more than it brought, no bill is paid beyond its total"),
        """
        SELECT 'payment ' || p.id FROM billing_payment p
        JOIN billing_allocation a ON a.payment_id = p.id AND a.released_at IS NULL
        GROUP BY p.id HAVING sum(a.amount) > p.amount
        UNION ALL
        SELECT i.number FROM billing_invoice i
        JOIN billing_allocation a ON a.invoice_id = i.id AND a.released_at IS NULL
        GROUP BY i.id HAVING sum(a.amount) > i.total_amount - i.credited_amount
        """,
    ),
}
