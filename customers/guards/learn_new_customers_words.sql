-- Keeps the words of new customers' names for misspelt searches.
-- Rule: customers.rules.spelling
CREATE OR REPLACE FUNCTION learn_new_customers_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_word (text)
    SELECT DISTINCT word
    FROM (SELECT DISTINCT unnest(ARRAY[name, local_name, address]) AS given FROM new_rows) AS texts,
         regexp_split_to_table(lower(given), '[[:space:][:punct:]0-9]+') AS word
    WHERE length(word) BETWEEN 3 AND 60
    ORDER BY word
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER learn_words AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION learn_new_customers_words();
