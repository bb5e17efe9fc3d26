-- Reckons the share of one payment by a plan: split over the lines it settles, the rest at the
-- default rate.
-- Rule: resellers.rules.share
CREATE OR REPLACE FUNCTION commission_of(payment bigint, of_reseller bigint, plan text,
    default_rate numeric, package_rates jsonb, without_tax boolean, company_tax numeric)
RETURNS TABLE (base numeric, share numeric) LANGUAGE sql STABLE AS $$
    WITH lines AS (
        SELECT a.id AS part_of, a.amount AS paid, l.net_amount AS net, l.kind, l.quantity,
               l.net_amount + l.tax_amount AS gross, s.package_id,
               CASE WHEN without_tax THEN l.tax_rate ELSE 0 END AS tax_rate,
               sum(l.net_amount + l.tax_amount) OVER (PARTITION BY a.id) AS total,
               row_number() OVER (PARTITION BY a.id ORDER BY l.id DESC) = 1 AS is_last,
               (SELECT coalesce(sum(b.amount), 0) FROM billing_allocation b
                WHERE b.invoice_id = a.invoice_id AND b.released_at IS NULL AND b.id < a.id)
               AS paid_before
        FROM billing_allocation a
        JOIN billing_invoiceline l ON l.invoice_id = a.invoice_id
        LEFT JOIN customers_subscription s ON s.id = l.subscription_id
        WHERE a.payment_id = payment AND a.released_at IS NULL
    ), cut AS (
        SELECT *, round(paid * gross / total, 2) AS piece FROM lines WHERE total > 0
    ), parts AS (
        SELECT *, CASE WHEN is_last THEN paid - (sum(piece) OVER (PARTITION BY part_of) - piece)
                       ELSE piece END AS amount
        FROM cut
    ), counted AS (
        SELECT round(k.amount / (1 + k.tax_rate), 2) AS base,
               coalesce((package_rates ->> k.package_id::text)::numeric, default_rate) AS rate,
               CASE WHEN plan = 'MARGIN' AND k.kind = 'RECURRING' AND w.buy_amount IS NOT NULL THEN
                   round(m.margin * (k.paid_before + k.paid) / k.total, 2)
                   - round(m.margin * k.paid_before / k.total, 2) END AS margin
        FROM parts k
        LEFT JOIN resellers_pricelimit w
            ON w.reseller_id = of_reseller AND w.package_id = k.package_id
        CROSS JOIN LATERAL (
            SELECT greatest(k.net - coalesce(w.buy_amount, 0) * k.quantity, 0) AS margin) m
        UNION ALL
        SELECT round((p.amount - o.amount) / (1 + company_tax), 2), default_rate, NULL
        FROM billing_payment p
        CROSS JOIN LATERAL (SELECT coalesce(sum(q.paid), 0) AS amount
                            FROM (SELECT DISTINCT part_of, paid FROM cut) q) o
        WHERE p.id = payment AND p.amount > o.amount
    )
    SELECT coalesce(sum(c.base), 0), coalesce(sum(coalesce(c.margin, round(c.base * c.rate, 2))), 0)
    FROM counted c
$$;
