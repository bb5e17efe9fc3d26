"""A payment is written once, complete (docs/adr/0031-a-payment-is-written-once.md).

The functions of `0019_settling` are replaced. The row used to be written three times (pending,
allocated, numbered), over all its indexes each time; now it is written at the end, when its
receipt and what of it pays invoices are known. What a row claims to have allocated is proven when
it is written. Who settles outside of a transaction calls `payments_settle_alone`, which gives the
receipt's counter back before the disk has answered, and answers after it has.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_BEFORE = import_module("payments.migrations.0019_settling")
_ALLOCATIONS = import_module("payments.migrations.0002_guards").GUARDS

SPREAD = """
CREATE TYPE payments_part AS (paying bigint, paid bigint, part numeric);

-- Let what money a customer has left pay what is due: the oldest money the oldest debt. Returns the
-- parts; what no part takes stays with its payment and is credit. The customer's standing is locked
-- by the caller. `incoming` is a payment being settled in this transaction: it counts although it
-- is not completed, and comes first when invoices were `chosen` for it, which are paid before the
-- others. `brought` is its amount when its row is still to be written (else NULL); that is then all
-- the money there is. Payments are locked before invoices, each in one order.
CREATE FUNCTION payments_allocate(customer bigint, incoming bigint, chosen bigint[],
    moment timestamptz, brought numeric) RETURNS payments_part[] LANGUAGE plpgsql AS $$
DECLARE
    parts payments_part[] := '{}';
    paying bigint;
    paid bigint;
    part numeric;
    purses bigint[];
    contents numeric[];
    used numeric[];
    bills bigint[];
    dues numeric[];
    has_more numeric;
    held numeric;
    bill int := 1;
BEGIN
    IF brought IS NOT NULL THEN
        purses := ARRAY[incoming];
        contents := ARRAY[brought];
        used := ARRAY[0];
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
        RETURN parts;
    END IF;
    SELECT array_agg(d.id ORDER BY d.id = ANY (chosen) DESC, d.due_date, d.id),
           array_agg(d.amount_due ORDER BY d.id = ANY (chosen) DESC, d.due_date, d.id)
    INTO bills, dues
    FROM (SELECT i.id, i.due_date, i.amount_due FROM billing_invoice i
          WHERE i.customer_id = customer AND i.status = 'OPEN' AND i.amount_due > 0
          ORDER BY i.due_date, i.id FOR NO KEY UPDATE) d;
    IF bills IS NULL THEN
        RETURN parts;
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
            parts := parts || ROW(paying, paid, part)::payments_part;
            has_more := has_more - part;
            dues[bill] := dues[bill] - part;
            IF dues[bill] = 0 THEN
                bill := bill + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN parts;
END $$;

-- The same as rows, for who asks of payments that are all there.
CREATE FUNCTION payments_spread(customer bigint, incoming bigint, chosen bigint[], moment timestamptz)
RETURNS TABLE (paying bigint, paid bigint, part numeric) LANGUAGE sql AS $$
    SELECT p.paying, p.paid, p.part
    FROM unnest(payments_allocate(customer, incoming, chosen, moment, NULL)) p
$$;
"""

SETTLE = """
-- Whom the functions below write to and about.
CREATE TYPE payments_payer AS (
    branch bigint, number text, name text, phone text, email text, ways text[], language text,
    balance numeric);

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
-- The standing stays locked until the transaction ends. Every row is found by its key: plans made
-- while the tables of a new company were empty would read them from end to end for hours.
CREATE FUNCTION payments_settle(a payments_asked, OUT verdict text, OUT payment bigint, OUT branch bigint,
    OUT receipt text, OUT allocated numeric, OUT invoices int) LANGUAGE plpgsql
    SET enable_seqscan = off AS $$
DECLARE
    known record;
    who payments_payer;
    day date;
    is_first boolean;
    parts payments_part[];
