"""The statement that plans a billing run, for `billing.run.queries.plan`.

Arithmetic (docs/algorithms/proration.md, discounts.md): a period that starts on a billing date is
a whole one; any other start is a stub up to the next billing date, priced by its days over the
days of the anchor-aligned period it lies in, at nine decimals half-up, then half-up to the cent.
PostgreSQL's numeric `round` is half away from zero, which for amounts ≥ 0 is half-up. A step of the
price takes hold with the first period that starts on or after its day; add-ons are billed for
their own days in the service's period; discounts and tax as `billing.invoices.rules.charging` says.
"""

# A service (s) that has come back waits until its return is settled (`billing.changes.services.returning`):
# its next period (of its schedule h) would begin before the days it was switched off, and ask for
# them.
HAS_RETURNED = """EXISTS (
            SELECT 1 FROM customers_suspension r
            WHERE r.subscription_id = s.id AND s.mode = 'POSTPAID' AND r.kind <> 'PREPAID'
              AND r.ended_at IS NOT NULL AND r.settled_at IS NULL AND NOT r.is_billed
              AND h.billed_until < lower(r.span))"""

# Services whose next period starts by the horizon. Suspended ones are billed when their
# suspension says so; prepaid ones are another scope: they renew from their balance.
DUE = f"""
    FROM billing_schedule h
    JOIN customers_subscription s ON s.id = h.subscription_id
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE h.billed_until <= %(horizon)s
      AND h.held_at IS NULL AND s.mode = %(mode)s
      AND (s.status = 'ACTIVE' OR (s.status = 'SUSPENDED' AND EXISTS (
            SELECT 1 FROM customers_suspension p
            WHERE p.subscription_id = s.id AND p.ended_at IS NULL AND p.is_billed)))
      AND NOT {HAS_RETURNED}
      AND (%(bill_day)s::int IS NULL OR s.billing_day = %(bill_day)s::int)
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s::bigint[]))
      AND (%(customers)s::bigint[] IS NULL OR h.customer_id = ANY(%(customers)s::bigint[]))
"""

# The customers of one chunk, said of every table joined: a range is not carried over a join by the
# planner, which would otherwise read a large company's services and customers whole for each chunk.
IN_CHUNK = """
          AND h.customer_id > %(after)s AND h.customer_id <= %(upto)s
          AND s.customer_id > %(after)s AND s.customer_id <= %(upto)s
          AND c.id > %(after)s AND c.id <= %(upto)s
"""

LOCK = "FOR NO KEY UPDATE OF h"


def _anchor(on: str, months: str = "0") -> str:
    """SQL for the billing date `months` after the month of `on`: the day, or the month's last."""
    first = f"date_trunc('month', ({on})::timestamp) + make_interval(months => {months})"
    following = f"date_trunc('month', ({on})::timestamp) + make_interval(months => {months} + 1)"
    return f"least(({first})::date + (d.billing_day - 1), ({following})::date - 1)"


