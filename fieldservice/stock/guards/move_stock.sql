-- Carries a stock move into balances and onto its piece; refuses what is not where it leaves from.
-- Rule: fieldservice.stock.services.moving
-- Test: tests/fieldservice/stock/test_stock.py
CREATE OR REPLACE FUNCTION move_stock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    has_pieces boolean := (SELECT kind = 'SERIAL' FROM fieldservice_stockitem WHERE id = NEW.item_id);
    leaves_real boolean := (SELECT kind IN ('BRANCH', 'PERSON', 'CUSTOMER', 'TRANSIT')
                            FROM fieldservice_stockplace WHERE id = NEW.source_id);
    reaches_real boolean := (SELECT kind IN ('BRANCH', 'PERSON', 'CUSTOMER', 'TRANSIT')
                             FROM fieldservice_stockplace WHERE id = NEW.target_id);
BEGIN
    IF has_pieces <> (NEW.unit_id IS NOT NULL) THEN
        RAISE EXCEPTION 'pieces with a serial number move one by one, others never'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_move_names_its_piece';
    END IF;
    IF NEW.unit_id IS NOT NULL THEN
        UPDATE fieldservice_serialunit SET place_id = NEW.target_id
        WHERE id = NEW.unit_id AND item_id = NEW.item_id AND place_id = NEW.source_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the piece is not where it is to leave from'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_move_leaves_where_it_is';
        END IF;
    END IF;
    IF leaves_real THEN
        UPDATE fieldservice_stockbalance SET quantity = quantity - NEW.quantity
        WHERE item_id = NEW.item_id AND place_id = NEW.source_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is nothing of it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'stock_balance_is_not_negative';
        END IF;
    END IF;
    IF reaches_real THEN
        INSERT INTO fieldservice_stockbalance (item_id, place_id, quantity)
        VALUES (NEW.item_id, NEW.target_id, NEW.quantity)
        ON CONFLICT (item_id, place_id)
        DO UPDATE SET quantity = fieldservice_stockbalance.quantity + NEW.quantity;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER move_stock BEFORE INSERT ON fieldservice_stockmove
    FOR EACH ROW EXECUTE FUNCTION move_stock();
