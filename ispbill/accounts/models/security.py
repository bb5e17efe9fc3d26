"""Second factors, one-time codes and the list of sessions."""

import uuid

from django.conf import settings
from django.db import models


class TotpDevice(models.Model):
    """An authenticator app of a user; the secret is sealed (context: accounts.totp:<seal_id>)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="totp"
    )
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_secret = models.TextField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # a code is good once: RFC 6238 section 5.2

    def __str__(self) -> str:
        return f"authenticator of {self.user_id}"


class RecoveryCode(models.Model):
    """A code that stands in for a lost second factor, once."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    code_hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class Passkey(models.Model):
    """A WebAuthn credential of a user."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(max_length=60)
    credential_id = models.BinaryField()
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="passkey_once", fields=["credential_id"])]

    def __str__(self) -> str:
        return self.name


class OneTimeCode(models.Model):
    """A short-lived code sent to a phone; only its keyed hash is kept."""

    login = models.CharField(max_length=120)
    purpose = models.CharField(max_length=20)
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(name="one_time_code_login", fields=["login", "purpose", "-created_at"])
        ]

    def __str__(self) -> str:
        return f"{self.purpose} code for {self.login}"


class SignedInSession(models.Model):
    """A session as its owner sees it: device, place, last seen; revoking deletes the session."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="signed_in_sessions"
    )
    session_key = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    second_factor = models.CharField(max_length=10, blank=True)  # totp, passkey, recovery

    class Meta:
        constraints = [
            models.UniqueConstraint(name="signed_in_session_once", fields=["session_key"])
        ]

    def __str__(self) -> str:
        return f"session of {self.user_id}"
