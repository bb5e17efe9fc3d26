"""What the triggers of online payments, bank import, cash desk and debit orders keep out.

One case for every constraint a trigger speaks of, and for every column it keeps (goal M6). The
rows are those of `money_scene`.
"""

from dataclasses import dataclass

from django.apps import apps

from tests.laws.violations import NEW, clone, entry


@dataclass(frozen=True)
class Case:
    table: str
    trigger: str
    constraint: str  # which it names when it refuses; "": it writes what `query` asks for
    statements: tuple[str, ...]
    before: tuple[str, ...] = ()
    query: str = ""


def staged(*statements):
    """Return the SQL that puts rows into a state of before, without any trigger."""
    return (
        "SET session_replication_role = replica",
        *statements,
        "SET session_replication_role = origin",
    )


# Cases name a table by its model: it is the same whichever app holds it.
TABLES = {
    model._meta.model_name: model._meta.db_table
    for app in ("billing", "payments")
    for model in apps.get_app_config(app).get_models()
}


def refused(model, trigger, constraint, *statements, before=()):
    return Case(TABLES[model], trigger, constraint, statements, before)


def kept(model, trigger, constraint, where="true", **columns):
    """Return a case for each column that never changes, and none for others."""
    update = f"UPDATE {TABLES[model]} SET"
    return [
        refused(model, trigger, constraint, f'{update} "{column}" = {value} WHERE {where}')
        for column, value in columns.items()
    ]


def removed(model, trigger, constraint, where="true"):
    delete = f"DELETE FROM {TABLES[model]} WHERE {where}"
    return refused(model, trigger, constraint, delete)


