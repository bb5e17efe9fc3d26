-- Refuses to change what is in a wallet but by a move of it.
-- Rule: resellers.services.wallets
CREATE OR REPLACE FUNCTION keep_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND pg_trigger_depth() = 1) OR (TG_OP = 'INSERT'
       AND (NEW.balance_amount <> 0 OR NEW.held_amount <> 0)) THEN
        RAISE EXCEPTION 'a wallet is moved by its moves only'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'wallet_moved_by_its_moves';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER wallet_kept BEFORE INSERT OR UPDATE OR DELETE ON resellers_wallet
    FOR EACH ROW EXECUTE FUNCTION keep_wallet();
