-- Notes what has happened for the programs that are told, in the transaction it happened in; without an address that is on, nothing.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
CREATE OR REPLACE FUNCTION note_webhook(happened text, row_id bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO webhooks_occurrence (key, event, object_id, at)
    SELECT gen_random_uuid(), happened, row_id, ispbill_at()
    WHERE EXISTS (SELECT FROM webhooks_endpoint WHERE off_at IS NULL);
$$;
