-- Gives customers with the accounts that became a part of them: their history is theirs.
-- Rule: ispbill.core.rls
-- Test: tests/signup/merging/test_merging.py
--
-- With the owner's rights: the policy that asks it stands on the very table it reads.
CREATE OR REPLACE FUNCTION with_absorbed(own bigint[]) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE ours AS (
        SELECT unnest(own) AS id
        UNION SELECT c.id FROM customers_customer c JOIN ours ON c.merged_into_id = ours.id
    ) SELECT array_agg(id) FROM ours
$$;
