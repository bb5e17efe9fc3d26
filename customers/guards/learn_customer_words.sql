-- Keeps the words of texts for misspelt searches.
-- Rule: customers.rules.spelling
--
-- The words of these texts, for misspelt searches. Bangla vowel signs belong to their word, so
-- texts are split at spaces, punctuation and digits only. Sorted: rivals meet in one order.
CREATE OR REPLACE FUNCTION learn_customer_words(texts text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO customers_word (text)
    SELECT DISTINCT word
    FROM unnest(texts) AS given,
         regexp_split_to_table(lower(given), '[[:space:][:punct:]0-9]+') AS word
    WHERE length(word) BETWEEN 3 AND 60
    ORDER BY word
    ON CONFLICT DO NOTHING
$$;
