-- Gives a secret that was sealed for FreeRADIUS, to a session that has set the key; NULL to others.
-- Rule: network.radius.rules.vault
-- Test: tests/network/radius/test_vault.py
-- Needs: radius_mac
CREATE OR REPLACE FUNCTION radius_open(sealed text) RETURNS text
LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    key bytea := decode(nullif(current_setting('ispbill.radius_key', true), ''), 'hex');
    nonce bytea := decode(split_part(sealed, '.', 1), 'hex');
    body bytea := decode(split_part(sealed, '.', 2), 'hex');
    stream bytea := '';
BEGIN
    IF key IS NULL OR sealed = ''
       OR substr(radius_mac(key, 't' || nonce || body), 1, 16)
          <> decode(split_part(sealed, '.', 3), 'hex') THEN
        RETURN NULL;
    END IF;
    FOR block IN 0 .. (length(body) + 31) / 32 - 1 LOOP
        stream := stream || radius_mac(key, 's' || nonce || int4send(block));
    END LOOP;
    FOR place IN 0 .. length(body) - 1 LOOP
        body := set_byte(body, place, get_byte(body, place) # get_byte(stream, place));
    END LOOP;
    RETURN convert_from(body, 'UTF8');
END
$$;
