from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Call(models.Model):
    """A telephone call with a customer or a lead, as the member of staff wrote it down.

    Never deleted. `is_counted` is False for a second call to the same one within five minutes:
    figures of staff count both once.
    """

    class Direction(models.TextChoices):
        OUT = "OUT", _("We called")
        IN = "IN", _("They called")

    class Outcome(models.TextChoices):
        SPOKE = "SPOKE", _("Spoke")
        NO_ANSWER = "NO_ANSWER", _("No answer")
        BUSY = "BUSY", _("Busy")
        WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")
        LEFT_MESSAGE = "LEFT_MESSAGE", _("Left a message")
        CALL_BACK = "CALL_BACK", _("To be called back")

    customer = models.ForeignKey(
        "customers.Customer", null=True, on_delete=models.PROTECT, related_name="calls"
    )
    lead = models.ForeignKey(
        "customers.Lead", null=True, on_delete=models.PROTECT, related_name="calls"
    )
    ticket_id = models.BigIntegerField(null=True)  # plain: tickets lies above this app
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.OUT)
    phone = models.CharField(max_length=20, blank=True)
    seconds = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    is_counted = models.BooleanField(default=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    follow_up_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="call_is_with_somebody",
                condition=Q(customer__isnull=False) | Q(lead__isnull=False),
            ),
            models.CheckConstraint(
                name="call_follow_up_has_an_owner",
                condition=Q(follow_up_at__isnull=True, owner__isnull=True, done_at__isnull=True)
                | Q(follow_up_at__isnull=False, owner__isnull=False),
            ),
            models.CheckConstraint(
                name="call_back_has_a_time",
                condition=~Q(outcome="CALL_BACK") | Q(follow_up_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="call_customer", fields=["customer", "-id"]),
            models.Index(name="call_lead", fields=["lead", "-id"], condition=Q(lead__isnull=False)),
            models.Index(name="call_staff", fields=["by", "at"]),
            models.Index(
                name="call_to_follow_up",
                fields=["owner", "follow_up_at"],
                condition=Q(follow_up_at__isnull=False, done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"

    @property
    def who(self) -> str:
        """The name of the other side."""
        side = self.customer or self.lead
        return side.name if side is not None else ""

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is still to be called back."""
        return self.follow_up_at is not None and self.done_at is None
