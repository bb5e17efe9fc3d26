"""The key of what FreeRADIUS must read in clear."""

import secrets

from django.db import transaction

from ispbill.core import crypto
from network.radius.models import RadiusSettings
from network.radius.rules import vault

KEY_BYTES = 32


def secret_place(_row: RadiusSettings) -> str:
    """Return what the key is bound to."""
    return "network.radius:key"


def key() -> bytes:
    """Return the key; it is made when somebody first needs it."""
    row = RadiusSettings.objects.filter(pk=1).exclude(sealed_key="").first() or _made()
    return bytes.fromhex(crypto.unseal(row.sealed_key, context=secret_place(row)))


def seal(plain: str) -> str:
    """Seal a secret so that FreeRADIUS's connection can open it."""
    return vault.seal(plain, key=key(), nonce=secrets.token_bytes(vault.NONCE_BYTES))


def unseal(sealed: str) -> str:
    """Return a secret in clear, for the router only. Raises Unreadable."""
    plain = vault.unseal(sealed, key=key())
    if plain is None:
        raise crypto.Unreadable("sealed for FreeRADIUS with another key")
    return plain


@transaction.atomic
def _made() -> RadiusSettings:
    RadiusSettings.objects.get_or_create(pk=1)
    row = RadiusSettings.objects.select_for_update().get(pk=1)
    if not row.sealed_key:
        row.sealed_key = crypto.seal(
            secrets.token_bytes(KEY_BYTES).hex(), context=secret_place(row)
        )
        row.save(update_fields=["sealed_key"])
    return row
