from django.conf import settings
from django.db import models
from django.db.models import Q


class FieldDevice(models.Model):
    """A phone the app keeps jobs on; its secret is stored hashed.

    The office ends a lost one: from then on it gets no jobs, may hand in for three days what it
    still holds, and wipes itself when it next comes.
    """

    token_digest = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True)  # what the browser calls itself
    session_id = models.BigIntegerField(null=True)  # of accounts.SignedInSession, while it lasts
    registered_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = models.TextField(blank=True)
    wiped_at = models.DateTimeField(null=True)  # the phone said that nothing is on it any more

    class Meta:
        constraints = [
            models.UniqueConstraint(name="field_device_token_once", fields=["token_digest"]),
            models.CheckConstraint(
                name="field_device_wiped_has_ended",
                condition=Q(wiped_at__isnull=True) | Q(ended_at__isnull=False),
            ),
        ]
        indexes = [models.Index(name="field_device_of_person", fields=["person", "-id"])]

    def __str__(self) -> str:
        return f"phone {self.pk} of {self.person_id}"
