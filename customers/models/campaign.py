from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ispbill.notifications.models import Message


class Campaign(models.Model):
    """A text to the customers a filter leaves. Money in the company's currency.

    Whom it is for is written down when somebody confirms it (`CampaignMember`); nobody joins
    later. `filters` are `customers.queries.directory.Filters` as plain JSON.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SCHEDULED = "SCHEDULED", _("Scheduled")
        RUNNING = "RUNNING", _("Running")
        HELD = "HELD", _("Held")
        DONE = "DONE", _("Done")
        STOPPED = "STOPPED", _("Stopped")

    name = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Message.Channel.choices)
    subject = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    subject_bn = models.CharField(max_length=160, blank=True)
    text_bn = models.TextField(blank=True)
    is_offer = models.BooleanField(default=True)
    filters = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # of a person who sees one branch alone
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    members_count = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    cost_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="campaign_beyond_draft_has_a_start",
                condition=Q(state="DRAFT") | Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="campaign_that_is_over_has_an_end",
                condition=Q(state__in=["DONE", "STOPPED"], ended_at__isnull=False)
                | (~Q(state__in=["DONE", "STOPPED"]) & Q(ended_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                name="campaign_under_way",
                fields=["starts_at", "id"],
                condition=Q(state__in=["SCHEDULED", "RUNNING", "HELD"]),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_under_way(self) -> bool:
        """Tell whether it will still send something by itself."""
        return self.state in {self.State.SCHEDULED, self.State.RUNNING, self.State.HELD}


class CampaignMember(models.Model):
    """A customer a campaign is for, and what became of it: a message, or why there is none.

    `why` is English, translated where it is shown. `dedup_key` is that of the message.
    """

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        QUEUED = "QUEUED", _("Handed over")
        LEFT_OUT = "LEFT_OUT", _("Left out")

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=254)  # E.164 or e-mail address
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.CharField(max_length=120, blank=True)
    dedup_key = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_member_once", fields=["campaign", "customer"]),
            models.UniqueConstraint(name="campaign_number_once", fields=["campaign", "recipient"]),
            models.CheckConstraint(
                name="campaign_member_is_queued_or_says_why",
                condition=Q(state="WAITING", dedup_key="", why="")
                | Q(state="QUEUED", why="") & ~Q(dedup_key="")
                | Q(state="LEFT_OUT", dedup_key="") & ~Q(why=""),
            ),
        ]
        indexes = [
            models.Index(
                name="campaign_waiting", fields=["campaign", "id"], condition=Q(state="WAITING")
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id}: {self.recipient}"
