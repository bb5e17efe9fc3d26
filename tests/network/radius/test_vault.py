"""What FreeRADIUS must read in clear is sealed at rest, and opened by the database for it alone."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.radius.rules import vault

KEY = bytes(range(32))
HEX = KEY.hex()
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=120)


def opened(sealed, key=HEX):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ispbill.radius_key', %s, false)", [key])
        cursor.execute("SELECT radius_open(%s)", [sealed])
        found = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('ispbill.radius_key', '', false)")
    return found


@given(TEXTS, st.binary(min_size=16, max_size=16))
def test_what_is_sealed_opens_with_its_key_and_no_other(text, nonce):
    sealed = vault.seal(text, key=KEY, nonce=nonce)

    assert vault.unseal(sealed, key=KEY) == text
    assert vault.unseal(sealed, key=bytes(32)) is None
    assert text.encode().hex() not in sealed or len(text) < 3


@pytest.mark.django_db
@hypothesis_settings(max_examples=30)
@given(TEXTS, st.binary(min_size=16, max_size=16))
def test_the_database_opens_what_python_sealed(text, nonce):
    assert opened(vault.seal(text, key=KEY, nonce=nonce)) == text


@pytest.mark.django_db
def test_without_the_key_or_with_another_the_database_gives_nothing():
    sealed = vault.seal("pppoe-secret", key=KEY, nonce=bytes(16))

    assert opened(sealed, key="") is None
    assert opened(sealed, key=bytes(32).hex()) is None
    assert opened("") is None


@pytest.mark.django_db
def test_an_altered_secret_opens_nowhere():
    nonce, body, tag = vault.seal("pppoe-secret", key=KEY, nonce=bytes(16)).split(".")
    altered = f"{nonce}.{int(body[:2], 16) ^ 1:02x}{body[2:]}.{tag}"

    assert vault.unseal(altered, key=KEY) is None
    assert opened(altered) is None
