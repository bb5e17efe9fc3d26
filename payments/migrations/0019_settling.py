"""Settling a payment is one call of the database (docs/adr/0028-settling-in-the-database.md).

`payments_spread` is the one rule of which money pays which invoice; `payments_settle` and
`payments_complete` are the two halves of a settlement, called by `payments.services.settlement`
and nobody else.
"""

from django.db import migrations

SPREAD = """
-- Let what money a customer has left pay what is due: the oldest money the oldest debt. Returns the
-- parts; what no part takes stays with its payment and is credit. The customer's standing is locked
-- by the caller. `incoming` is a payment being settled in this transaction: it counts although it
-- is not completed, and comes first when invoices were `chosen` for it, which are paid before the
-- others. Payments are locked before invoices, each in one order.
CREATE FUNCTION payments_spread(customer bigint, incoming bigint, chosen bigint[], moment timestamptz)
RETURNS TABLE (paying bigint, paid bigint, part numeric) LANGUAGE plpgsql AS $$
DECLARE
    purses bigint[];
    contents numeric[];
    used numeric[];
    bills bigint[];
    dues numeric[];
    has_more numeric;
    held numeric;
    bill int := 1;
BEGIN
    IF incoming IS NOT NULL AND NOT EXISTS (
        SELECT FROM payments_payment p WHERE p.customer_id = customer AND p.status = 'COMPLETED'
        AND p.amount > p.allocated_amount + p.refunded_amount) THEN
        -- Nearly always: what comes in is all the money there is.
        SELECT ARRAY[p.id], ARRAY[p.amount - p.allocated_amount - p.refunded_amount],
               ARRAY[p.allocated_amount]
        INTO purses, contents, used
        FROM payments_payment p WHERE p.id = incoming AND p.customer_id = customer;
    ELSE
        SELECT array_agg(m.id ORDER BY m.is_first DESC, m.received_at, m.id),
               array_agg(m.amount - m.allocated_amount - m.refunded_amount
                         ORDER BY m.is_first DESC, m.received_at, m.id),
               array_agg(m.allocated_amount ORDER BY m.is_first DESC, m.received_at, m.id)
        INTO purses, contents, used
        FROM (SELECT p.id, p.received_at, p.amount, p.allocated_amount, p.refunded_amount,
                     p.id IS NOT DISTINCT FROM incoming AND cardinality(chosen) > 0 AS is_first
              FROM payments_payment p
              WHERE p.customer_id = customer
                AND ((p.status = 'COMPLETED'
                      AND p.amount > p.allocated_amount + p.refunded_amount) OR p.id = incoming)
              ORDER BY p.received_at, p.id FOR NO KEY UPDATE) m;
    END IF;
    IF purses IS NULL THEN
        RETURN;
    END IF;
    SELECT array_agg(d.id ORDER BY d.id = ANY (chosen) DESC, d.due_date, d.id),
           array_agg(d.amount_due ORDER BY d.id = ANY (chosen) DESC, d.due_date, d.id)
    INTO bills, dues
    FROM (SELECT i.id, i.due_date, i.amount_due FROM billing_invoice i
          WHERE i.customer_id = customer AND i.status = 'OPEN' AND i.amount_due > 0
          ORDER BY i.due_date, i.id FOR NO KEY UPDATE) d;
    IF bills IS NULL THEN
        RETURN;
    END IF;
    FOR purse IN 1 .. cardinality(purses) LOOP
        has_more := contents[purse];
        WHILE has_more > 0 AND bill <= cardinality(bills) LOOP
            paying := purses[purse];
            paid := bills[bill];
            part := least(has_more, dues[bill]);
            held := 0;
            IF used[purse] > 0 THEN
                -- A part that joins one already held replaces it by their sum: a payment gets to
                -- pay the same invoice twice when another payment of it was reversed.
                UPDATE payments_allocation a SET released_at = moment
                WHERE a.payment_id = paying AND a.invoice_id = paid AND a.released_at IS NULL
                RETURNING a.amount INTO held;
            END IF;
            INSERT INTO payments_allocation (payment_id, invoice_id, customer_id, amount, at)
            VALUES (paying, paid, customer, part + coalesce(held, 0), moment);
            RETURN NEXT;
            has_more := has_more - part;
            dues[bill] := dues[bill] - part;
            IF dues[bill] = 0 THEN
                bill := bill + 1;
            END IF;
        END LOOP;
    END LOOP;
END $$;
"""