ATTEMPT, OPEN, SETTLED = "payments_paymentattempt", "state = 'OPEN'", "state = 'SETTLED'"
OTHERS_PAYMENT = (
    "(SELECT max(p.id) FROM billing_payment p WHERE p.customer_id <>"
    f" (SELECT customer_id FROM {ATTEMPT} WHERE {OPEN}) AND NOT EXISTS"
    f" (SELECT FROM {ATTEMPT} t WHERE t.payment_id = p.id))"
)
SETTLE = (
    f"UPDATE {ATTEMPT} SET state = 'SETTLED', gateway_reference = 'V9', paid_amount = {{paid}},"
    f" payment_id = {OTHERS_PAYMENT} WHERE {OPEN}"
)
OWN = (
    f"UPDATE billing_payment SET customer_id = (SELECT customer_id FROM {ATTEMPT} WHERE {OPEN})"
    f" WHERE id = {OTHERS_PAYMENT}"
)
UNSETTLED = f"SELECT (SELECT min(id) FROM {ATTEMPT} WHERE {OPEN})"
ONLINE = [
    removed("paymentattempt", "attempt_frozen", "attempt_is_kept", OPEN),
    *kept(
        "paymentattempt", "attempt_frozen", "attempt_is_frozen", OPEN,
        order="'ANOTHER'", account_id="(SELECT max(id) FROM payments_gatewayaccount)",
        customer_id="(SELECT min(id) FROM customers_customer)", amount="1", currency="'USD'",
        invoices="'[1]'", source="'PORTAL'", idempotency_key="'another'",
        started_at="started_at - interval '1 day'",
    ),
    refused(
        "paymentattempt", "attempt_frozen", "attempt_is_frozen",
        f"UPDATE {ATTEMPT} SET payment_id = {OTHERS_PAYMENT} WHERE {SETTLED}",
    ),
    refused(
        "paymentattempt", "attempt_frozen", "attempt_moves_forward",
        f"UPDATE {ATTEMPT} SET state = 'STARTED' WHERE {OPEN}",
    ),
    # Settled by somebody else's money; by money of another amount.
    refused(
        "paymentattempt", "attempt_frozen", "attempt_settled_by_its_payment",
        SETTLE.format(paid=f"(SELECT amount FROM billing_payment WHERE id = {OTHERS_PAYMENT})"),
    ),
    refused(
        "paymentattempt", "attempt_frozen", "attempt_settled_by_its_payment",
        f"UPDATE {ATTEMPT} SET paid_amount = paid_amount + 1 WHERE {SETTLED}",
    ),
    refused(
        "paymentattempt", "attempt_frozen", "attempt_back_with_its_payment",
        f"UPDATE {ATTEMPT} SET state = 'REVERSED' WHERE {SETTLED}",
    ),
    refused(
        "paymentattempt", "attempt_frozen", "attempt_is_frozen",
        f"UPDATE {ATTEMPT} SET owed_amount = 2 WHERE {OPEN}",
        before=staged(f"UPDATE {ATTEMPT} SET owed_amount = 1 WHERE {OPEN}"),
    ),
    # Credited although it has gone back to who paid it.
    refused(
        "paymentattempt", "attempt_frozen", "attempt_sent_back_is_not_credited",
        f"UPDATE {ATTEMPT} a SET state = 'SETTLED', payment_id = (SELECT min(p.id)"
        " FROM billing_payment p WHERE p.customer_id = a.customer_id"
        " AND p.amount = a.paid_amount) WHERE state = 'REFUSED'",
        before=staged(
            "UPDATE payments_gatewayrefund SET refund_id = NULL",
            f"UPDATE {ATTEMPT} SET state = 'REFUSED', owed_amount = paid_amount,"
            f" payment_id = NULL WHERE {SETTLED}",
        ),
    ),
    refused(
        "paymentattempt", "attempt_begins", "attempt_begins_started",
        clone(ATTEMPT, OPEN, id=f"{NEW}", order="'BORN'::text", idempotency_key="'born'::text"),
    ),
    Case(
        ATTEMPT, "attempt_under_way", "",
        (f"UPDATE {ATTEMPT} SET claimed_at = now() WHERE {OPEN}",),
        query="SELECT count(*) FROM billing_paymentunderway WHERE source = 'ATTEMPT'",
    ),
    Case(
        ATTEMPT, "attempt_under_way", "",
        (f"UPDATE {ATTEMPT} SET state = 'SETTLED', payment_id = (SELECT min(p.id)"
         " FROM billing_payment p JOIN payments_paymentattempt a USING (customer_id)"
         " WHERE a.state = 'HELD' AND p.amount = a.paid_amount) WHERE state = 'HELD'",),
        before=staged(
            "UPDATE payments_gatewayrefund SET refund_id = NULL",
            f"UPDATE {ATTEMPT} SET state = 'HELD', payment_id = NULL WHERE {SETTLED}",
            "INSERT INTO billing_paymentunderway (source, source_id, customer_id)"
            f" SELECT 'ATTEMPT', id, customer_id FROM {ATTEMPT} WHERE state = 'HELD'",
        ),
        query="SELECT count(*) FROM billing_paymentunderway WHERE source = 'ATTEMPT'",
    ),
    removed("gatewaycallback", "callback_frozen", "callback_is_kept"),
    *kept(
        "gatewaycallback", "callback_frozen", "callback_is_kept",
        account_id="(SELECT max(id) FROM payments_gatewayaccount)", kind="'RETURN'",
        claim="'success'", order="'ANOTHER'", fields="'{}'", fingerprint="'g'", ip="'192.0.2.2'",
        received_at="received_at + interval '1 s'", times="times - 1",
    ),
    removed("gatewayrefund", "gateway_refund_frozen", "gateway_refund_moves_forward"),
    *kept(
        "gatewayrefund", "gateway_refund_frozen", "gateway_refund_moves_forward",
        order="'ANOTHER'", attempt_id=f"(SELECT id FROM {ATTEMPT} WHERE {OPEN})",
        refund_id="(SELECT max(id) FROM billing_refund)",
        customer_id="(SELECT max(id) FROM customers_customer)", amount="amount + 1",
        is_sent="false",
    ),
    refused(
        "gatewayrefund", "gateway_refund_frozen", "gateway_refund_moves_forward",
        "UPDATE payments_gatewayrefund SET state = 'PROCESSING'",
        before=staged("UPDATE payments_gatewayrefund SET state = 'DONE'"),
    ),
    refused(
        "gatewayrefund", "gateway_refund_within", "gateway_refunds_within_payment",
        clone("payments_gatewayrefund", id=f"{NEW}", order="'MORE'::text", amount="1900.01",
              refund_id="(SELECT max(id) FROM billing_refund)"),
    ),
    removed("paymentmethod", "payment_method_frozen", "payment_method_is_kept",
            "removed_at IS NOT NULL"),
    *kept(
        "paymentmethod", "payment_method_frozen", "payment_method_is_kept",
        "removed_at IS NOT NULL",
        customer_id="(SELECT max(id) FROM customers_customer)", kind="'EFT'",
        key="gen_random_uuid()", removed_at="NULL",
    ),
]  # fmt: skip

