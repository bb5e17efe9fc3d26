"""A try to pay only moves forward, what a gateway said is kept, ways to pay are removed softly."""

from django.db import migrations

SQL = """
-- What was asked never changes; the state moves along these pairs only. Money may come late, so
-- failed, cancelled and expired ones can still be settled. A settled one is only taken back, and
-- then with its payment.
CREATE FUNCTION freeze_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a try to pay is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_is_kept';
    END IF;
    IF (NEW."order", NEW.account_id, NEW.customer_id, NEW.amount, NEW.currency, NEW.invoices,
        NEW.source, NEW.idempotency_key, NEW.started_at)
       IS DISTINCT FROM
       (OLD."order", OLD.account_id, OLD.customer_id, OLD.amount, OLD.currency, OLD.invoices,
        OLD.source, OLD.idempotency_key, OLD.started_at)
       OR (OLD.payment_id IS NOT NULL AND NEW.payment_id IS DISTINCT FROM OLD.payment_id) THEN
        RAISE EXCEPTION 'what was asked of % never changes', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('STARTED', 'OPEN'), ('STARTED', 'FAILED'), ('STARTED', 'EXPIRED'),
        ('STARTED', 'SETTLED'), ('STARTED', 'HELD'), ('STARTED', 'MISMATCH'),
        ('STARTED', 'CANCELLED'),
        ('OPEN', 'SETTLED'), ('OPEN', 'HELD'), ('OPEN', 'MISMATCH'), ('OPEN', 'FAILED'),
        ('OPEN', 'CANCELLED'), ('OPEN', 'EXPIRED'),
        ('FAILED', 'SETTLED'), ('FAILED', 'HELD'), ('FAILED', 'MISMATCH'),
        ('CANCELLED', 'SETTLED'), ('CANCELLED', 'HELD'), ('CANCELLED', 'MISMATCH'),
        ('EXPIRED', 'SETTLED'), ('EXPIRED', 'HELD'), ('EXPIRED', 'MISMATCH'),
        ('EXPIRED', 'FAILED'), ('EXPIRED', 'CANCELLED'),
        ('HELD', 'SETTLED'), ('HELD', 'FAILED'),
        ('MISMATCH', 'SETTLED'), ('MISMATCH', 'FAILED'),
        ('SETTLED', 'REVERSED')) THEN
        RAISE EXCEPTION 'attempt %: % does not become %', OLD."order", OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_moves_forward';
    END IF;
    IF NEW.state = 'SETTLED' AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.id = NEW.payment_id
        AND p.customer_id = NEW.customer_id AND p.amount = NEW.paid_amount) THEN
        RAISE EXCEPTION 'attempt % is settled by its own payment', OLD."order"
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_settled_by_its_payment';
    END IF;
    IF NEW.state = 'REVERSED' AND OLD.state <> 'REVERSED' AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.id = NEW.payment_id AND p.status = 'REVERSED') THEN
        RAISE EXCEPTION 'attempt % goes back with its payment only', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'attempt_back_with_its_payment';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempt_frozen BEFORE UPDATE OR DELETE ON payments_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION freeze_attempt();
CREATE TRIGGER attempt_kept_truncate BEFORE TRUNCATE ON payments_paymentattempt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A new try begins at the beginning, whoever writes it.
CREATE FUNCTION check_new_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'STARTED' OR NEW.payment_id IS NOT NULL THEN
        RAISE EXCEPTION 'a try to pay begins as started'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_begins_started';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attempt_begins BEFORE INSERT ON payments_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION check_new_attempt();

CREATE FUNCTION freeze_callback() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['times', 'state', 'words', 'processed_at', 'attempt_id']
          <> to_jsonb(OLD) - ARRAY['times', 'state', 'words', 'processed_at', 'attempt_id']
       OR NEW.times < OLD.times THEN
        RAISE EXCEPTION 'what a gateway said stays as it was said'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'callback_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER callback_frozen BEFORE UPDATE OR DELETE ON payments_gatewaycallback
    FOR EACH ROW EXECUTE FUNCTION freeze_callback();
CREATE TRIGGER callback_kept_truncate BEFORE TRUNCATE ON payments_gatewaycallback
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION freeze_gateway_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW."order", NEW.attempt_id, NEW.refund_id, NEW.customer_id, NEW.amount)
          IS DISTINCT FROM (OLD."order", OLD.attempt_id, OLD.refund_id, OLD.customer_id, OLD.amount)
       OR (OLD.state IN ('DONE', 'REFUSED') AND NEW.state <> OLD.state)
       OR (OLD.is_sent AND NOT NEW.is_sent) THEN
        RAISE EXCEPTION 'refund % cannot change like this', OLD."order"
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'gateway_refund_moves_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gateway_refund_frozen BEFORE UPDATE OR DELETE ON payments_gatewayrefund
    FOR EACH ROW EXECUTE FUNCTION freeze_gateway_refund();

-- Never more sent back through a gateway than came through it.
CREATE FUNCTION check_gateway_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM payments_paymentattempt a WHERE a.id = NEW.attempt_id FOR NO KEY UPDATE;
    IF (SELECT coalesce(sum(r.amount), 0) FROM payments_gatewayrefund r
        WHERE r.attempt_id = NEW.attempt_id AND r.state <> 'REFUSED')
       > (SELECT coalesce(a.paid_amount, 0) FROM payments_paymentattempt a
          WHERE a.id = NEW.attempt_id) THEN
        RAISE EXCEPTION 'more would go back than came'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'gateway_refunds_within_payment';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER gateway_refund_within AFTER INSERT ON payments_gatewayrefund
    FOR EACH ROW EXECUTE FUNCTION check_gateway_refunds();

CREATE FUNCTION freeze_payment_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.customer_id, NEW.kind, NEW.key) IS DISTINCT FROM (OLD.customer_id, OLD.kind, OLD.key)
       OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at) THEN
        RAISE EXCEPTION 'a way to pay is removed softly and stays the customer''s'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_method_is_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_method_frozen BEFORE UPDATE OR DELETE ON payments_paymentmethod
    FOR EACH ROW EXECUTE FUNCTION freeze_payment_method();

SELECT ispbill_protect('payments_paymentattempt', 'customer_id');
SELECT ispbill_protect('payments_gatewayrefund', 'customer_id');
SELECT ispbill_protect('payments_paymentmethod', 'customer_id');
SELECT ispbill_portal_may(
    'SELECT (id, "order", account_id, customer_id, branch_id, amount, currency, source, state,'
    ' started_at, expires_at, ended_at, instrument, fail_words, payment_id)',
    'payments_paymentattempt');
SELECT ispbill_portal_may('SELECT (id, slug, provider, name, is_enabled, position)',
                          'payments_gatewayaccount');
SELECT ispbill_portal_may('SELECT (id, customer_id, kind, key, label, holder, is_primary, created_at,'
                          ' removed_at)', 'payments_paymentmethod');
"""

DROP = """
DROP FUNCTION freeze_payment_method, check_gateway_refunds, freeze_gateway_refund, freeze_callback,
    check_new_attempt, freeze_attempt CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0010_gateways_and_methods")]
    operations = [migrations.RunSQL(SQL, DROP)]
