-- Refuses a customer of a reseller who is not there.
-- Rule: customers.services.profile
-- Test: tests/resellers/test_guards.py
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'customer_reseller_exists') THEN
        ALTER TABLE customers_customer ADD CONSTRAINT customer_reseller_exists
            FOREIGN KEY (reseller_id) REFERENCES resellers_reseller (id)
            DEFERRABLE INITIALLY DEFERRED;
    END IF;
END
$$;
