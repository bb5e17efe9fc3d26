-- Refuses to write sums that a table's documents move.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE FUNCTION refuse_sum_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the sums of % are moved by its documents only', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
END
$$;