LINE, PART = "payments_statementline", "payments_statementpart"
BANK = [
    Case(
        PART, "statement_part_moves", "",
        (f"UPDATE {PART} SET undone_at = now(), undone_reason = 'it was a mistake'",),
        query=f"SELECT sum(open_amount), array_agg(state::text ORDER BY id) FROM {LINE}",
    ),
    removed("statementpart", "statement_part_frozen", "statement_part_is_frozen"),
    *kept("statementpart", "statement_part_frozen", "statement_part_is_frozen",
          amount="50", kind="'ELSEWHERE', reason = 'because'", at="at - interval '1 day'"),
    refused(
        "statementpart", "statement_part_frozen", "statement_part_is_frozen",
        f"UPDATE {PART} SET undone_at = NULL, undone_reason = ''",
        before=staged(f"UPDATE {PART} SET undone_at = now(), undone_reason = 'a mistake'"),
    ),
    refused("statementline", "statement_line_moved_by_parts", "statement_line_moved_by_parts",
            f"UPDATE {LINE} SET open_amount = open_amount - 1 WHERE open_amount > 1"),
    removed("statementline", "statement_line_frozen", "statement_line_is_frozen",
            "open_amount = 70"),
    *kept(
        "statementline", "statement_line_frozen", "statement_line_is_frozen", "open_amount = 70",
        account_id="(SELECT min(id) FROM payments_bankaccount)",
        statement_id="(SELECT min(id) FROM payments_statementimport)", row_no="99",
        booked_on="booked_on - 1", amount="71", description="'x'",
        reference="'x'", counterparty="'x'", bank_id="'x'", fingerprint="'x'",
    ),
    refused(
        "statementline", "statement_line_frozen", "statement_line_is_frozen",
        f"UPDATE {LINE} SET is_held_unmatched = false WHERE open_amount = 70",
        before=staged(f"UPDATE {LINE} SET is_held_unmatched = true WHERE open_amount = 70"),
    ),
    removed("settlementimport", "settlement_frozen", "settlement_is_frozen"),
    *kept("settlementimport", "settlement_frozen", "settlement_is_frozen",
          reference="'x'", paid_on="paid_on - 1"),
    removed("settlementline", "settlement_line_frozen", "settlement_line_is_frozen"),
    *kept("settlementline", "settlement_line_frozen", "settlement_line_is_frozen",
          row_no="9", transaction_id="'x'"),
    refused(
        "settlementline", "settlement_line_frozen", "settlement_line_is_frozen",
        "UPDATE payments_settlementline SET became = 'OPEN' WHERE became = 'BORNE'",
        before=staged(
            "UPDATE payments_settlementline SET is_chargeback = true, became = 'BORNE',"
            " gross_amount = -1, net_amount = -1 - fee_amount"
        ),
    ),
]  # fmt: skip