PLAN = f"""
    CREATE TEMPORARY TABLE billing_plan ON COMMIT DROP AS
    WITH due AS (
        SELECT s.id AS subscription_id, h.customer_id, c.branch_id, h.billed_until AS start_on,
               s.billing_day, s.price_amount, s.gross_amount, s.package_id,
               CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END AS months,
               c.is_tax_exempt AS is_exempt, c.language
        {DUE}{IN_CHUNK}
        {LOCK}
    ),
    -- The rate in force on the day of the bill; a package without a class has the company's own.
    rates AS MATERIALIZED (
        SELECT DISTINCT ON (tax_class_id) tax_class_id, rate FROM customers_taxrate
        WHERE effective_from <= %(issued_on)s ORDER BY tax_class_id, effective_from DESC
    ),
    steps AS MATERIALIZED (
        SELECT DISTINCT ON (t.subscription_id) t.subscription_id, t.id, t.price_amount, t.gross_amount
        FROM due d
        JOIN billing_pricestep t ON t.subscription_id = d.subscription_id AND t.applied_on IS NULL
             AND t.from_on <= d.start_on
        ORDER BY t.subscription_id, t.from_on DESC
    ),
    this_month AS MATERIALIZED (
        SELECT d.*, {_anchor("d.start_on")} AS anchor,
               CASE WHEN g.id IS NOT NULL THEN coalesce(g.gross_amount, g.price_amount)
                    ELSE coalesce(t.gross_amount, t.price_amount, d.gross_amount, d.price_amount)
               END AS price,
               CASE WHEN g.id IS NOT NULL THEN g.gross_amount
                    WHEN t.id IS NOT NULL THEN t.gross_amount ELSE d.gross_amount END IS NOT NULL
                   AS includes_tax,
               CASE WHEN g.id IS NULL THEN t.id END AS step_id,
               coalesce(g.package_to_id, d.package_id) AS billed_package_id
        FROM due d
        -- An approved change of package is billed from its first day on, though the service itself
        -- gets the package only on that day.
        LEFT JOIN billing_packagechange g ON g.subscription_id = d.subscription_id
             AND g.status = 'APPROVED' AND g.effective_on <= d.start_on
        LEFT JOIN steps t ON t.subscription_id = d.subscription_id
    ),
    bounds AS MATERIALIZED (
        SELECT d.*, d.anchor = d.start_on AS whole,
               CASE WHEN d.anchor = d.start_on
                    THEN {_anchor("d.start_on", "d.months")}
                    WHEN d.anchor > d.start_on THEN d.anchor
                    ELSE {_anchor("d.start_on", "1")}
               END AS end_on
        FROM this_month d
    ),
    periods AS MATERIALIZED (
        SELECT d.*, d.end_on AS period_end,
               CASE WHEN d.whole THEN d.start_on
                    ELSE {_anchor("d.end_on", "-d.months")}
               END AS period_start
        FROM bounds d
    ),
    items AS (
        SELECT p.subscription_id, p.customer_id, p.branch_id, 0::bigint AS item,
               CASE WHEN p.whole THEN 'RECURRING' ELSE 'PRORATA' END AS kind,
               CASE WHEN %(defers)s AND p.months > 1 THEN %(deferred)s ELSE %(revenue)s END AS account,
               p.start_on, p.end_on, p.start_on AS due_on, p.period_start, p.period_end, p.whole,
               p.price, p.months,
               p.includes_tax, coalesce(r.rate, %(tax_rate)s::numeric(6,5)) AS rate, p.is_exempt,
               p.step_id,
               CASE WHEN p.language = 'bn' AND k.local_name <> '' THEN k.local_name ELSE k.name END
                   AS description
        FROM periods p
        JOIN customers_package k ON k.id = p.billed_package_id
        LEFT JOIN rates r ON r.tax_class_id = k.tax_class_id
        UNION ALL
        SELECT p.subscription_id, p.customer_id, p.branch_id, x.id, 'ADDON',
               CASE WHEN %(defers)s AND p.months > 1 THEN %(deferred)s ELSE %(addons)s END,
               v.start_on, v.end_on, p.start_on, p.period_start, p.period_end,
               p.whole AND (v.start_on, v.end_on) = (p.start_on, p.end_on),
               (x.price_amount * x.quantity * p.months)::numeric(14,2), p.months,
               false, coalesce(r.rate, %(tax_rate)s::numeric(6,5)), p.is_exempt, NULL,
               CASE WHEN p.language = 'bn' AND k.local_name <> '' THEN k.local_name ELSE k.name END
                   || CASE WHEN x.quantity > 1 THEN ' × ' || x.quantity ELSE '' END
        FROM periods p
        JOIN customers_subscriptionaddon x ON x.subscription_id = p.subscription_id
        JOIN customers_addon k ON k.id = x.addon_id
        LEFT JOIN rates r ON r.tax_class_id = k.tax_class_id
        CROSS JOIN LATERAL (SELECT greatest(p.start_on, x.starts_on) AS start_on,
                                   least(p.end_on, x.ends_on) AS end_on) v
        WHERE v.start_on < v.end_on
    ),
    shares AS MATERIALIZED (
        SELECT i.*, end_on - start_on AS days, period_end - period_start AS divisor,
               CASE WHEN whole THEN 1.000000000
                    ELSE round((end_on - start_on)::numeric / (period_end - period_start), 9)
               END::numeric(10,9) AS ratio
        FROM items i
    ),
    units AS MATERIALIZED (
        SELECT a.*, round(a.price * a.ratio, 2)::numeric(14,2) AS listed FROM shares a
    ),
    -- billing.invoices.rules.charging says what discounts do together. A service has one unit with item 0.
    granted AS MATERIALIZED (
        SELECT u.subscription_id,
               round(u.listed * least(coalesce(sum(x.rate) FILTER (WHERE x.is_stackable), 0), 1), 2)
                   + round(coalesce(sum(x.amount) FILTER (WHERE x.is_stackable), 0)
                           * u.months * u.ratio, 2) AS together,
               max(CASE WHEN x.rate IS NULL THEN round(x.amount * u.months * u.ratio, 2)
                        ELSE round(u.listed * x.rate, 2) END)
                   FILTER (WHERE NOT x.is_stackable) AS best,
               jsonb_agg(jsonb_build_object('label', x.label, 'rate', x.rate::text,
                   'amount', x.amount::text, 'stackable', x.is_stackable) ORDER BY x.id) AS parts
        FROM units u
        JOIN billing_discount x ON x.subscription_id = u.subscription_id AND x.span @> u.start_on
        WHERE u.item = 0
        GROUP BY u.subscription_id, u.listed, u.months, u.ratio
    ),
    amounts AS MATERIALIZED (
        SELECT u.*, coalesce(d.parts, '[]') AS parts,
               least(u.listed, greatest(d.together, d.best, 0))::numeric(14,2) AS off
        FROM units u
        LEFT JOIN granted d ON d.subscription_id = u.subscription_id AND u.item = 0
    ),
    taxed AS MATERIALIZED (
        SELECT a.*,
               CASE WHEN includes_tax THEN round(listed / (1 + rate), 2) ELSE listed
               END::numeric(14,2) AS unit,
               CASE WHEN includes_tax THEN round((listed - off) / (1 + rate), 2) ELSE listed - off
               END::numeric(14,2) AS net
        FROM amounts a
    ),
    -- Lines of the same days, price and discount are explained in the same words: written once for
    -- all of them, because building a document costs more than finding it.
    shapes AS (
        SELECT DISTINCT start_on, end_on, period_start, period_end, whole, price, ratio, listed, off,
               parts, includes_tax, rate
        FROM taxed
    ),
    explained AS MATERIALIZED (
        SELECT t.*,
           jsonb_build_object(
               'version', 1, 'policy', %(policy)s::text, 'method', 'share',
               'start', t.start_on, 'end', t.end_on, 'days', t.end_on - t.start_on,
               'period', jsonb_build_object('start', t.period_start, 'end', t.period_end,
                                            'days', t.period_end - t.period_start),
               'price', t.price::text, 'divisor', t.period_end - t.period_start, 'whole', t.whole,
               'ratio', t.ratio::text,
               'cap', CASE WHEN %(policy)s <> 'anchor' THEN t.price::text END, 'amount', t.listed::text,
               'formula', CASE WHEN t.whole THEN 'whole period = ' || t.listed
                   ELSE (t.end_on - t.start_on) || ' of ' || (t.period_end - t.period_start)
                        || ' days × ' || t.price || ' = ' || t.listed END,
               'rounding', jsonb_build_object('mode', 'half-up', 'ratio_decimals', 9, 'decimals', 2)
           )
           || CASE WHEN t.parts = '[]' THEN '{{}}' ELSE jsonb_build_object('discount',
                  jsonb_build_object('amount', t.off::text, 'parts', t.parts)) END
           || CASE WHEN t.includes_tax THEN jsonb_build_object('tax_included', t.rate::text)
                   ELSE '{{}}' END AS explanation
        FROM shapes t
    )
    SELECT t.subscription_id, t.customer_id, t.branch_id, t.item, t.kind, t.account,
           t.start_on, t.end_on, t.period_start, t.period_end, t.whole, t.months,
           t.includes_tax, t.rate, t.is_exempt, t.step_id, t.price, t.unit,
           (t.unit - t.net)::numeric(14,2) AS discount, t.net,
           CASE WHEN t.is_exempt THEN 0 ELSE t.rate END::numeric(6,5) AS tax_rate,
           CASE WHEN t.is_exempt THEN 0
                WHEN t.includes_tax THEN t.listed - t.off - t.net
                ELSE round(t.net * t.rate, 2) END::numeric(14,2) AS tax,
           greatest(t.due_on, %(issued_on)s::date) AS due_date, t.description, e.explanation
    FROM taxed t
    -- Left: a line without its explanation would be refused, and not be missing.
    LEFT JOIN explained e ON e.start_on = t.start_on AND e.end_on = t.end_on
         AND e.period_start = t.period_start AND e.period_end = t.period_end
         AND e.whole = t.whole AND e.price = t.price AND e.off = t.off AND e.parts = t.parts
         AND e.includes_tax = t.includes_tax AND e.rate = t.rate
"""

