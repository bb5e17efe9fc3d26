-- Writes what payments no longer bear of their commission, once for the same rest.
-- Rule: resellers.services.accrual
--
-- What payments no longer bear: reversed, or partly paid out again. What is left is reckoned as if
-- the payment had been that small, so it never falls below zero; the same rest takes back once.
CREATE OR REPLACE FUNCTION take_back_commissions(payments bigint[]) RETURNS bigint
LANGUAGE sql AS $$
    WITH held AS (
        SELECT k.id, k.reseller_id, k.branch_id, k.amount, k.payment_id,
               CASE k.status WHEN 'CREDITED' THEN 2360 ELSE 2350 END AS account_id,
               k.amount - k.clawed_back_amount AS worth
        FROM resellers_commission k
        WHERE k.payment_id = ANY (payments) AND k.status <> 'REVERSED'
        ORDER BY k.id FOR UPDATE
    ), due AS (
        SELECT h.*, l.amount AS left_amount,
               round(h.amount * l.amount / p.amount, 2) AS keeps
        FROM held h JOIN billing_payment p ON p.id = h.payment_id
        CROSS JOIN LATERAL (SELECT CASE p.status WHEN 'COMPLETED' THEN p.amount - p.refunded_amount
                                                 ELSE 0 END AS amount) l
    ), taken AS (
        INSERT INTO resellers_commissionback (commission_id, reseller_id, amount, left_amount,
            is_claim, taken_on, taken_at)
        SELECT d.id, d.reseller_id, d.worth - d.keeps, d.left_amount, false,
               (ispbill_at() AT TIME ZONE coalesce((SELECT time_zone FROM core_company), 'UTC'))::date,
               ispbill_at()
        FROM due d WHERE d.worth > d.keeps ORDER BY d.id
        ON CONFLICT (commission_id, left_amount) DO NOTHING
        RETURNING id, commission_id, taken_on AS day, -amount AS amount
    ), made AS (
        SELECT t.id, h.branch_id, t.day, t.amount, h.account_id FROM taken t JOIN held h ON h.id = t.commission_id
    ), accounts AS (
        INSERT INTO billing_account (code, name, kind) VALUES
            (5410, 'Commissions of resellers', 'EXPENSE'),
            (2350, 'Commissions owed to resellers', 'LIABILITY')
        ON CONFLICT DO NOTHING
    ), entries AS (
        INSERT INTO billing_journalentry (kind, source_type, source_id, posted_on, at, branch_id,
            memo, actor_id, first_line)
        SELECT 'COMMISSION_BACK', 'commission_back', m.id, billing_open_day(m.day), ispbill_at(), m.branch_id, '',
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
