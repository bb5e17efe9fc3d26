-- Gives HMAC-SHA-256 of a message with a key of 32 bytes.
-- Rule: network.radius.rules.vault
-- Test: tests/network/radius/test_vault.py
--
-- RFC 2104; PostgreSQL has SHA-256 of its own, and HMAC only in an extension that not every server has.
CREATE OR REPLACE FUNCTION radius_mac(key bytea, message bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    inner_pad bytea := decode(repeat('36', 64), 'hex');
    outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    FOR place IN 0 .. least(length(key), 64) - 1 LOOP
        inner_pad := set_byte(inner_pad, place, get_byte(key, place) # 54);
        outer_pad := set_byte(outer_pad, place, get_byte(key, place) # 92);
    END LOOP;
    RETURN sha256(outer_pad || sha256(inner_pad || message));
END
$$;
