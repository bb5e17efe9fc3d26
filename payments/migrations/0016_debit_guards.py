"""Mandates, batches and orders only move forward; what was sent to the bank never changes."""

from django.db import migrations

SQL = """
-- PENDING → SENT → ACCEPTED → ACTIVE ⇄ SUSPENDED, and out of it at any time. What it is about
-- (whose, which account, under which reference) never changes.
CREATE FUNCTION freeze_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a mandate is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_is_kept';
    END IF;
    IF (NEW.customer_id, NEW.method_id, NEW.account_reference, NEW.ceiling_amount, NEW.asked_at)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.method_id, OLD.account_reference, OLD.ceiling_amount, OLD.asked_at) THEN
        RAISE EXCEPTION 'what mandate % permits never changes', OLD.account_reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PENDING', 'SENT'), ('PENDING', 'FAILED'), ('PENDING', 'CANCELLED'),
        ('SENT', 'ACCEPTED'), ('SENT', 'DECLINED'), ('SENT', 'EXPIRED'), ('SENT', 'FAILED'),
        ('SENT', 'CANCELLED'),
        ('ACCEPTED', 'ACTIVE'), ('ACCEPTED', 'CANCELLED'), ('ACCEPTED', 'EXPIRED'),
        ('ACCEPTED', 'DECLINED'), ('ACCEPTED', 'FAILED'),
        ('ACTIVE', 'SUSPENDED'), ('ACTIVE', 'CANCELLED'), ('ACTIVE', 'EXPIRED'),
        ('SUSPENDED', 'ACTIVE'), ('SUSPENDED', 'CANCELLED'), ('SUSPENDED', 'EXPIRED')) THEN
        RAISE EXCEPTION 'mandate %: % does not become %', OLD.account_reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'mandate_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandate_frozen BEFORE UPDATE OR DELETE ON payments_mandate
    FOR EACH ROW EXECUTE FUNCTION freeze_mandate();
CREATE TRIGGER mandate_kept_truncate BEFORE TRUNCATE ON payments_mandate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Nobody writes a mandate that was signed from the start, nor for somebody else's account.
CREATE FUNCTION check_new_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'PENDING' OR NOT EXISTS (
        SELECT FROM payments_paymentmethod m WHERE m.id = NEW.method_id
        AND m.customer_id = NEW.customer_id AND m.kind = 'BANK_ACCOUNT') THEN
        RAISE EXCEPTION 'a mandate is asked for, on a bank account of the customer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_begins_pending';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandate_begins BEFORE INSERT ON payments_mandate
    FOR EACH ROW EXECUTE FUNCTION check_new_mandate();

-- SENDING may go back to DRAFT only when the file certainly never left.
CREATE FUNCTION freeze_debit_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a debit batch is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_is_kept';
    END IF;
    IF (NEW.name, NEW.instruction, NEW.action_date, NEW.currency)
       IS DISTINCT FROM (OLD.name, OLD.instruction, OLD.action_date, OLD.currency)
       OR (OLD.state <> 'DRAFT' AND NEW.state <> 'DRAFT'
           AND (NEW.orders_count, NEW.total_amount, NEW.sent_at)
               IS DISTINCT FROM (OLD.orders_count, OLD.total_amount, OLD.sent_at)) THEN
        RAISE EXCEPTION 'batch % stays as it was sent', OLD.name
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SENDING'), ('DRAFT', 'ABANDONED'),
        ('SENDING', 'DRAFT'), ('SENDING', 'UPLOADED'), ('SENDING', 'FAILED'),
        ('SENDING', 'ABANDONED'),
        ('UPLOADED', 'LOADED'), ('UPLOADED', 'FAILED'),
        ('LOADED', 'AUTHORISED'), ('LOADED', 'LAPSED'),
        ('AUTHORISED', 'PROCESSED')) THEN
        RAISE EXCEPTION 'batch %: % does not become %', OLD.name, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debit_batch_frozen BEFORE UPDATE OR DELETE ON payments_debitbatch
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_batch();
CREATE TRIGGER debit_batch_kept_truncate BEFORE TRUNCATE ON payments_debitbatch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An order is planned, sent, accepted and answered. Money may come for one that was given up; what
-- was collected goes back only with its payment.
CREATE FUNCTION freeze_debit_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a debit order is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_is_kept';
    END IF;
    IF (NEW.reference, NEW.batch_id, NEW.mandate_id, NEW.customer_id, NEW.action_date, NEW.attempt)
       IS DISTINCT FROM
       (OLD.reference, OLD.batch_id, OLD.mandate_id, OLD.customer_id, OLD.action_date, OLD.attempt)
       OR (OLD.state <> 'PLANNED' AND NEW.amount <> OLD.amount)
       OR (OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id) THEN
        RAISE EXCEPTION 'order % stays as it was sent', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('PLANNED', 'UPLOADED'), ('PLANNED', 'DROPPED'),
        ('UPLOADED', 'ACCEPTED'), ('UPLOADED', 'REJECTED'), ('UPLOADED', 'DROPPED'),
        ('UPLOADED', 'COLLECTED'), ('UPLOADED', 'UNPAID'), ('UPLOADED', 'DISPUTED'),
        ('ACCEPTED', 'COLLECTED'), ('ACCEPTED', 'UNPAID'), ('ACCEPTED', 'DISPUTED'),
        ('ACCEPTED', 'DROPPED'),
        ('REJECTED', 'COLLECTED'), ('DROPPED', 'COLLECTED'),
        ('COLLECTED', 'UNPAID'), ('COLLECTED', 'DISPUTED')) THEN
        RAISE EXCEPTION 'order %: % does not become %', OLD.reference, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_moves_forward';
    END IF;
    IF NEW.state = 'COLLECTED' AND OLD.state <> 'COLLECTED' AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.id = NEW.payment_id
        AND p.customer_id = NEW.customer_id AND p.amount = NEW.amount
        AND p.method = 'DEBIT_ORDER') THEN
        RAISE EXCEPTION 'order % is collected by a payment of its amount', OLD.reference
            USING ERRCODE = 'check_violation', CONSTRAINT = 'debit_order_collected_by_its_payment';
    END IF;
    IF OLD.state = 'COLLECTED' AND NEW.state <> 'COLLECTED' AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RAISE EXCEPTION 'order % goes back with its payment only', OLD.reference
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_order_back_with_its_payment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debit_order_frozen BEFORE UPDATE OR DELETE ON payments_debitorder
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_order();
CREATE TRIGGER debit_order_kept_truncate BEFORE TRUNCATE ON payments_debitorder
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION free_debit_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_debitpart SET is_live = false WHERE order_id = NEW.id AND is_live;
    RETURN NULL;
END $$;
CREATE TRIGGER debit_order_frees_its_invoices AFTER UPDATE OF state ON payments_debitorder
    FOR EACH ROW WHEN (NEW.state IN ('UNPAID', 'DISPUTED', 'REJECTED', 'DROPPED')
                       AND NEW.state <> OLD.state)
    EXECUTE FUNCTION free_debit_parts();

-- Parts are those of a planned order; afterwards only its end frees their invoices.
CREATE FUNCTION freeze_debit_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_planned boolean := EXISTS (SELECT FROM payments_debitorder o
        WHERE o.id = coalesce(OLD.order_id, NEW.order_id) AND o.state = 'PLANNED');
BEGIN
    IF is_planned THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_live AND NOT NEW.is_live AND pg_trigger_depth() > 1
       AND to_jsonb(NEW) - 'is_live' = to_jsonb(OLD) - 'is_live' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the parts of a debit order stay as they were sent'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_part_is_frozen';
END $$;
CREATE TRIGGER debit_part_frozen BEFORE INSERT OR UPDATE OR DELETE ON payments_debitpart
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_part();
CREATE TRIGGER debit_part_kept_truncate BEFORE TRUNCATE ON payments_debitpart
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION freeze_debit_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['outcome', 'note', 'order_id']
          <> to_jsonb(OLD) - ARRAY['outcome', 'note', 'order_id']
       OR (OLD.outcome NOT IN ('NEW', 'HELD') AND NEW.outcome <> OLD.outcome) THEN
        RAISE EXCEPTION 'a statement line stays as it was imported'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_statement_line_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER debit_statement_line_frozen BEFORE UPDATE OR DELETE ON payments_debitstatementline
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_statement_line();
CREATE TRIGGER debit_statement_line_kept_truncate BEFORE TRUNCATE ON payments_debitstatementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT ispbill_append_only('payments_mandatehint');
SELECT ispbill_protect('payments_mandate', 'customer_id');
SELECT ispbill_protect('payments_mandatehint', 'customer_id');
SELECT ispbill_protect('payments_debitorder', 'customer_id');
SELECT ispbill_protect('payments_debitpart', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, customer_id, method_id, account_reference, state, state_reason, need, frequency,'
    ' debit_day, ceiling_amount, currency, url, asked_at, signed_at, ended_at, failures)',
    'payments_mandate');
SELECT ispbill_portal_may(
    'SELECT (id, customer_id, mandate_id, reference, amount, action_date, attempt, state,'
    ' reason_code, reason, is_retried, created_at, ended_at)', 'payments_debitorder');
SELECT ispbill_portal_may('SELECT', 'payments_debitsettings');
"""

DROP = """
DROP FUNCTION freeze_debit_statement_line, freeze_debit_part, free_debit_parts, freeze_debit_order,
    freeze_debit_batch, check_new_mandate, freeze_mandate CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_debit_orders")]
    operations = [migrations.RunSQL(SQL, DROP)]
