-- Writes the share of completed payments with its entry, once for a payment.
-- Rule: resellers.services.accrual
--
-- The share of completed payments, written with its entry in one statement, once for a payment. What
-- is no new money of the customer earns nothing; nor do cards a reseller bought below their value.
CREATE OR REPLACE FUNCTION earn_commissions(payments bigint[]) RETURNS bigint LANGUAGE sql AS $$
    WITH due AS (
        SELECT p.id, r.id AS reseller_id, p.customer_id, p.branch_id, p.currency, p.posted_on,
               p.received_at, r.commission_rate AS rate, t.rate AS tax_rate,
               round(p.amount / (1 + t.rate), 2) AS base_amount
        FROM billing_payment p
        JOIN customers_customer c ON c.id = p.customer_id
        JOIN resellers_reseller r ON r.id = c.reseller_id
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT o.tax_rate FROM core_company o
                             WHERE o.commission_excludes_tax AND NOT c.is_tax_exempt), 0) AS rate) t
        WHERE p.id = ANY (payments) AND p.status = 'COMPLETED' AND r.commission_rate > 0
          AND p.method NOT IN ('ADJUSTMENT', 'REFERRAL')
          AND NOT (p.method = 'VOUCHER' AND EXISTS (
              SELECT FROM payments_voucher v JOIN payments_voucherbatch b ON b.id = v.batch_id
              WHERE v.serial = p.reference AND b.reseller_id IS NOT NULL))
    ), made AS (
        INSERT INTO resellers_commission (payment_id, reseller_id, customer_id, branch_id,
            base_amount, tax_rate, rate, amount, currency, status, earned_on, earned_at)
        SELECT id, reseller_id, customer_id, branch_id, base_amount, tax_rate, rate,
               round(base_amount * rate, 2), currency, 'ACCRUED', posted_on, received_at
        FROM due WHERE round(base_amount * rate, 2) > 0 ORDER BY id
        ON CONFLICT (payment_id) DO NOTHING
        RETURNING id, branch_id, earned_on AS day, amount
    ), accounts AS (
        INSERT INTO billing_account (code, name, kind) VALUES
            (5410, 'Commissions of resellers', 'EXPENSE'),
            (2350, 'Commissions owed to resellers', 'LIABILITY')
        ON CONFLICT DO NOTHING
    ), entries AS (
        INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
            memo, actor_id, first_line)
        SELECT 'COMMISSION', 'commission', m.id, billing_open_day(m.day), ispbill_at(), m.branch_id, '',
               nullif(current_setting('app.actor_id', true), '')::bigint, 1
        FROM made m ORDER BY m.id
        RETURNING id, source_id
    ), posted AS (
        INSERT INTO billing_posting (entry_id, line_no, account_id, amount)
        SELECT e.id, v.line_no, v.account_id, v.amount
        FROM entries e JOIN made m ON m.id = e.source_id
        CROSS JOIN LATERAL (VALUES (1, 5410, m.amount), (2, 2350, -m.amount))
            AS v (line_no, account_id, amount)
        ORDER BY e.id, v.line_no
    )
    SELECT count(*) FROM made
$$;
