"""The key and certificate papers are sealed with: the company's own, or one made here.

A self-made certificate proves that a paper was not changed since this house sealed it; readers of
PDF do not know its issuer, and pages say so. It is for commitment (nonRepudiation) only.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import IntegrityError, transaction

from contracts.models import SealKey
from ispbill.core import crypto
from ispbill.core.models import Company

LIFETIME = timedelta(days=365 * 15)
BITS = 3072


@dataclass(frozen=True)
class Key:
    """A private key and its certificate, both PEM."""

    key: bytes
    certificate: bytes
    is_self_made: bool


def current(*, at: datetime) -> Key:
    """Return the key to seal with; without one of the company's own it is made here once."""
    if settings.CONTRACT_SEAL_KEY and settings.CONTRACT_SEAL_CERTIFICATE:
        return Key(
            Path(settings.CONTRACT_SEAL_KEY).read_bytes(),
            Path(settings.CONTRACT_SEAL_CERTIFICATE).read_bytes(),
            is_self_made=False,
        )
    row = SealKey.objects.filter(retired_at__isnull=True).first() or _make(at=at)
    plain = crypto.unseal(row.sealed_key, context=sealed_for(row))
    return Key(plain.encode(), row.certificate.encode(), is_self_made=True)


def sealed_for(_row: SealKey) -> str:
    """Return the place a key is sealed for."""
    return "contracts.sealkey:key"


def _make(*, at: datetime) -> SealKey:
    name = Company.current().legal_name or Company.current().name
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name[:50]} contracts"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    row = SealKey(certificate=made.public_bytes(serialization.Encoding.PEM).decode(), made_at=at)
    row.sealed_key = crypto.seal(plain, context=sealed_for(row))
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody else made one meanwhile
        return SealKey.objects.get(retired_at__isnull=True)
    return row
