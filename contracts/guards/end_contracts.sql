-- Ends a service's contracts in the transaction that ends the service: what is signed is terminated
-- for the cause `billing` wrote down, what waits to be signed is void.
-- Rule: contracts.rules.lifecycle
-- Test: tests/contracts/services/test_guards.py
CREATE OR REPLACE FUNCTION end_contracts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE contracts_contract SET
        state = 'TERMINATED', ended_on = NEW.cancelled_on, over_at = ispbill_at(),
        cause = coalesce((
            SELECT CASE t.ended_cause
                WHEN 'NON_PAYMENT' THEN 'BREACH' WHEN 'HOUSE' THEN 'BREACH'
                WHEN 'COOLING_OFF' THEN 'COOLING_OFF' WHEN 'DEATH' THEN 'DEATH'
                WHEN 'UNSERVABLE' THEN 'MUTUAL' WHEN 'MUTUAL' THEN 'MUTUAL'
                WHEN 'WAIVED' THEN 'MUTUAL' END
            FROM billing_contractterms t WHERE t.subscription_id = NEW.id), 'NOTICE')
    WHERE subscription_id = NEW.id AND state IN ('SIGNED', 'ACTIVE');
    UPDATE contracts_contract SET
        state = 'VOID', over_at = ispbill_at(), link_digest = '', reason = 'The service has ended.'
    WHERE subscription_id = NEW.id AND state IN ('DRAFT', 'SENT');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER end_contracts AFTER UPDATE OF status ON customers_subscription
    FOR EACH ROW WHEN (NEW.status = 'CANCELLED' AND OLD.status <> 'CANCELLED')
    EXECUTE FUNCTION end_contracts();
