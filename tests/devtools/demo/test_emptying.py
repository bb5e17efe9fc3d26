"""An emptied database is still one that can be migrated."""

import pytest
from django.db import connection

from ispbill.devtools.demo.emptying import empty

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("table", ["django_migrations", "django_content_type"])
def test_what_is_kept_still_counts_on(table):
    empty()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table}")
        highest = cursor.fetchone()[0]
        cursor.execute(
            "SELECT last_value FROM pg_sequences WHERE sequencename = %s", [f"{table}_id_seq"]
        )
        assert cursor.fetchone()[0] >= highest
