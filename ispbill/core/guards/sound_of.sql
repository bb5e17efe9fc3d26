-- Gives the key that the Latin spellings of one Bangla name share; NULL for what is no word of
-- Latin letters.
-- Rule: customers.rules.spelling
-- Test: tests/customers/queries/test_sounds.py
--
-- A key that the Latin spellings of one Bangla name share: Roy, Rai, Ray and Roi are `rY`. Kept are
-- the consonants, the first vowel by its kind (open, front, round, gliding to i, gliding to u) and
-- an -a at the end, which makes women's names. An h behind the first letter, doubled letters and
-- all other vowels say nothing. NULL for what is not a word of Latin letters.
CREATE OR REPLACE FUNCTION sound_of(word text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    spelt text := lower(word);
    parts text[];
BEGIN
    IF spelt !~ '^[a-z]{2,60}$' THEN
        RETURN NULL;
    END IF;
    -- The two short forms that people write and nobody says.
    spelt := CASE spelt WHEN 'md' THEN 'mohammad' WHEN 'mst' THEN 'mosammat' ELSE spelt END;
    spelt := replace(replace(replace(replace(spelt, 'ph', 'f'), 'ch', '1'), 'c', 'k'), '1', 'c');
    spelt := translate(replace(spelt, 'qu', 'k'), 'qzv', 'kjb');
    spelt := left(spelt, 1) || replace(substr(spelt, 2), 'h', '');
    spelt := replace(replace(spelt, 'ee', 'i'), 'oo', 'u');
    spelt := regexp_replace(regexp_replace(spelt, '(.)\1+', '\1', 'g'), '^e', 'i');
    spelt := regexp_replace(regexp_replace(spelt, '[aeo][iy]', 'Y', 'g'), '[aeo][uw]', 'W', 'g');
    parts := regexp_match(spelt, '^([^aeiouyYW]*)([aeiouyYW]+)(.*)$');
    IF parts IS NULL THEN
        RETURN spelt;
    END IF;
    RETURN parts[1] || translate(left(parts[2], 1), 'aeiouy', 'AAIOOI')
        || regexp_replace(regexp_replace(parts[3], '[aeiouwyYW]', '', 'g'), '(.)\1+', '\1', 'g')
        || CASE WHEN parts[3] ~ '[^aeiouyYW]a$' THEN 'a' ELSE '' END;
END
$$;
