from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class ChurnSettings(models.Model):
    """How many people can be called, and how many are left alone to compare.

    One row. Money limits of an offer stand here too: percent of the monthly price, and cycles.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    calls_per_week = models.PositiveSmallIntegerField(default=20)  # of one branch
    held_out_percent = models.PositiveSmallIntegerField(default=10)
    most_discount_percent = models.PositiveSmallIntegerField(default=20)
    most_discount_cycles = models.PositiveSmallIntegerField(default=3)
    is_ai_on = models.BooleanField(default=False)  # words by Gemini, where a key is set

    class Meta:
        constraints = [
            models.CheckConstraint(name="churn_settings_one_row", condition=Q(id=1)),
            models.CheckConstraint(
                name="churn_settings_are_sensible",
                condition=Q(
                    calls_per_week__gte=1,
                    held_out_percent__gte=5,
                    held_out_percent__lte=30,
                    most_discount_percent__lte=100,
                ),
            ),
        ]
        verbose_name_plural = "churn settings"

    def __str__(self) -> str:
        return "Settings of churn"

    @classmethod
    def current(cls) -> "ChurnSettings":
        """Return the one row, written with what we ship when it is asked for first."""
        return cls.objects.get_or_create(pk=1)[0]


class ChurnEpisode(models.Model):
    """A time in which a customer is at high risk: from reaching it to 90 days, or 14 days below.

    At its start a tenth is drawn to be left alone (`is_held_out`, as drawn for good): they are seen
    and not called, so that what calling brings can be measured. `override_reason`: a manager had
    somebody called nevertheless; the group stays as drawn.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="churn_episodes")
    number = models.PositiveSmallIntegerField()  # the customer's first, second...
    began_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    below_since = models.DateField(null=True, blank=True)
    is_held_out = models.BooleanField()
    override_reason = models.CharField(max_length=240, blank=True)
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Known 90 days after it began.
    has_left = models.BooleanField(null=True)
    net_collected = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    action_cost = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="churn_episode_number_once", fields=["customer", "number"]
            ),
            models.UniqueConstraint(
                name="churn_episode_one_open", fields=["customer"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                name="churn_episode_days_are_in_order",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("began_on")),
            ),
            models.CheckConstraint(
                name="churn_override_is_signed",
                condition=Q(override_reason="") | Q(overridden_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="churn_episode_began", fields=["began_on", "id"])]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.number}"

    @property
    def is_left_alone(self) -> bool:
        """Tell whether nobody is to call because of this risk."""
        return self.is_held_out and self.ended_on is None and not self.override_reason


class RetentionTask(models.Model):
    """Somebody talks to a customer who may leave; one open task an episode."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        ASSIGNED = "ASSIGNED", _("Assigned")
        CONTACTED = "CONTACTED", _("Contacted")
        OFFERED = "OFFERED", _("Offer made")
        KEPT = "KEPT", _("Stays")
        REFUSED = "REFUSED", _("Leaves all the same")
        UNREACHABLE = "UNREACHABLE", _("Not reached")
        NOT_NEEDED = "NOT_NEEDED", _("Not needed")

    class Action(models.TextChoices):
        CALL = "CALL", _("Call")
        TECHNICIAN = "TECHNICIAN", _("Send a technician")
        DISCOUNT = "DISCOUNT", _("Offer a discount")
        UPGRADE = "UPGRADE", _("Offer a larger package")
        DOWNGRADE = "DOWNGRADE", _("Offer a smaller package")
        PAYMENT_PLAN = "PAYMENT_PLAN", _("Agree when to pay")
        WAIT = "WAIT", _("Wait")

    OPEN = ("PROPOSED", "ASSIGNED", "CONTACTED", "OFFERED")

    episode = models.ForeignKey(ChurnEpisode, on_delete=models.CASCADE, related_name="tasks")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=11, choices=State.choices, default=State.PROPOSED)
    action = models.CharField(max_length=12, choices=Action.choices, default=Action.CALL)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    due_on = models.DateField()
    outcome = models.CharField(max_length=400, blank=True)
    # What is offered, for which service; given when the customer takes it.
    service = models.ForeignKey(
        "customers.Subscription", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    discount_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    discount_cycles = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="retention_task_one_open", fields=["episode"], condition=Q(closed_at=None)
            ),
            models.CheckConstraint(
                name="retention_task_closed_says_what",
                condition=Q(closed_at=None)
                | ~Q(outcome="") & ~Q(state__in=("PROPOSED", "ASSIGNED", "CONTACTED", "OFFERED")),
            ),
            models.CheckConstraint(
                name="retention_task_offer_is_whole",
                condition=Q(discount_percent=None, discount_cycles=None)
                | Q(discount_percent__gte=1, discount_cycles__gte=1, service__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="retention_task_open", fields=["due_on", "id"], condition=Q(closed_at=None)
            ),
            models.Index(name="retention_task_customer", fields=["customer", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"


class ChurnWording(models.Model):
    """Words of reasons and proposed actions, kept by what they were made from.

    `fingerprint` is that of reason codes, buckets, language and the prompt's version; nothing of a
    person is in it. Kept thirty days.
    """

    fingerprint = models.CharField(max_length=64, primary_key=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    asked = models.JSONField()  # the codes and buckets it words
    text = models.CharField(max_length=240, blank=True)  # blank: the reply was no good
    actions = models.JSONField(default=list)
    made_by = models.CharField(max_length=60)  # the model's name
    prompt_tokens = models.PositiveIntegerField(default=0)
    answer_tokens = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="churn_wording_made", fields=["made_at"])]

    def __str__(self) -> str:
        return self.fingerprint[:12]
