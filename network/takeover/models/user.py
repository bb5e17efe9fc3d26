from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.models.method import Method


class FoundUser(models.Model):
    """A user that was on a router before us: as it was read, whose it seems, what became of it.

    Reading again brings the row up to date; one that was taken over stays as it is. The password
    is never read.
    """

    class Match(models.TextChoices):
        CERTAIN = "CERTAIN", _("Certain")
        LIKELY = "LIKELY", _("Likely")
        AMBIGUOUS = "AMBIGUOUS", _("More than one fits")
        NONE = "NONE", _("Nobody yet")

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        CHOSEN = "CHOSEN", _("Being taken over")
        DONE = "DONE", _("Taken over")
        FAILED = "FAILED", _("Not possible")

    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=7, choices=Method.choices, default=Method.PPPOE)
    name = models.CharField(max_length=120)
    profile = models.CharField(max_length=120, blank=True)
    limit = models.CharField(max_length=60, blank=True)  # of its queue, upload first
    is_disabled = models.BooleanField()
    comment = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=60, blank=True)
    caller_id = models.CharField(max_length=60, blank=True)
    read_at = models.DateTimeField()
    match = models.CharField(max_length=9, choices=Match.choices, default=Match.NONE)
    how = models.CharField(max_length=20, blank=True)  # network.takeover.rules.matching.How
    subscription = models.ForeignKey(
        "customers.Subscription", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    error = models.CharField(max_length=300, blank=True)
    # What a new customer is called and reached by; guessed from the comment, typed by staff.
    new_name = models.CharField(max_length=120, blank=True)
    new_phone = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="found_user_once", fields=["router", "name"]),
            models.CheckConstraint(
                name="found_user_fits_one_service",
                condition=Q(match__in=["CERTAIN", "LIKELY"])
                | Q(subscription=None)
                | Q(state="DONE"),
            ),
            models.UniqueConstraint(
                name="found_user_one_to_one",
                fields=["subscription"],
                condition=Q(subscription__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
