-- Gives the till that cash goes to or comes from, and locks it: the person's open shift, or the
-- branch's safe.
-- Rule: billing.tills.services.tills
--
-- Where cash goes: what undoes an entry goes back to that entry's shift while it is open, all else
-- to the open shift of the person; a drawer that holds too little, or none, means the safe: of the
-- branch that got the cash, or of `home`. The shifts asked are locked, in one order, until the
-- transaction ends.
CREATE OR REPLACE FUNCTION billing_till(whose bigint, undone bigint, home bigint, change numeric, OUT shift bigint, OUT branch bigint) RETURNS record
LANGUAGE plpgsql AS $$
DECLARE
    earlier bigint;
    place bigint;
BEGIN
    SELECT m.shift_id, m.branch_id INTO earlier, place FROM billing_cashmove m
    WHERE m.entry_id = undone ORDER BY m.id LIMIT 1;
    PERFORM 1 FROM billing_shift s
    WHERE s.state = 'OPEN' AND (s.id = earlier OR s.person_id = whose)
    ORDER BY s.id FOR NO KEY UPDATE;
    SELECT s.id, s.branch_id INTO shift, branch FROM billing_shift s
    WHERE s.state = 'OPEN' AND (s.id = earlier OR s.person_id = whose)
      AND s.held_amount + change >= 0
    ORDER BY (s.id = earlier) DESC NULLS LAST LIMIT 1;
    branch := coalesce(branch, place, home);
END
$$;
