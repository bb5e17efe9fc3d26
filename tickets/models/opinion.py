from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Opinion(models.Model):
    """Whether a customer would recommend us (0 to 10), asked every so often, of no ticket.

    Branch and area are those of the day it was asked. An anonymous one is two rows, as of a
    survey: the question without the answer, and the answer without the customer.
    """

    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_anonymous = models.BooleanField(default=False)
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("customers.Area", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    followed_up_at = models.DateTimeField(null=True)  # of a low score: somebody has looked into it
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opinion_answered_with_a_score",
                condition=Q(answered_at__isnull=True, score__isnull=True)
                | Q(answered_at__isnull=False, score__gte=0, score__lte=10)
                | Q(is_anonymous=True, score__isnull=True),
            ),
            models.CheckConstraint(
                name="opinion_names_somebody_or_is_anonymous",
                condition=Q(customer__isnull=False)
                & (Q(is_anonymous=False) | Q(score__isnull=True, comment=""))
                | Q(is_anonymous=True, customer__isnull=True),
            ),
            models.CheckConstraint(
                name="opinion_expires_after_it_was_asked", condition=Q(expires_at__gt=F("asked_at"))
            ),
        ]
        indexes = [
            models.Index(name="opinion_of_customer", fields=["customer", "-asked_at"]),
            models.Index(name="opinion_asked", fields=["asked_at"]),
            models.Index(name="opinion_answered", fields=["answered_at"]),
            models.Index(
                name="opinion_low",
                fields=["answered_at"],
                condition=Q(score__lte=6, followed_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"opinion of {self.customer_id}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


class SurveyRefusal(models.Model):
    """A customer who wants to be asked nothing: no survey, no opinion. Gone once they want to."""

    customer = models.OneToOneField(
        "customers.Customer", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"no surveys for {self.pk}"