BEGIN
    PERFORM set_config('app.actor_id', coalesce(a.actor::text, ''), true),
            set_config('app.actor_name', a.actor_name, true),
            set_config('app.at', a.at::text, true),
            set_config('app.reason', 'payment of ' || a.amount || ' received', true),
            set_config('app.request_id', a.request, true);
    PERFORM 1 FROM customers_standing s WHERE s.customer_id = a.customer FOR UPDATE;
    -- One key is settled by one at a time: the row that makes it unique is written at the end.
    PERFORM pg_advisory_xact_lock(482018, hashtext(a.key));
    SELECT c.branch_id, c.number, c.name, c.phone, c.email, c.wants_sms, c.wants_whatsapp,
           c.wants_email, c.language,
           (SELECT p.id FROM payments_payment p
            WHERE p.idempotency_key = a.key AND p.status <> 'FAILED') AS earlier,
           CASE WHEN NOT a.is_repeat_confirmed THEN
               (SELECT max(p.id) FROM payments_payment p
                WHERE p.customer_id = c.id AND p.status = 'COMPLETED' AND p.amount = a.amount
                  AND p.method = a.method AND p.received_at BETWEEN a.near_from AND a.near_until)
           END AS twin,
           EXISTS (SELECT FROM payments_payment p
                   WHERE p.customer_id = c.id AND p.status = 'COMPLETED'
                     AND p.amount > p.allocated_amount + p.refunded_amount) AS has_credit,
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
        WHEN cardinality(a.chosen) > 0 AND payments_some_not_payable(a.customer, a.chosen)
        THEN 'NOT_PAYABLE'
        WHEN known.accounts < 2 THEN 'CHART'
        WHEN known.settings IS DISTINCT FROM a.message_settings THEN 'SETTINGS'
        WHEN a.landed_in = 1000 AND a.booked_on IS NULL THEN 'CASH'
        WHEN known.moves_services AND NOT a.by_steps THEN 'BY_STEPS'
        WHEN a.by_steps THEN 'OPEN'
        ELSE 'DONE' END;
    IF verdict NOT IN ('OPEN', 'DONE') THEN
        RETURN;
    END IF;

    -- Written at the end, unless somebody has to find the row before: who opens and renews
    -- services, the till, or older money that is spread together with it.
    is_first := verdict = 'OPEN' OR a.landed_in = 1000 OR known.has_credit;
    IF is_first THEN
        INSERT INTO payments_payment (customer_id, branch_id, amount, allocated_amount, currency,
            method, status, reference, account_no, received_by_id, received_at, posted_on,
            idempotency_key, note, reversal_reason)
        VALUES (a.customer, branch, a.amount, 0, a.currency, a.method, 'PENDING', a.reference,
            a.account, a.received_by, a.received_at, a.posted_on, a.key, a.note, '')
        RETURNING id INTO payment;
    ELSE
        payment := nextval('payments_payment_id_seq');
    END IF;

    day := billing_open_day(coalesce(a.booked_on, a.posted_on));
    -- Entry and postings in one statement: the entry leaves its first line open (`entry_names`).
    WITH made AS (
        INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
            customer_id, memo, actor_id, first_line)
        VALUES ('PAYMENT', 'payment', payment, day, a.at, branch, a.customer,
            CASE WHEN day = coalesce(a.booked_on, a.posted_on)
                 THEN left(concat_ws(' ', a.method, nullif(a.reference, '')), 160)
                 ELSE left(concat_ws(' ', a.method, nullif(a.reference, '')), 140)
                      || ' (of ' || coalesce(a.booked_on, a.posted_on) || ')' END,
            a.actor, NULL)
        RETURNING id)
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    SELECT made.id, v.line_no, v.account_id, v.customer_id, v.amount
    FROM made, (VALUES (1, a.landed_in, NULL, a.amount), (2, 1100, a.customer, -a.amount))
        AS v (line_no, account_id, customer_id, amount);

    parts := payments_allocate(a.customer, payment, a.chosen, a.at,
                               CASE WHEN NOT is_first THEN a.amount END);
    IF is_first OR cardinality(parts) > 1 THEN
        SELECT count(DISTINCT s.paid), coalesce(sum(s.part) FILTER (WHERE s.paying = payment), 0)
        INTO invoices, allocated FROM unnest(parts) s;
    ELSE
        invoices := cardinality(parts);
        allocated := coalesce(parts[1].part, 0);
    END IF;

    -- The due date is what the rows say. The sums are moved like the balance, under the same lock,
    -- and proven by `check_ledger` (paid_facts_follow_payments): adding up all a customer ever paid
    -- would make each payment dearer than the one before.
    UPDATE customers_standing s
    SET oldest_due_date = (SELECT min(i.due_date) FROM billing_invoice i
                           WHERE i.customer_id = a.customer AND i.status = 'OPEN' AND i.amount_due > 0),
        last_paid_at = greatest(s.last_paid_at, a.received_at),
        last_paid_amount = CASE WHEN s.last_paid_at > a.received_at THEN s.last_paid_amount
                                ELSE a.amount END,
        lifetime_value_amount = s.lifetime_value_amount + a.amount
    WHERE s.customer_id = a.customer RETURNING s.balance_amount INTO who.balance;

    IF verdict = 'DONE' THEN
        who.branch := known.branch_id;
        who.number := known.number;
        who.name := known.name;
        who.phone := known.phone;
        who.email := known.email;
        who.ways := payments_ways(known.wants_sms, known.wants_whatsapp, known.wants_email);
        who.language := known.language;
        receipt := payments_write_down(a, who, payment, invoices, 0,
                                       CASE WHEN NOT is_first THEN allocated END);
    END IF;
