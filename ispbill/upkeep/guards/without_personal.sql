-- Keeps what a snapshot says but for its personal keys, which then say "erased".
-- Rule: ispbill.upkeep.services.erasure
-- Test: tests/upkeep/test_erasure.py
CREATE OR REPLACE FUNCTION without_personal(snapshot jsonb, personal text[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN snapshot IS NULL OR jsonb_typeof(snapshot) <> 'object' THEN snapshot
                ELSE (SELECT coalesce(jsonb_object_agg(key,
                          CASE WHEN key = ANY (personal) AND value NOT IN ('null', '""')
                               THEN to_jsonb('erased'::text) ELSE value END), '{}')
                      FROM jsonb_each(snapshot)) END
$$;