SHIFT, MOVE = "billing_shift", "billing_cashmove"
WORKING = f"(SELECT id FROM {SHIFT} WHERE state = 'OPEN' AND handed_amount = 0 LIMIT 1)"
MOVES = f"INSERT INTO {MOVE} (kind, branch_id, shift_id, amount, moved_on, moved_at)"
CASH_ENTRY = (
    entry(source_type="'by_hand'::text"),
    "INSERT INTO billing_posting (entry_id, line_no, account_id, amount)"
    f" VALUES ({NEW}, 1, 1000, 5), ({NEW}, 2, 4000, -5)",
)
CLOSE = (
    "INSERT INTO billing_dayclose (branch_id, day, after_day, move_count, moved_amount,"
    " safe_amount, figures, note, closed_at, closed_by_id) SELECT {branch}, {day}, {after}, 0, 0,"
    " 0, '{{}}', '', now(), min(id) FROM accounts_user"
)
CLOSED = "(SELECT branch_id FROM billing_dayclose)"
DESK = [
    Case("billing_posting", "postings_place_cash", "", CASH_ENTRY,
         query=f"SELECT count(*), sum(amount) FROM {MOVE}"),
    Case(
        MOVE, "cash_moves", "",
        (f"{MOVES} SELECT 'FLOAT', branch_id, v.shift, v.amount, '2026-01-10', now()"
         f" FROM {SHIFT} s, LATERAL (VALUES (s.id, 5), (NULL, -5)) v(shift, amount)"
         f" WHERE s.id = {WORKING}",),
        query=f"SELECT sum(held_amount), sum(float_amount) FROM {SHIFT}",
    ),
    refused(
        "cashmove", "cash_moves", "cash_move_by_its_posting",
        clone(MOVE, "entry_id IS NOT NULL", id=f"{NEW}", line_no="77"),
    ),
    refused(
        "cashmove", "cash_moves", "cash_passing_balances",
        f"{MOVES} SELECT 'FLOAT', branch_id, id, 5, '2026-01-10', now() FROM {SHIFT}"
        f" WHERE id = {WORKING}",
    ),
    refused(
        "cashmove", "cash_moves", "cash_day_is_open",
        f"{MOVES} VALUES ('RETURNED', {CLOSED}, NULL, 5, '2026-01-10', now()),"
        f" ('RETURNED', {CLOSED}, NULL, -5, '2026-01-10', now())",
    ),
    refused(
        "cashmove", "cash_moves", "cash_in_open_shift",
        f"{MOVES} SELECT 'FLOAT', branch_id, v.shift, v.amount, '2026-01-11', now()"
        f" FROM {SHIFT} s, LATERAL (VALUES (s.id, 5), (NULL, -5)) v(shift, amount)"
        " WHERE s.state = 'CLOSED'",
    ),
    refused("shift", "shift_figures_by_moves", "shift_figures_by_moves",
            f"UPDATE {SHIFT} SET held_amount = held_amount + 1, float_amount = float_amount + 1"
            " WHERE state = 'OPEN'"),
    refused(
        "shift", "shift_frozen", "shift_is_frozen",
        clone(SHIFT, "state = 'CLOSED'", id=f"{NEW}", number="'SH-2026-90001'::text"),
    ),
    refused("shift", "shift_frozen", "shift_is_frozen",
            f"UPDATE {SHIFT} SET opened_on = opened_on - 1 WHERE state = 'OPEN'"),
    refused("shift", "shift_frozen", "shift_is_frozen",
            f"UPDATE {SHIFT} SET opened_itself = NOT opened_itself WHERE state = 'CLOSED'"),
    removed("shift", "shift_frozen", "shift_is_frozen", "state = 'CLOSED'"),
    removed("handover", "handover_frozen", "handover_is_frozen"),
    *kept(
        "handover", "handover_frozen", "handover_is_frozen", amount="amount + 1", note="'x'",
        to_person_id="(SELECT min(id) FROM accounts_user)", offered_by_id="to_person_id",
        offered_at="offered_at - interval '1 day'",
        from_shift_id=f"(SELECT id FROM {SHIFT} WHERE state = 'CLOSED')",
    ),
    refused(
        "handover", "handover_frozen", "handover_is_frozen",
        "UPDATE billing_handover SET state = 'OFFERED', decided_at = NULL, decided_by_id = NULL",
        before=staged("UPDATE billing_handover SET state = 'REFUSED', decided_at = now(),"
                      " decided_by_id = to_person_id"),
    ),
    refused("dayclose", "day_close_holds", "days_close_in_order",
            CLOSE.format(branch=CLOSED, day="'2026-01-11'::date", after="NULL::date")),
    refused(
        "dayclose", "day_close_holds", "day_close_after_its_shifts",
        CLOSE.format(branch=f"(SELECT branch_id FROM {SHIFT} WHERE state = 'OPEN' LIMIT 1)",
                     day="'2026-01-10'::date", after="NULL::date"),
    ),
]  # fmt: skip

