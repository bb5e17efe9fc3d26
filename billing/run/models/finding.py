from django.conf import settings
from django.db import models
from django.db.models import Q


class AcceptedFinding(models.Model):
    """A finding of the revenue leak check that somebody lets be until a day, with a reason."""

    check_name = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()  # the row the check names: a service, a customer …
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.CASCADE, related_name="+"
    )
    until = models.DateField()  # accepted up to and including this company date
    reason = models.TextField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="accepted_finding_has_reason", condition=~Q(reason=""))
        ]
        indexes = [
            models.Index(name="accepted_finding_of", fields=["check_name", "subject_id", "until"])
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.subject_id} until {self.until}"
