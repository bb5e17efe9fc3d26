"""Words for misspelt searches, the mark of a possible duplicate, and the list's indexes."""

import django.contrib.postgres.indexes
from django.db import migrations, models

WORDS = """
-- The words of these texts, for misspelt searches. Bangla vowel signs belong to their word, so
-- texts are split at spaces, punctuation and digits only. Sorted: rivals meet in one order.
CREATE FUNCTION learn_customer_words(texts text[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO customers_word (text)
    SELECT DISTINCT word
    FROM unnest(texts) AS given,
         regexp_split_to_table(lower(given), '[[:space:][:punct:]0-9]+') AS word
    WHERE length(word) BETWEEN 3 AND 60
    ORDER BY word
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION learn_new_customers_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_word (text)
    SELECT DISTINCT word
    FROM (SELECT DISTINCT unnest(ARRAY[name, local_name, address]) AS given FROM new_rows) AS texts,
         regexp_split_to_table(lower(given), '[[:space:][:punct:]0-9]+') AS word
    WHERE length(word) BETWEEN 3 AND 60
    ORDER BY word
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER learn_words AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION learn_new_customers_words();
"""

DROP = """
DROP FUNCTION learn_new_customers_words CASCADE;
DROP FUNCTION learn_customer_words;
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0002_guards")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="is_duplicate_suspect",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=60)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["text"], name="word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("text",), name="word_once")],
            },
        ),
        migrations.RunSQL(WORDS, DROP),
    ]
