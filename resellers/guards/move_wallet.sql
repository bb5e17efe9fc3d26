-- Keeps what is in a reseller's wallet and what is held, by their moves; refuses to change a move.
-- Rule: resellers.services.wallets
CREATE OR REPLACE FUNCTION move_wallet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO resellers_wallet (reseller_id) VALUES (NEW.reseller_id) ON CONFLICT DO NOTHING;
    IF NEW.pocket = 'WALLET' THEN
        UPDATE resellers_wallet SET balance_amount = balance_amount + NEW.amount
            WHERE reseller_id = NEW.reseller_id RETURNING balance_amount INTO NEW.after_amount;
        NEW.is_low := EXISTS (SELECT FROM resellers_reseller r WHERE r.id = NEW.reseller_id
            AND NEW.after_amount < r.low_mark AND NEW.after_amount - NEW.amount >= r.low_mark);
    ELSE
        UPDATE resellers_wallet SET held_amount = held_amount + NEW.amount
            WHERE reseller_id = NEW.reseller_id RETURNING held_amount INTO NEW.after_amount;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER wallet_moves BEFORE INSERT ON resellers_walletmove
    FOR EACH ROW EXECUTE FUNCTION move_wallet();
