from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RadiusRecord(models.Model):
    """An accounting packet as FreeRADIUS wrote it down; we make sessions of it afterwards.

    The only table but `RadiusAnswer` that FreeRADIUS's role may write, and it may only add.
    """

    received_at = models.DateTimeField(db_default=Now())
    nas_address = models.GenericIPAddressField()
    status = models.CharField(max_length=40)
    unique_id = models.CharField(max_length=64, db_default="")
    session_id = models.CharField(max_length=128, db_default="")
    username = models.CharField(max_length=253, db_default="")
    address = models.CharField(max_length=45, db_default="")
    ipv6_prefix = models.CharField(max_length=60, db_default="")
    caller_id = models.CharField(max_length=253, db_default="")
    port = models.CharField(max_length=253, db_default="")
    session_seconds = models.BigIntegerField(db_default=0)
    delay_seconds = models.BigIntegerField(db_default=0)
    input_octets = models.BigIntegerField(db_default=0)
    input_gigawords = models.BigIntegerField(db_default=0)
    output_octets = models.BigIntegerField(db_default=0)
    output_gigawords = models.BigIntegerField(db_default=0)
    cause = models.CharField(max_length=60, db_default="")
    taken_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, db_default="")

    class Meta:
        db_table = "radacct"
        indexes = [
            models.Index(name="radacct_waiting", fields=["id"], condition=Q(taken_at__isnull=True)),
            models.Index(name="radacct_oldest", fields=["received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.username}"


class RadiusAnswer(models.Model):
    """What FreeRADIUS answered somebody who wanted to sign on; never the password they sent."""

    at = models.DateTimeField(db_default=Now())
    nas_address = models.GenericIPAddressField()
    username = models.CharField(max_length=253, db_default="")
    reply = models.CharField(max_length=40)
    caller_id = models.CharField(max_length=253, db_default="")

    class Meta:
        db_table = "radpostauth"
        indexes = [models.Index(name="radpostauth_latest", fields=["nas_address", "-at"])]

    def __str__(self) -> str:
        return f"{self.username}: {self.reply}"

    @property
    def is_accepted(self) -> bool:
        return self.reply == "Access-Accept"
