-- Writes the share of completed payments with its entry, once for a payment.
-- Rule: resellers.services.accrual
--
-- The share of completed payments, written with its entry in one statement, once for a payment. What
-- is no new money of the customer earns nothing; nor do cards a reseller bought below their value.
-- Who has the customer on the day the money arrives earns; a prepaid reseller in the wallet.
CREATE OR REPLACE FUNCTION earn_commissions(payments bigint[]) RETURNS bigint LANGUAGE sql AS $$
    WITH due AS (
        SELECT p.id, r.id AS reseller_id, p.customer_id, p.branch_id, p.currency, p.posted_on,
               p.received_at, r.kind, t.rate AS tax_rate, o.base AS base_amount,
               least(o.share, v.cap_per_payment) AS amount,
               CASE WHEN coalesce(v.kind, 'PERCENT') IN ('PERCENT', 'TIER')
                         AND o.share <= coalesce(v.cap_per_payment, o.share)
                    THEN coalesce(v.rate, r.commission_rate) END AS rate
        FROM billing_payment p
        JOIN customers_customer c ON c.id = p.customer_id
        JOIN resellers_resellerassignment a
            ON a.customer_id = p.customer_id AND a.during @> p.posted_on
        JOIN resellers_reseller r ON r.id = a.reseller_id
        LEFT JOIN LATERAL (SELECT * FROM resellers_planversion n
                           WHERE n.reseller_id = r.id AND n.effective_from <= p.posted_on
                           ORDER BY n.effective_from DESC LIMIT 1) v ON true
        CROSS JOIN LATERAL (
            SELECT coalesce((SELECT o.tax_rate FROM core_company o
                             WHERE o.commission_excludes_tax AND NOT c.is_tax_exempt), 0) AS rate) t
        CROSS JOIN LATERAL commission_of(
            p.id, r.id, coalesce(v.kind, 'PERCENT'), coalesce(v.rate, r.commission_rate),
            coalesce(v.package_rates, '{}'),
            coalesce((SELECT o.commission_excludes_tax FROM core_company o), false), t.rate) o
        WHERE p.id = ANY (payments) AND p.status = 'COMPLETED'
          AND p.method NOT IN ('ADJUSTMENT', 'REFERRAL')
          AND NOT (p.method = 'VOUCHER' AND EXISTS (
              SELECT FROM payments_voucher v JOIN payments_voucherbatch b ON b.id = v.batch_id
              WHERE v.serial = p.reference AND b.reseller_id IS NOT NULL))
    ), made AS (
        INSERT INTO resellers_commission (payment_id, reseller_id, customer_id, branch_id,
            base_amount, tax_rate, rate, amount, currency, status, earned_on, earned_at)
        SELECT id, reseller_id, customer_id, branch_id, base_amount, tax_rate,
               coalesce(rate, greatest(round(amount / base_amount, 5), 0.00001)), amount, currency,
               CASE kind WHEN 'PREPAID' THEN 'CREDITED' ELSE 'ACCRUED' END, posted_on, received_at
        FROM due WHERE amount > 0 AND amount <= base_amount ORDER BY id
        ON CONFLICT (payment_id) DO NOTHING
        RETURNING id, branch_id, earned_on AS day, amount,
                  CASE status WHEN 'CREDITED' THEN 2360 ELSE 2350 END AS account_id
    ), accounts AS (
        INSERT INTO billing_account (code, name, kind) VALUES
            (5410, 'Commissions of resellers', 'EXPENSE'),
            (2350, 'Commissions owed to resellers', 'LIABILITY'),
            (2360, 'Wallets of resellers', 'LIABILITY')
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
        CROSS JOIN LATERAL (VALUES (1, 5410, m.amount), (2, m.account_id, -m.amount))
            AS v (line_no, account_id, amount)
        ORDER BY e.id, v.line_no
    )
    SELECT count(*) FROM made
$$;