END $$;

CREATE FUNCTION payments_some_not_payable(customer bigint, chosen bigint[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM unnest(chosen) AS one (id)
                   WHERE NOT EXISTS (SELECT FROM billing_invoice i
                                     WHERE i.id = one.id AND i.customer_id = customer
                                       AND i.status = 'OPEN' AND i.amount_due > 0))
$$;

CREATE FUNCTION payments_ways(sms boolean, whatsapp boolean, email boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_remove(ARRAY[CASE WHEN sms THEN 'SMS' END, CASE WHEN whatsapp THEN 'WHATSAPP' END,
                              CASE WHEN email THEN 'EMAIL' END], NULL)
$$;

-- Number, note and announce a payment that `payments_settle` has left open.
CREATE FUNCTION payments_complete(a payments_asked, payment bigint, invoices int, reactivated int,
    OUT receipt text, OUT allocated numeric) LANGUAGE plpgsql AS $$
DECLARE
    who payments_payer;
BEGIN
    SELECT c.branch_id, c.number, c.name, c.phone, c.email,
           payments_ways(c.wants_sms, c.wants_whatsapp, c.wants_email), c.language, s.balance_amount
    INTO STRICT who
    FROM customers_customer c JOIN customers_standing s ON s.customer_id = c.id
    WHERE c.id = a.customer;
    receipt := payments_write_down(a, who, payment, invoices, reactivated, NULL);
    SELECT p.allocated_amount INTO STRICT allocated FROM payments_payment p WHERE p.id = payment;
END $$;

-- Number a payment, write it (`spent`: what of it pays invoices) or complete the row that is there
-- (`spent` is NULL), write the trail and the messages. The receipt's counter is the last row
-- locked, so that cashiers wait for each other as briefly as can be.
CREATE FUNCTION payments_write_down(a payments_asked, who payments_payer, payment bigint,
    invoices int, reactivated int, spent numeric) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    of_year int := extract(year FROM a.posted_on);
    tongue text := split_part(lower(who.language), '-', 1);
    receipt text;
    number bigint;
    way text;
    recipient text;
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
            'balance', who.balance::text), '', '', 0, 'QUEUED', a.is_urgent, 0,
            CASE WHEN way = 'EMAIL' THEN a.email_at ELSE a.other_at END, '', '', '', a.at
        WHERE NOT EXISTS (SELECT FROM notifications_wording w
                          WHERE w.event = 'payment_received' AND w.channel = way
                            AND w.language = tongue AND (NOT w.is_active OR w.body = ''));
    END LOOP;
    RETURN receipt;
END $$;

-- Settle in a transaction of its own, called outside of one. The first commit does not wait for the
-- disk: it lets go of the receipt's counter, and the next cashier goes on at once. The second waits
-- as the server is set to, and the log is written in order: when it returns, the payment is as safe
-- as any. Who crashes in between loses the last payments nobody was told of, never one before them,
-- so no receipt is missing among those that stand (docs/adr/0031-a-payment-is-written-once.md).
CREATE PROCEDURE payments_settle_alone(a payments_asked, INOUT verdict text, INOUT payment bigint,
    INOUT branch bigint, INOUT receipt text, INOUT allocated numeric, INOUT invoices int)
LANGUAGE plpgsql AS $$
DECLARE
    answer record;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true), set_config('enable_seqscan', 'off', true);
    answer := payments_settle(a);
    verdict := answer.verdict;
    payment := answer.payment;
    branch := answer.branch;
    receipt := answer.receipt;
    allocated := answer.allocated;
    invoices := answer.invoices;
    COMMIT;
    PERFORM pg_logical_emit_message(true, 'ispbill', '');