MANDATE, BATCH, ORDER = "payments_mandate", "payments_debitbatch", "payments_debitorder"
FIRST = f"id = (SELECT min(id) FROM {ORDER})"
AFRESH = staged(
    f"UPDATE {ORDER} SET state = 'ACCEPTED', reason_code = '', ended_at = NULL WHERE {FIRST}",
    f"UPDATE payments_debitpart SET is_live = true WHERE order_id = (SELECT min(id) FROM {ORDER})",
)
COLLECTED = staged(
    f"UPDATE {ORDER} SET state = 'COLLECTED', payment_id = (SELECT max(id) FROM billing_payment)"
    f" WHERE {FIRST}"
)
DEBITS = [
    removed("mandate", "mandate_frozen", "mandate_is_kept"),
    *kept(
        "mandate", "mandate_frozen", "mandate_is_frozen",
        f"id = (SELECT min(id) FROM {MANDATE})",
        customer_id="(SELECT min(id) FROM customers_customer)",
        method_id="(SELECT max(id) FROM payments_paymentmethod)", account_reference="'x'",
        ceiling_amount="99999", asked_at="asked_at - interval '1 day'",
    ),
    refused("mandate", "mandate_frozen", "mandate_moves_forward",
            f"UPDATE {MANDATE} SET state = 'SENT' WHERE id = (SELECT min(id) FROM {MANDATE})"),
    refused(
        "mandate", "mandate_begins", "mandate_begins_pending",
        clone(MANDATE, id=f"{NEW}", account_reference="'born'::text", state="'SUSPENDED'::text",
              state_reason="'x'::text"),
    ),
    refused(
        "mandate", "mandate_begins", "mandate_begins_pending",
        clone(MANDATE, id=f"{NEW}", account_reference="'born'::text", state="'PENDING'::text",
              signed_at="NULL::text", customer_id="(SELECT min(id) FROM customers_customer)"),
    ),
    removed("debitbatch", "debit_batch_frozen", "debit_batch_is_kept"),
    *kept("debitbatch", "debit_batch_frozen", "debit_batch_is_frozen",
          f"id = (SELECT min(id) FROM {BATCH})",
          name="'x'", instruction="'Sameday'", action_date="action_date - 1", currency="'USD'",
          orders_count="orders_count + 1", total_amount="total_amount + 1",
          sent_at="sent_at - interval '1 day'"),
    refused("debitbatch", "debit_batch_frozen", "debit_batch_moves_forward",
            f"UPDATE {BATCH} SET state = 'PROCESSED'"),
    removed("debitorder", "debit_order_frozen", "debit_order_is_kept"),
    *kept(
        "debitorder", "debit_order_frozen", "debit_order_is_frozen", FIRST,
        reference="'x'", batch_id=f"(SELECT max(id) FROM {BATCH})",
        mandate_id=f"(SELECT max(id) FROM {MANDATE})",
        customer_id="(SELECT min(id) FROM customers_customer)", amount="amount + 1",
        action_date="action_date - 1", attempt="2",
    ),
    refused(
        "debitorder", "debit_order_frozen", "debit_order_is_frozen",
        f"UPDATE {ORDER} SET payment_id = NULL, state = 'UNPAID' WHERE {FIRST}",
        before=COLLECTED,
    ),
    refused("debitorder", "debit_order_frozen", "debit_order_moves_forward",
            f"UPDATE {ORDER} SET state = 'ACCEPTED' WHERE {FIRST}"),
    refused(
        "debitorder", "debit_order_frozen", "debit_order_collected_by_its_payment",
        f"UPDATE {ORDER} SET state = 'COLLECTED', payment_id ="
        f" (SELECT max(id) FROM billing_payment) WHERE {FIRST}",
        before=AFRESH,
    ),
    refused(
        "debitorder", "debit_order_frozen", "debit_order_back_with_its_payment",
        f"UPDATE {ORDER} SET state = 'UNPAID' WHERE {FIRST}", before=COLLECTED,
    ),
    Case(
        ORDER, "debit_order_frees_its_invoices", "",
        (f"UPDATE {ORDER} SET state = 'UNPAID', reason_code = '02' WHERE {FIRST}",), AFRESH,
        query="SELECT count(*) FROM payments_debitpart WHERE is_live",
    ),
    Case(
        ORDER, "debit_under_way", "",
        (f"UPDATE {ORDER} SET state = 'ACCEPTED' WHERE {FIRST}",),
        staged(f"UPDATE {ORDER} SET state = 'UPLOADED', reason_code = '', ended_at = NULL"
               f" WHERE {FIRST}"),
        query="SELECT count(*) FROM billing_paymentunderway WHERE source = 'DEBIT'",
    ),
    Case(
        ORDER, "debit_under_way", "",
        (f"UPDATE {ORDER} SET state = 'UNPAID', reason_code = '02' WHERE {FIRST}",),
        (*AFRESH, "INSERT INTO billing_paymentunderway (source, source_id, customer_id)"
         f" SELECT 'DEBIT', id, customer_id FROM {ORDER} WHERE {FIRST}"),
        query="SELECT count(*) FROM billing_paymentunderway WHERE source = 'DEBIT'",
    ),
    removed("debitpart", "debit_part_frozen", "debit_part_is_frozen"),
    *kept("debitpart", "debit_part_frozen", "debit_part_is_frozen",
          amount="amount + 1", is_live="true"),
    refused("debitpart", "debit_part_frozen", "debit_part_is_frozen",
            clone("payments_debitpart", id=f"{NEW}", attempt="7")),
    removed("debitstatementline", "debit_statement_line_frozen", "debit_statement_line_is_kept"),
    *kept("debitstatementline", "debit_statement_line_frozen", "debit_statement_line_is_kept",
          effect_amount="11", transaction_id="'x'", code="'x'", statement_date="'2026-01-01'"),
    refused(
        "debitstatementline", "debit_statement_line_frozen", "debit_statement_line_is_kept",
        "UPDATE payments_debitstatementline SET outcome = 'HELD'",
        before=staged("UPDATE payments_debitstatementline SET outcome = 'IGNORED'"),
    ),
]  # fmt: skip
CASES = ONLINE + BANK + DESK + DEBITS
