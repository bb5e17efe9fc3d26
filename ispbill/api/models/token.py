from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class ApiToken(models.Model):
    """What a program signs in with: acts as its owner, within its scopes, until it expires.

    Only the SHA-256 of the token is kept; it was shown once.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_tokens"
    )
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=4)  # its last letters, to tell two apart
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="api_token_digest_once", fields=["digest"]),
            models.CheckConstraint(
                name="api_token_expires_after_made", condition=Q(expires_at__gt=F("created_at"))
            ),
            models.CheckConstraint(name="api_token_is_for_something", condition=~Q(scopes=[])),
        ]
        indexes = [models.Index(name="api_token_owner", fields=["owner", "-id"])]

    def __str__(self) -> str:
        return self.name
