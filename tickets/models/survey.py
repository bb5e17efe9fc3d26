from django.conf import settings
from django.db import models
from django.db.models import Q


class Survey(models.Model):
    """How a customer found it, asked once a ticket; whose it was is frozen when it is asked.

    An anonymous one is two rows: the question, of which only the day of the answer is known, and
    the answer, without customer and ticket (`services.apart`).
    """

    ticket = models.OneToOneField(
        "tickets.Ticket", null=True, on_delete=models.PROTECT, related_name="survey"
    )
    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    is_anonymous = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    resolver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey("tickets.Team", null=True, on_delete=models.SET_NULL, related_name="+")
    category = models.ForeignKey("tickets.Category", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("customers.Area", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    asks_nps = models.BooleanField(default=False)
    stars = models.PositiveSmallIntegerField(null=True)
    nps = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    followed_up_at = models.DateTimeField(null=True)  # of a low score: somebody has looked into it
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="survey_answered_with_stars",
                condition=Q(answered_at__isnull=True, stars__isnull=True)
                | Q(answered_at__isnull=False, stars__gte=1, stars__lte=5)
                | Q(is_anonymous=True, stars__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_names_somebody_or_is_anonymous",
                condition=Q(customer__isnull=False, ticket__isnull=False)
                & (Q(is_anonymous=False) | Q(stars__isnull=True, nps__isnull=True, comment=""))
                | Q(is_anonymous=True, customer__isnull=True, ticket__isnull=True),
            ),
            models.CheckConstraint(
                name="survey_nps_in_range", condition=Q(nps__isnull=True) | Q(nps__lte=10)
            ),
        ]
        indexes = [
            models.Index(name="survey_of_customer", fields=["customer", "-asked_at"]),
            models.Index(name="survey_asked", fields=["asked_at"]),
            models.Index(
                name="survey_low",
                fields=["answered_at"],
                condition=Q(stars__lte=2, followed_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"survey of {self.ticket_id}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None