SETTLE = """
-- What is asked of the two functions below, as `payments.services.settling` writes it.
CREATE TYPE payments_asked AS (
    customer bigint, amount numeric(14, 2), method text, reference text, key text, currency text,
    account int, landed_in int, received_by bigint, received_at timestamptz, posted_on date,
    booked_on date, note text, chosen bigint[], is_repeat_confirmed boolean, near_from timestamptz,
    near_until timestamptz, at timestamptz, today date, by_steps boolean, actor bigint,
    actor_name text, request text, ip inet, channels text[], message_settings text,
    is_urgent boolean, email_at timestamptz, other_at timestamptz, method_words jsonb);

-- Lock, decide and change. The verdict says what came of it:
--   DONE        settled, numbered, noted and announced
--   OPEN        settled but for `payments_complete` (asked for with `by_steps`)
--   EARLIER     the key made this payment before          (nothing written)
--   REPEAT      the same was paid minutes ago, by this payment    (nothing written)
--   NOT_PAYABLE a chosen invoice is not open              (nothing written)
--   CHART       an account of the books is missing        (nothing written)
--   SETTINGS    the choices about messages have changed   (nothing written)
--   CASH        the till has to say which day it counts for       (nothing written)
--   BY_STEPS    a service may have to be opened or renewed        (nothing written)
-- The standing stays locked until the transaction ends.
CREATE FUNCTION payments_settle(a payments_asked, OUT verdict text, OUT payment bigint, OUT branch bigint,
    OUT receipt text, OUT allocated numeric, OUT invoices int) LANGUAGE plpgsql AS $$
DECLARE
    known record;
    day date;
    entry bigint;
BEGIN
    PERFORM set_config('app.actor_id', coalesce(a.actor::text, ''), true),
            set_config('app.actor_name', a.actor_name, true),
            set_config('app.at', a.at::text, true),
            set_config('app.reason', 'payment of ' || a.amount || ' received', true),
            set_config('app.request_id', a.request, true);
    PERFORM 1 FROM customers_standing s WHERE s.customer_id = a.customer FOR UPDATE;
    SELECT c.branch_id,
           (SELECT p.id FROM payments_payment p
            WHERE p.idempotency_key = a.key AND p.status <> 'FAILED') AS earlier,
           CASE WHEN NOT a.is_repeat_confirmed THEN
               (SELECT max(p.id) FROM payments_payment p
                WHERE p.customer_id = c.id AND p.status = 'COMPLETED' AND p.amount = a.amount
                  AND p.method = a.method AND p.received_at BETWEEN a.near_from AND a.near_until)
           END AS twin,
           EXISTS (SELECT FROM customers_suspension s
                   WHERE s.customer_id = c.id AND s.ended_at IS NULL AND s.kind = 'NON_PAYMENT')
           OR EXISTS (SELECT FROM customers_subscription s
                      JOIN billing_schedule h ON h.subscription_id = s.id
                      WHERE s.customer_id = c.id AND s.mode = 'PREPAID'
                        AND s.status NOT IN ('PENDING', 'CANCELLED')
                        AND h.billed_until <= a.today) AS moves_services,
           (SELECT count(*) FROM billing_account b WHERE b.code IN (1100, a.landed_in)) AS accounts,
           (SELECT m.xmin::text || m.ctid::text FROM notifications_messagesettings m
            WHERE m.id = 1) AS settings
    INTO STRICT known FROM customers_customer c WHERE c.id = a.customer;
    branch := known.branch_id;
    payment := coalesce(known.earlier, known.twin);
    verdict := CASE
        WHEN known.earlier IS NOT NULL THEN 'EARLIER'
        WHEN known.twin IS NOT NULL THEN 'REPEAT'
        WHEN cardinality(a.chosen) > 0 AND EXISTS (
            SELECT FROM unnest(a.chosen) AS one (id)
            WHERE NOT EXISTS (SELECT FROM billing_invoice i
                              WHERE i.id = one.id AND i.customer_id = a.customer
                                AND i.status = 'OPEN' AND i.amount_due > 0)) THEN 'NOT_PAYABLE'
        WHEN known.accounts < 2 THEN 'CHART'
        WHEN known.settings IS DISTINCT FROM a.message_settings THEN 'SETTINGS'
        WHEN a.landed_in = 1000 AND a.booked_on IS NULL THEN 'CASH'
        WHEN known.moves_services AND NOT a.by_steps THEN 'BY_STEPS'
        WHEN a.by_steps THEN 'OPEN'
        ELSE 'DONE' END;
    IF verdict NOT IN ('OPEN', 'DONE') THEN
        RETURN;
    END IF;

    INSERT INTO payments_payment (customer_id, branch_id, amount, allocated_amount, currency, method,
        status, reference, account_no, received_by_id, received_at, posted_on, idempotency_key, note,
        reversal_reason)
    VALUES (a.customer, branch, a.amount, 0, a.currency, a.method, 'PENDING', a.reference, a.account,
        a.received_by, a.received_at, a.posted_on, a.key, a.note, '')
    RETURNING id INTO payment;

    day := billing_open_day(coalesce(a.booked_on, a.posted_on));
    INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
        customer_id, memo, actor_id, first_line)
    VALUES ('PAYMENT', 'payment', payment, day, a.at, branch, a.customer,
        CASE WHEN day = coalesce(a.booked_on, a.posted_on)
             THEN left(concat_ws(' ', a.method, nullif(a.reference, '')), 160)
             ELSE left(concat_ws(' ', a.method, nullif(a.reference, '')), 140)
                  || ' (of ' || coalesce(a.booked_on, a.posted_on) || ')' END,
        a.actor, 1)
    RETURNING id INTO entry;
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    VALUES (entry, 1, a.landed_in, NULL, a.amount), (entry, 2, 1100, a.customer, -a.amount);

    SELECT count(DISTINCT s.paid) INTO invoices
    FROM payments_spread(a.customer, payment, a.chosen, a.at) s;

    -- Written from what stands in the tables, never added to, so that a repeat cannot drift.
    UPDATE customers_standing s
    SET oldest_due_date = (SELECT min(i.due_date) FROM billing_invoice i
                           WHERE i.customer_id = a.customer AND i.status = 'OPEN' AND i.amount_due > 0),
        last_paid_at = p.received_at, last_paid_amount = p.amount,
        lifetime_value_amount = p.lifetime
    FROM (SELECT q.received_at, q.amount, sum(q.amount) OVER () AS lifetime
          FROM payments_payment q
          WHERE q.customer_id = a.customer AND (q.status = 'COMPLETED' OR q.id = payment)
          ORDER BY q.received_at DESC, q.id DESC LIMIT 1) p
    WHERE s.customer_id = a.customer;

    IF verdict = 'DONE' THEN
        SELECT done.receipt, done.allocated INTO receipt, allocated
        FROM payments_complete(a, payment, invoices, 0) done;
    END IF;
END $$;

-- Number, note and announce a payment that `payments_settle` has left open. The receipt's counter
-- is the last row locked, so that cashiers wait for each other as briefly as can be.
CREATE FUNCTION payments_complete(a payments_asked, payment bigint, invoices int, reactivated int,
    OUT receipt text, OUT allocated numeric) LANGUAGE plpgsql AS $$
DECLARE
    who record;
    number bigint;
    of_year int;
BEGIN
    of_year := extract(year FROM a.posted_on);
    SELECT c.branch_id, c.number, c.name, c.phone, c.email, c.wants_sms, c.wants_whatsapp,
           c.wants_email, s.balance_amount,
           CASE WHEN a.method_words ? split_part(lower(c.language), '-', 1)
                THEN split_part(lower(c.language), '-', 1) ELSE 'en' END AS language
    INTO STRICT who
    FROM customers_customer c JOIN customers_standing s ON s.customer_id = c.id
    WHERE c.id = a.customer;

    UPDATE core_numbersequence SET next_number = next_number + 1
    WHERE series = 'RCP' AND year = of_year RETURNING next_number - 1 INTO number;
    IF number IS NULL THEN
        INSERT INTO core_numbersequence AS n (series, year, next_number) VALUES ('RCP', of_year, 2)
        ON CONFLICT ON CONSTRAINT number_sequence_once_a_year
        DO UPDATE SET next_number = n.next_number + 1 RETURNING next_number - 1 INTO number;
    END IF;
    receipt := 'RCP-' || of_year || '-' || lpad(number::text, greatest(5, length(number::text)), '0');
    UPDATE payments_payment SET receipt_number = receipt, status = 'COMPLETED'
    WHERE id = payment RETURNING allocated_amount INTO allocated;
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, after, request_id, ip)
    VALUES (a.at, a.actor, a.actor_name, '', 'payment.recorded', 'payment', payment, receipt,
        a.customer, who.branch_id, '', jsonb_build_object('amount', a.amount::text,
        'method', a.method, 'reference', a.reference, 'allocated', allocated::text,
        'invoices', invoices, 'reactivated', reactivated), a.request, a.ip);
    INSERT INTO notifications_message (dedup_key, event, channel, recipient, customer_id, language,
        context, subject, body, parts, state, is_urgent, attempts, next_attempt_at, provider,
        provider_ref, error, created_at)
    SELECT 'payment_received:' || receipt || ':' || way.channel, 'payment_received', way.channel,
           way.recipient, a.customer, who.language, jsonb_build_object('name', who.name,
           'number', who.number, 'amount', a.amount::text, 'receipt', receipt,
           'method', a.method_words -> who.language, 'balance', who.balance_amount::text),
           '', '', 0, 'QUEUED', a.is_urgent, 0,
           CASE WHEN way.channel = 'EMAIL' THEN a.email_at ELSE a.other_at END, '', '', '', a.at
    FROM (VALUES ('SMS', who.phone, who.wants_sms), ('WHATSAPP', who.phone, who.wants_whatsapp),
                 ('EMAIL', who.email, who.wants_email)) AS way (channel, recipient, is_wanted)
    WHERE way.is_wanted AND way.recipient <> '' AND way.channel = ANY (a.channels)
      AND NOT EXISTS (SELECT FROM notifications_wording w
                      WHERE w.event = 'payment_received' AND w.channel = way.channel
                        AND w.language = who.language AND (NOT w.is_active OR w.body = ''))
    ON CONFLICT (dedup_key) DO NOTHING;
END $$;
"""

DROP = """
DROP FUNCTION payments_settle, payments_complete, payments_spread;
DROP TYPE payments_asked;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0018_payouts_once"),
        ("billing", "0016_papers_of_the_house"),
        ("notifications", "0004_find_by_recipient"),
        ("audit", "0004_versions_once"),
    ]
    operations = [migrations.RunSQL(SPREAD + SETTLE, DROP)]
