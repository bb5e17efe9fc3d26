"""What the triggers of billing, payments and customers keep out, one violation each (goal M6).

A violation is SQL that a trigger refuses (`Refused`), or SQL whose consequence it writes
(`Written`: the query must give another answer with the trigger than without it). Triggers that only
say "nobody changes, removes or truncates this" or "the old row is kept" have none here: those are
tried by kind in test_guards.
"""

from dataclasses import dataclass

NEW = 900_001  # an id nothing has


@dataclass(frozen=True)
class Refused:
    statements: tuple[str, ...]
    constraint: str
    before: tuple[str, ...] = ()  # what has to be there first


@dataclass(frozen=True)
class Written:
    statements: tuple[str, ...]
    query: str
    before: tuple[str, ...] = ()


def clone(table, where="true", **changed):
    """Return the SQL that copies a row with some columns given as SQL expressions."""
    given = ", ".join(f"'{column}', to_jsonb({value})" for column, value in changed.items())
    return f"CLONE {table} | {where} | {given}"


def entry(where="reverses_id IS NULL", **changed):
    """Return the SQL that copies an entry of the journal whose postings are still to come."""
    given = {"id": f"{NEW}", "source_id": f"{NEW}", "first_line": "1"}
    return clone("billing_journalentry", where, **given | changed)


OPEN = "FROM billing_invoice WHERE status = 'OPEN' AND amount_due > 1"
INVOICE, NOTE = "billing_invoice", "billing_creditnote"
OTHERS = "(SELECT min(id) FROM customers_customer)"
DRAFT = {
    "status": "'DRAFT'::text",
    "number": "NULL::text",
    "issued_on": "NULL::date",
    "issued_at": "NULL::text",
}
JANUARY = (
    "INSERT INTO billing_periodclose (first_day, last_day, entry_count, turnover_amount, figures,"
    " note, closed_at, reopen_reason)"
    " VALUES ('2025-12-01', '2026-01-31', 1, 1, '{}', '', now(), '')"
)
MARCH = JANUARY.replace("2025-12-01", "2026-03-01").replace("2026-01-31", "2026-03-31")

