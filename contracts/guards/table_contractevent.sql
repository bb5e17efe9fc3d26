-- Keeps contracts_contractevent: steps are added and never changed; the portal does not read them.
-- Rule: contracts.rules.chain
-- Test: tests/contracts/services/test_guards.py
SELECT ispbill_protect('contracts_contractevent', 'customer_id');
SELECT ispbill_append_only('contracts_contractevent');
