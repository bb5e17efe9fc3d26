"""The thanks for a payment know what remains, until when, and what a paused line waits for.

`payments_write_down` of `0021_settling_once` is replaced; the two facts are new, the rest is as it
was. Older code passes them over, so there is nothing to undo.
"""

from django.db import migrations

WRITE_DOWN = """
-- Number a payment, write it (`spent`: what of it pays invoices) or complete the row that is there
-- (`spent` is NULL), write the trail and the messages. The receipt's counter is the last row
-- locked, so that cashiers wait for each other as briefly as can be.
CREATE OR REPLACE FUNCTION payments_write_down(a payments_asked, who payments_payer, payment bigint,
    invoices int, reactivated int, spent numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    of_year int := extract(year FROM a.posted_on);
    tongue text := split_part(lower(who.language), '-', 1);
    receipt text;
    number bigint;
    way text;
    recipient text;
    rest jsonb := '{}';
BEGIN
    IF NOT a.method_words ? tongue THEN
        tongue := 'en';
    END IF;
    UPDATE core_numbersequence SET next_number = next_number + 1
    WHERE series = 'RCP' AND year = of_year RETURNING next_number - 1 INTO number;
    IF number IS NULL THEN
        INSERT INTO core_numbersequence AS n (series, year, next_number) VALUES ('RCP', of_year, 2)
        ON CONFLICT ON CONSTRAINT number_sequence_once_a_year
        DO UPDATE SET next_number = n.next_number + 1 RETURNING next_number - 1 INTO number;
    END IF;
    receipt := 'RCP-' || of_year || '-' || lpad(number::text, greatest(5, length(number::text)), '0');
    IF spent IS NULL THEN
        UPDATE payments_payment p SET receipt_number = receipt, status = 'COMPLETED'
        WHERE p.id = payment RETURNING p.allocated_amount INTO spent;
    ELSE
        INSERT INTO payments_payment (id, receipt_number, customer_id, branch_id, amount,
            allocated_amount, currency, method, status, reference, account_no, received_by_id,
            received_at, posted_on, idempotency_key, note, reversal_reason)
        VALUES (payment, receipt, a.customer, who.branch, a.amount, spent, a.currency, a.method,
            'COMPLETED', a.reference, a.account, a.received_by, a.received_at, a.posted_on, a.key,
            a.note, '');
    END IF;
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, after, request_id, ip)
    VALUES (a.at, a.actor, a.actor_name, '', 'payment.recorded', 'payment', payment, receipt,
        a.customer, who.branch, '', jsonb_build_object('amount', a.amount::text,
        'method', a.method, 'reference', a.reference, 'allocated', spent::text,
        'invoices', invoices, 'reactivated', reactivated), a.request, a.ip);
    -- Facts for the message's one sentence about what remains (`notifications.rules.wording`).
    IF who.balance > 0 THEN
        SELECT jsonb_strip_nulls(jsonb_build_object('rest_due', s.oldest_due_date, 'paused_for',
            CASE WHEN EXISTS (SELECT FROM customers_suspension p
                              WHERE p.customer_id = a.customer AND p.ended_at IS NULL
                                AND p.kind = 'NON_PAYMENT')
            THEN (SELECT sum(i.amount_due)::text FROM billing_invoice i
                  WHERE i.customer_id = a.customer AND i.status = 'OPEN' AND i.amount_due > 0
                    AND i.due_date < a.today) END))
        INTO STRICT rest FROM customers_standing s WHERE s.customer_id = a.customer;
    END IF;
    IF reactivated > 0 THEN  -- the line is on only when its router says so
        rest := rest || '{"reopening": true}';
    END IF;
    FOREACH way IN ARRAY who.ways LOOP
        recipient := CASE way WHEN 'EMAIL' THEN who.email ELSE who.phone END;
        CONTINUE WHEN recipient = '' OR way <> ALL (a.channels);
        -- The receipt's number is new, so the key is: nothing can be told twice.
        INSERT INTO notifications_message (dedup_key, event, channel, recipient, customer_id,
            language, context, subject, body, parts, state, is_urgent, attempts, next_attempt_at,
            provider, provider_ref, error, created_at)
        SELECT 'payment_received:' || receipt || ':' || way, 'payment_received', way, recipient,
            a.customer, tongue, jsonb_build_object('name', who.name, 'number', who.number,
            'amount', a.amount::text, 'receipt', receipt, 'method', a.method_words -> tongue,
            'balance', who.balance::text) || rest, '', '', 0, 'QUEUED', a.is_urgent, 0,
            CASE WHEN way = 'EMAIL' THEN a.email_at ELSE a.other_at END, '', '', '', a.at
        WHERE NOT EXISTS (SELECT FROM notifications_wording w
                          WHERE w.event = 'payment_received' AND w.channel = way
                            AND w.language = tongue AND (NOT w.is_active OR w.body = ''));
    END LOOP;
    RETURN receipt;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0030_paid_twice"),
        ("billing", "0021_looked_up_once"),
        ("customers", "0014_never_removed"),
    ]
    operations = [migrations.RunSQL(WRITE_DOWN, migrations.RunSQL.noop)]