BILLING = {
    ("billing_creditnote", "credit_note_holds"): Refused(
        (clone(NOTE, id=f"{NEW}", number="'CN-2026-00777'::text", net_amount="1", tax_amount="0",
               total_amount="1", invoice_id=f"(SELECT min(id) {OPEN})",
               customer_id=f"(SELECT customer_id {OPEN} ORDER BY id LIMIT 1)"),),
        "credit_note_is_the_sum_of_its_lines",
    ),
    ("billing_creditnoteline", "credit_note_lines_first"): Refused(
        (clone("billing_creditnoteline", id=f"{NEW}",
               line_id="(SELECT max(id) FROM billing_invoiceline)"),), "credit_note_is_frozen"
    ),
    ("billing_discount", "own_service"): Refused(
        (clone("billing_discount", id=f"{NEW}", customer_id=OTHERS, promotion_id="NULL::int"),),
        "",
    ),
    ("billing_packagechange", "own_service"): Refused(
        (clone("billing_packagechange", id=f"{NEW}", status="'QUOTED'::text",
               customer_id="(SELECT max(id) FROM customers_customer)", invoice_id="NULL::int",
               decided_at="NULL::text", applied_at="NULL::text"),), "",
    ),
    ("billing_pricestep", "own_service"): Refused(
        (clone("billing_pricestep", id=f"{NEW}", customer_id=OTHERS,
               from_on="'2027-01-01'::text"),), "",
    ),
    ("customers_subscriptionaddon", "own_service"): Refused(
        (clone("customers_subscriptionaddon", id=f"{NEW}", customer_id=OTHERS),), ""
    ),
    ("billing_discount", "promotion_limit"): Refused(
        (clone("billing_discount", "promotion_id IS NULL", id=f"{NEW}",
               promotion_id="(SELECT min(id) FROM billing_promotion)"),),
        "promotion_is_granted_no_more",
        before=("UPDATE billing_promotion SET max_grants = 0",),
    ),
    ("billing_discount", "discount_frozen"): Refused(
        ("UPDATE billing_discount SET label = label || '!'",), "discount_is_frozen"
    ),
    ("billing_pricestep", "price_step_frozen"): Refused(
        ("UPDATE billing_pricestep SET price_amount = price_amount + 1",), "price_step_is_frozen"
    ),
    ("billing_invoice", "invoice_credited_by_notes"): Refused(
        ("UPDATE billing_invoice SET credited_amount = credited_amount + 0.01"
         " WHERE status = 'OPEN' AND amount_due > 1",),
        "invoice_credited_by_notes_only",
    ),
    ("billing_invoice", "invoice_frozen"): Refused(
        ("UPDATE billing_invoice SET due_date = due_date + 1 WHERE status = 'OPEN'",), ""
    ),
    ("billing_invoice", "invoice_sums_insert"): Refused(
        (clone(INVOICE, "status = 'OPEN'", id=f"{NEW}", number="'INV-2026-00777'::text",
               run_id="NULL::int"),), "",
    ),
    ("billing_invoice", "invoice_sums_issue"): Refused(
        ("UPDATE billing_invoice SET status = 'OPEN', number = 'INV-2026-00777',"
         f" issued_on = '2026-01-10', issued_at = now() WHERE id = {NEW}",),
        "invoice_is_the_sum_of_its_lines",
        before=(clone(INVOICE, "status = 'OPEN'", id=f"{NEW}", run_id="NULL::int", **DRAFT),),
    ),
    ("billing_invoice", "invoice_customer_exists"): Refused(
        (f"UPDATE billing_invoice SET customer_id = {NEW} WHERE id = {NEW}",),
        "invoice_names_what_exists",
        before=(clone(INVOICE, "status = 'OPEN'", id=f"{NEW}", run_id="NULL::int", **DRAFT),),
    ),
    ("billing_invoiceline", "line_service_exists"): Refused(
        (f"UPDATE billing_invoiceline SET subscription_id = {NEW} WHERE id = {NEW}",),
        "invoice_line_service_exists",
        before=(clone(INVOICE, "status = 'OPEN'", id=f"{NEW}", run_id="NULL::int", **DRAFT),
                clone("billing_invoiceline", id=f"{NEW}", invoice_id=f"{NEW}", span="NULL::text",
                      held_span="NULL::text")),
    ),
    ("billing_invoiceline", "lines_frozen_insert"): Refused(
        (clone("billing_invoiceline", id=f"{NEW}", span="NULL::text", held_span="NULL::text"),),
        "invoice_issued_is_frozen",
    ),
    ("billing_journalentry", "entries_in_open_period"): Refused(
        (entry(posted_on="'2026-01-15'::text"),),
        "",
        before=(JANUARY,),
    ),
    ("billing_journalentry", "entry_names"): Refused(
        (entry(branch_id="999999"),), "journal_entry_branch_exists",
    ),
    ("billing_pauserequest", "pause_request_audit"): Written(
        (clone("billing_pauserequest", id=f"{NEW}", status="'WITHDRAWN'::text",
               decided_at="'2026-01-10'::text", planned_move_id="NULL::int"),),
        "SELECT count(*) FROM audit_auditevent WHERE target_id = '900001'",
    ),
    ("billing_pauserequest", "pause_request_moves"): Refused(
        ("UPDATE billing_pauserequest SET requested_at = now()",),
        "pause_request_keeps_its_matter",
    ),
    ("billing_packagechange", "package_change_audit"): Written(
        (clone("billing_packagechange", id=f"{NEW}", status="'QUOTED'::text",
               invoice_id="NULL::int", decided_at="NULL::text", applied_at="NULL::text"),),
        "SELECT count(*) FROM audit_auditevent WHERE target_id = '900001'",
    ),
    ("billing_packagechange", "package_change_moves"): Refused(
        ("UPDATE billing_packagechange SET requested_at = now()",),
        "package_change_keeps_its_matter",
    ),
    ("billing_periodclose", "period_order"): Refused(
        (MARCH,), "periods_close_in_order", before=(JANUARY,)
    ),
    ("billing_posting", "postings_balance"): Refused(
        (entry(),
         f"INSERT INTO billing_posting (entry_id, line_no, account_id, amount) VALUES"
         f" ({NEW}, 1, 1000, 5)"),
        "",
    ),
    ("billing_posting", "postings_move_balances"): Written(
        (entry("reverses_id IS NULL AND customer_id IS NOT NULL"),
         "INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)"
         f" SELECT {NEW}, v.* FROM billing_journalentry e,"
         " LATERAL (VALUES (1, 1100, e.customer_id, 5), (2, 4000, NULL, -5)) v"
         f" WHERE e.id = {NEW}"),
        "SELECT sum(balance_amount) FROM customers_accountstate",
    ),
    ("billing_schedule", "own_service"): Refused(
        (clone("customers_subscription", "status = 'ACTIVE'", id=f"{NEW}", line_no="77",
               connection_id="'x77'::text"),
         clone("billing_schedule", subscription_id=f"{NEW}",
               customer_id="(SELECT min(c.id) FROM customers_customer c WHERE c.id <>"
               f" (SELECT customer_id FROM customers_subscription WHERE id = {NEW}))")),
        "service_is_the_customers",
    ),
    ("billing_contractterms", "own_service"): Refused(
        (clone("billing_contractterms", id=f"{NEW}",
               subscription_id="(SELECT max(id) FROM customers_subscription)",
               customer_id="(SELECT min(c.id) FROM customers_customer c WHERE c.id <> (SELECT"
               " customer_id FROM customers_subscription ORDER BY id DESC LIMIT 1))"),),
        "service_is_the_customers",
    ),
    ("billing_schedule", "schedule_forward"): Refused(
        ("UPDATE billing_schedule SET billed_until = billed_until - 1"
         " WHERE billed_until IS NOT NULL",), "",
    ),
}  # fmt: skip
CUSTOMERS = {
    ("customers_customer", "give_account_state"): Written(
        (clone("customers_customer", id=f"{NEW}", number="'CT-2026-90001'::text",
               seal_id="gen_random_uuid()", email="''::text", phone="'+8801799999991'::text"),),
        f"SELECT count(*) FROM customers_accountstate WHERE customer_id = {NEW}",
    ),
    ("customers_customer", "learn_words"): Written(
        (clone("customers_customer", id=f"{NEW}", number="'CT-2026-90001'::text",
               seal_id="gen_random_uuid()", email="''::text", phone="'+8801799999991'::text",
               name="'Xylophonia'::text"),),
        "SELECT count(*) FROM customers_word WHERE text = 'xylophonia'",
    ),
    ("customers_campaign", "keep_campaign"): Refused(
        ("UPDATE customers_campaign SET state = 'SCHEDULED', starts_at = now()",
         "UPDATE customers_campaign SET text = 'another'"),
        "campaign_confirmed_is_frozen",
    ),
    ("customers_call", "call_kept"): Refused(
        ("DELETE FROM customers_call WHERE id = (SELECT min(id) FROM customers_call)",),
        "call_kept",
    ),
    ("customers_referral", "referral_moves"): Refused(
        ("UPDATE customers_referral SET referrer_amount = referrer_amount + 1",),
        "referral_moves_along_its_states",
    ),
    ("customers_referral", "referral_circle"): Refused(
        (clone("customers_referral", id=f"{NEW}",
               referrer_id="(SELECT min(referred_id) FROM customers_referral)",
               referred_id="(SELECT min(referrer_id) FROM customers_referral)"),),
        "referral_is_no_circle",
    ),
    ("customers_subscription", "audit_status"): Refused(
        ("SELECT set_config('app.reason', '', true)",
         "UPDATE customers_subscription SET status = 'CANCELLED', cancelled_on = '2026-02-01'"
         " WHERE status = 'ACTIVE'"), "",
    ),
    ("customers_subscription", "derive_status_update"): Written(
        ("UPDATE customers_subscription SET status = 'CANCELLED', cancelled_on = '2026-02-01'",),
        "SELECT count(*) FROM customers_customer WHERE status = 'CANCELLED'",
    ),
    ("customers_subscription", "derive_status_insert"): Written(
        (clone("customers_subscription", "status = 'ACTIVE'", id=f"{NEW}", line_no="77",
               connection_id="'x77'::text",
               customer_id="(SELECT min(id) FROM customers_customer WHERE status <> 'ACTIVE')"),),
        "SELECT count(*) FROM customers_customer WHERE status = 'ACTIVE'",
    ),
}  # fmt: skip
PAYMENTS = {
    ("billing_allocation", "allocation_moves_amounts"): Written(
        ("INSERT INTO billing_allocation (payment_id, invoice_id, customer_id, amount, at)"
         " SELECT p.id, i.id, p.customer_id, 0.01, now() FROM billing_payment p, billing_invoice i"
         " WHERE p.status = 'COMPLETED' AND p.amount > p.allocated_amount + p.refunded_amount + 1"
         "   AND i.status = 'OPEN' AND i.amount_due > 1 AND i.customer_id = p.customer_id"
         "   AND NOT EXISTS (SELECT FROM billing_allocation a WHERE a.payment_id = p.id"
         "                   AND a.invoice_id = i.id AND a.released_at IS NULL) LIMIT 1",),
        "SELECT sum(allocated_amount) FROM billing_payment",
        before=("UPDATE billing_allocation SET released_at = now() WHERE released_at IS NULL",),
    ),
    ("billing_allocation", "allocation_release_moves_amounts"): Written(
        ("UPDATE billing_allocation SET released_at = now() WHERE released_at IS NULL",),
        "SELECT sum(allocated_amount) FROM billing_payment",
    ),
    ("billing_deposit", "deposit_held_by_moves"): Refused(
        ("UPDATE billing_deposit SET held_amount = held_amount + 1",), "deposit_held_by_moves"
    ),
    ("billing_depositmove", "deposit_moves"): Written(
        (clone("billing_depositmove", "kind = 'TAKEN'", id=f"{NEW}",
               number="'DP-2026-00777'::text"),),
        "SELECT sum(held_amount) FROM billing_deposit",
    ),
    ("billing_payment", "commission_begins"): Written(
        (clone("billing_payment", "id = (SELECT min(payment_id) FROM resellers_commission)",
               id=f"{NEW}", receipt_number="'RCP-2026-90001'::text", status="'COMPLETED'::text",
               idempotency_key="'born'::text", allocated_amount="0", refunded_amount="0"),),
        "SELECT count(*) FROM resellers_commission",
    ),
    ("billing_payment", "payment_begins"): Refused(
        (clone("billing_payment", id=f"{NEW}", receipt_number="'RCP-2026-90001'::text",
               idempotency_key="'born'::text", allocated_amount="0.01", refunded_amount="0"),),
        "payment_allocated_by_allocations",
    ),
    ("billing_payment", "payment_allocated_by_allocations"): Refused(
        ("UPDATE billing_payment SET allocated_amount = allocated_amount + 0.01"
         " WHERE amount > allocated_amount + refunded_amount + 1 AND status = 'COMPLETED'",),
        "payment_allocated_by_allocations",
    ),
    ("billing_payment", "commission_follows"): Written(
        ("UPDATE billing_payment SET status = 'REVERSED', reversed_at = now(),"
         " reversal_reason = 'the cheque behind it bounced' WHERE id ="
         " (SELECT min(payment_id) FROM resellers_commission WHERE status = 'PAID')",),
        "SELECT sum(clawed_back_amount) FROM resellers_commission",
    ),
    ("billing_payment", "payment_frozen"): Refused(
        ("UPDATE billing_payment SET posted_on = posted_on + 1",), "payment_is_frozen"
    ),
    ("billing_payment", "payment_refunded_by_refunds"): Refused(
        ("UPDATE billing_payment SET refunded_amount = refunded_amount + 0.01"
         " WHERE amount > allocated_amount + refunded_amount + 1 AND status = 'COMPLETED'",),
        "payment_refunded_by_refunds",
    ),
    ("billing_refund", "refund_holds"): Refused(
        (clone("billing_refund", id=f"{NEW}", number="'RF-2026-00777'::text"),),
        "refund_is_the_sum_of_its_parts",
    ),
    ("billing_refundpart", "refund_parts_first"): Refused(
        (clone("billing_refundpart", id=f"{NEW}",
               payment_id="(SELECT max(id) FROM billing_payment)"),), "refund_is_frozen",
    ),
    ("billing_refundpart", "refund_of_no_reward"): Refused(
        (clone("billing_refundpart", id=f"{NEW}", refund_id=f"{NEW}",
               payment_id="(SELECT max(id) FROM billing_payment WHERE method = 'REFERRAL')"),),
        "referral_reward_is_not_paid_out",
        before=("ALTER TABLE billing_payment DISABLE TRIGGER payment_frozen",
                "UPDATE billing_payment SET method = 'REFERRAL'"),
    ),
    ("payments_voucher", "voucher_redeemable"): Refused(
        ("UPDATE payments_voucher SET status = 'REDEEMED',"
            " redemptions = redemptions + 1, redeemed_at = now(), payment_id ="
         " (SELECT max(id) FROM billing_payment WHERE method <> 'VOUCHER'), customer_id ="
         " (SELECT min(id) FROM customers_customer) WHERE id ="
         " (SELECT min(id) FROM payments_voucher WHERE status = 'NEW')",),
        "voucher_of_active_batch",
        before=("ALTER TABLE payments_voucherbatch DISABLE TRIGGER USER",
                "UPDATE payments_voucherbatch SET status = 'BLOCKED'"),
    ),
}  # fmt: skip
VIOLATIONS = BILLING | CUSTOMERS | PAYMENTS