# In the order in which the bills are numbered; ids are only taken for what is going to be written.
INVOICES = """
    CREATE TEMPORARY TABLE billing_plan_invoice ON COMMIT DROP AS
    SELECT b.*,
           CASE WHEN %(is_written)s THEN nextval('billing_invoice_id_seq') END AS invoice_id,
           CASE WHEN %(is_written)s THEN nextval('billing_journalentry_id_seq') END AS entry_id,
           row_number() OVER (ORDER BY customer_id, due_date) - 1 AS place
    FROM (SELECT customer_id, branch_id, due_date, sum(net)::numeric(14,2) AS net,
                 sum(tax)::numeric(14,2) AS tax, count(*) AS lines,
                 coalesce(sum(net) FILTER (WHERE account = %(revenue)s), 0)::numeric(14,2) AS internet,
                 coalesce(sum(net) FILTER (WHERE account = %(addons)s), 0)::numeric(14,2) AS addons,
                 coalesce(sum(net) FILTER (WHERE account = %(deferred)s), 0)::numeric(14,2) AS deferred
          FROM billing_plan
          GROUP BY customer_id, due_date, branch_id
          HAVING sum(net) > 0) b
"""

# Services that would get more periods at once than is believable; see `billing.run.services.on_hold`.
HOLD = f"""
    UPDATE billing_schedule b SET held_at = %(at)s, held_periods = w.periods
    FROM (SELECT h.subscription_id,
                 floor(((date_part('year', %(horizon)s::date) - date_part('year', h.billed_until)) * 12
                  + date_part('month', %(horizon)s::date) - date_part('month', h.billed_until))
                 / CASE s.cycle WHEN 'MONTHLY' THEN 1 WHEN 'QUARTERLY' THEN 3 ELSE 12 END)::int + 1
                     AS periods,
                 h.allowed_periods
          {DUE}{IN_CHUNK}) w
    WHERE b.subscription_id = w.subscription_id
      AND b.held_at IS NULL AND w.periods > greatest(%(limit)s, coalesce(w.allowed_periods, 0))
    RETURNING b.customer_id, b.subscription_id, b.billed_until, w.periods
"""
