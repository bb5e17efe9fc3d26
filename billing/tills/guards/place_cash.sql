-- Writes a cash move for each posting on cash, in the till it went to.
-- Rule: billing.tills.services.tills
CREATE OR REPLACE FUNCTION place_cash() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line record;
    place record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE account_id = 1000) THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM billing_shift WHERE state <> 'CLOSED') THEN
        -- Nobody has a drawer open (an import, a company without a cash desk): all of it is in
        -- the safes, and one statement says so.
        INSERT INTO billing_cashmove (kind, branch_id, amount, moved_on, moved_at, entry_id, line_no)
        SELECT CASE WHEN e.source_type = 'cash_banking' THEN 'BANKED'
                    WHEN n.amount > 0 THEN 'TAKEN' ELSE 'PAID_OUT' END,
               coalesce(m.branch_id, e.branch_id), n.amount, e.posted_on, e.at, n.entry_id,
               n.line_no
        FROM new_rows n JOIN billing_journalentry e ON e.id = n.entry_id
        LEFT JOIN billing_cashmove m ON m.entry_id = e.reverses_id AND m.line_no = n.line_no
        WHERE n.account_id = 1000 ORDER BY n.entry_id, n.line_no;
        RETURN NULL;
    END IF;
    FOR line IN
        SELECT n.entry_id, n.line_no, n.amount, e.source_type, e.source_id, e.posted_on, e.at,
               e.branch_id, e.reverses_id, coalesce(p.received_by_id, e.actor_id) AS person_id
        FROM new_rows n
        JOIN billing_journalentry e ON e.id = n.entry_id
        LEFT JOIN billing_payment p ON e.source_type = 'payment' AND e.kind = 'PAYMENT'
                                    AND p.id = e.source_id
        WHERE n.account_id = 1000 ORDER BY n.entry_id, n.line_no
    LOOP
        IF line.source_type = 'cash_count' THEN
            SELECT s.id AS shift, s.branch_id AS branch INTO place
            FROM billing_cashcount c JOIN billing_shift s ON s.id = c.shift_id
            WHERE c.id = line.source_id;
        ELSIF line.source_type = 'cash_banking' THEN
            SELECT NULL::bigint AS shift, line.branch_id AS branch INTO place;
        ELSE
            SELECT t.shift, t.branch INTO place
            FROM billing_till(line.person_id, line.reverses_id, line.branch_id, line.amount) t;
        END IF;
        INSERT INTO billing_cashmove
            (kind, branch_id, shift_id, amount, moved_on, moved_at, entry_id, line_no)
        VALUES (CASE WHEN line.source_type = 'cash_count' THEN 'DIFFERENCE'
                     WHEN line.source_type = 'cash_banking' THEN 'BANKED'
                     WHEN line.amount > 0 THEN 'TAKEN' ELSE 'PAID_OUT' END,
                place.branch, place.shift, line.amount, line.posted_on, line.at, line.entry_id,
                line.line_no);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER postings_place_cash AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION place_cash();
