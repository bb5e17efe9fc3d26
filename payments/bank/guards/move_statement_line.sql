-- Keeps what is open of a statement line, and what it is by now, by its parts.
-- Rule: payments.bank.services.booking
--
-- What is open of a line, and what it is by now, follow from its parts and from nothing else.
CREATE OR REPLACE FUNCTION move_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_statementline l
    SET open_amount = l.amount - p.total,
        state = CASE
            WHEN l.amount <> p.total THEN CASE WHEN l.is_held_unmatched THEN 'HELD' ELSE 'NEW' END
            WHEN p.kinds <@ ARRAY['RETURNED'] THEN 'RETURNED'
            WHEN p.kinds <@ ARRAY['CHARGES', 'TRANSFER', 'ELSEWHERE'] THEN 'IGNORED'
            ELSE 'MATCHED' END
    FROM (SELECT coalesce(sum(amount), 0) AS total,
                 coalesce(array_agg(DISTINCT kind::text), '{}') AS kinds
          FROM payments_statementpart WHERE line_id = NEW.line_id AND undone_at IS NULL) p
    WHERE l.id = NEW.line_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER statement_part_moves AFTER INSERT OR UPDATE ON payments_statementpart
    FOR EACH ROW EXECUTE FUNCTION move_statement_line();
