-- Gives the customers the present portal transaction may see; none when nothing is set.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
--
-- Named one by one, or as those of a reseller: then the database finds them (customers/guards), and
-- no request carries its customers along. Accounts that
-- became a part of another are seen by that one. Asked once a statement (see ispbill_protect).
CREATE OR REPLACE FUNCTION portal_customers() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF coalesce(current_setting('app.partner', true), '') <> '' THEN
        RETURN partner_customers();
    END IF;
    RETURN with_absorbed(nullif(current_setting('app.customer_ids', true), '')::bigint[]);
END
$$;