END $$;
"""

GUARDS = """
-- A payment begins with what its allocations say, which may be written before it; and names a
-- customer and a branch that are there. Neither is ever removed (`customer_kept`, `branch_kept`):
-- looking is as good as a foreign key, and eight cashiers of a branch need not hold its row together.
CREATE FUNCTION check_payment_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    SELECT coalesce(sum(a.amount) FILTER (WHERE a.released_at IS NULL), 0) AS held,
           bool_or(a.customer_id <> NEW.customer_id) AS is_strange,
           EXISTS (SELECT FROM accounts_branch b WHERE b.id = NEW.branch_id)
           AND EXISTS (SELECT FROM customers_customer c WHERE c.id = NEW.customer_id) AS is_somewhere
    INTO found FROM payments_allocation a WHERE a.payment_id = NEW.id;
    IF NOT found.is_somewhere THEN
        RAISE EXCEPTION 'a payment names a customer or branch that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payment_names_what_exists';
    END IF;
    IF NEW.allocated_amount <> found.held OR found.is_strange THEN
        RAISE EXCEPTION 'a payment is allocated what its allocations say'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocated_by_allocations';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_begins BEFORE INSERT OR UPDATE OF branch_id, customer_id
    ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION check_payment_begins();
CREATE TRIGGER payment_allocated_by_allocations BEFORE UPDATE OF allocated_amount ON payments_payment
    FOR EACH ROW WHEN (NEW.allocated_amount <> OLD.allocated_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();

-- Both sums move with the allocation, in one fixed order (payment, then invoice); their check
-- constraints refuse too much, and the row locks make that hold for concurrent payments too. A
-- payment that is not there yet brings its sum with it (`payment_begins`). All three are one
-- customer's, and an issued invoice is never removed (`invoice_kept`): what is found here needs no
-- foreign key besides.
CREATE OR REPLACE FUNCTION move_allocated_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change numeric := CASE
        WHEN TG_OP = 'INSERT' THEN CASE WHEN NEW.released_at IS NULL THEN NEW.amount ELSE 0 END
        ELSE -NEW.amount END;
    payer bigint;
BEGIN
    UPDATE payments_payment SET allocated_amount = allocated_amount + change
        WHERE id = NEW.payment_id RETURNING customer_id INTO payer;
    UPDATE billing_invoice SET paid_amount = paid_amount + change
        WHERE id = NEW.invoice_id AND customer_id = NEW.customer_id AND status = 'OPEN';
    IF NOT FOUND OR payer <> NEW.customer_id THEN
        RAISE EXCEPTION 'only an issued invoice can be paid, by a payment of its customer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_pays_issued_invoice';
    END IF;
    RETURN NULL;
END $$;
"""

TAKE_AWAY = """
DROP FUNCTION payments_settle, payments_complete, payments_spread;
"""

BACK = f"""
DROP PROCEDURE payments_settle_alone;
DROP FUNCTION payments_settle, payments_complete, payments_write_down, payments_some_not_payable,
    payments_ways, payments_spread, payments_allocate;
DROP TYPE payments_payer, payments_part;
{_BEFORE.SPREAD}
{_BEFORE.SETTLE[_BEFORE.SETTLE.index("-- Lock, decide") :]}
"""

GUARDS_BACK = """
DROP TRIGGER payment_allocated_by_allocations ON payments_payment;
DROP FUNCTION check_payment_begins CASCADE;
""" + _ALLOCATIONS[_ALLOCATIONS.index("CREATE FUNCTION") : _ALLOCATIONS.index("CREATE TRIGGER")].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_guards'),
        ('billing', '0021_looked_up_once'),
        ('customers', '0014_never_removed'),
        ('payments', '0020_referral_rewards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='allocation',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AlterField(
            model_name='allocation',
            name='invoice',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.invoice'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='branch',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.branch'),
        ),
        migrations.AlterField(
            model_name='payment',
            name='customer',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='customers.customer'),
        ),
        migrations.RemoveIndex(
            model_name='payment',
            name='payment_cashier',
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('received_by__isnull', False)), fields=['received_by', 'posted_on'], name='payment_cashier'),
        ),
        migrations.RunSQL(TAKE_AWAY + SPREAD + SETTLE, BACK),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
