"""Bangla names are found by the index, like Latin ones."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_bangla_letters_make_trigrams():
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_length(show_trgm('আমিনা বেগম'), 1) > 0")

        assert cursor.fetchone()[0] is True
