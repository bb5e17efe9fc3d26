"""How unpaid bills are treated, and what was done about each."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class DunningPolicy(models.Model):
    """How customers of a class, of a branch or of the whole company are treated.

    The most specific policy in force counts. The company's own (neither branch nor class) always
    takes grace and minimum from the company's settings; without a row, or without steps of its
    own, it also takes the reminders from there.
    """

    name = models.CharField(max_length=80)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    customer_kind = models.CharField(max_length=12, choices=Customer.Kind.choices, blank=True)
    # NULL: as in the company's settings.
    grace_days = models.PositiveSmallIntegerField(null=True, blank=True)
    minimum_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    # Monday is 0; none named = every day.
    cutoff_weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    observes_holidays = models.BooleanField(default=True)
    pauses_on_outage = models.BooleanField(default=True)
    promise_days = models.PositiveSmallIntegerField(default=30)  # the longest promise
    promises_a_year = models.PositiveSmallIntegerField(null=True, blank=True)  # none = no limit
    late_fee_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    late_fee_rate = models.DecimalField(max_digits=6, decimal_places=5, null=True, blank=True)
    late_fee_tax_class = models.ForeignKey(
        "customers.TaxClass", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none = the company's own rate
    late_fee_since = models.DateField(null=True, blank=True)  # bills due earlier are spared
    archived_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "dunning policies"
        constraints = [
            models.UniqueConstraint(
                name="dunning_policy_once",
                fields=["branch", "customer_kind"],
                nulls_distinct=False,
                condition=Q(archived_at__isnull=True),
            ),
            models.CheckConstraint(
                name="dunning_company_policy_follows_settings",
                condition=Q(branch__isnull=False)
                | ~Q(customer_kind="")
                | Q(grace_days__isnull=True, minimum_amount__isnull=True),
            ),
            models.CheckConstraint(
                name="dunning_amounts_make_sense",
                condition=(Q(minimum_amount__isnull=True) | Q(minimum_amount__gte=0))
                & (Q(grace_days__isnull=True) | Q(grace_days__lte=90)),
            ),
            models.CheckConstraint(
                name="dunning_late_fee_has_one_value",
                condition=Q(
                    late_fee_amount__isnull=True,
                    late_fee_rate__isnull=True,
                    late_fee_since__isnull=True,
                )
                | Q(late_fee_amount__gt=0, late_fee_rate__isnull=True, late_fee_since__isnull=False)
                | Q(
                    late_fee_amount__isnull=True,
                    late_fee_rate__gt=0,
                    late_fee_rate__lte=1,
                    late_fee_since__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_default(self) -> bool:
        return self.branch_id is None and not self.customer_kind


class DunningStep(models.Model):
    """A rung of a ladder; the cut has no day of its own, it is the day after the days of grace."""

    class Action(models.TextChoices):
        REMIND = "REMIND", _("Reminder")
        NOTICE = "NOTICE", _("Notice of suspension")
        LATE_FEE = "LATE_FEE", _("Late fee")
        SUSPEND = "SUSPEND", _("Suspend")
        PROPOSE_CANCEL = "PROPOSE_CANCEL", _("Propose to cancel")

    policy = models.ForeignKey(DunningPolicy, on_delete=models.CASCADE, related_name="steps")
    action = models.CharField(max_length=14, choices=Action.choices)
    offset_days = models.SmallIntegerField(null=True)
    channels = ArrayField(models.CharField(max_length=10), default=list)  # none named = all
    event = models.CharField(max_length=40, blank=True)  # the wording; blank = fits the day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dunning_step_once",
                fields=["policy", "action", "offset_days"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="dunning_cut_follows_grace",
                condition=Q(action="SUSPEND", offset_days__isnull=True)
                | (~Q(action="SUSPEND") & Q(offset_days__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.offset_days}"


class Holiday(models.Model):
    """A day on which no line is cut, for the company or one branch."""

    day = models.DateField()
    name = models.CharField(max_length=80)
    branch = models.ForeignKey(
        "accounts.Branch", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="holiday_once", fields=["day", "branch"], nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class DunningHold(models.Model):
    """Time somebody was given: a promise to pay, or an exclusion from suspension until a day.

    The day that counts now is on the customer's account state; these rows say who gave it and
    why, and how many promises a year has seen.
    """

    class Kind(models.TextChoices):
        PROMISE = "PROMISE", _("Promise to pay")
        EXCLUSION = "EXCLUSION", _("Excluded from suspension")

    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    given_on = models.DateField()
    until = models.DateField()
    reason = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)  # withdrawn, or replaced by another

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dunning_hold_one_at_a_time",
                fields=["customer", "kind"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="dunning_hold_lasts", condition=Q(until__gte=F("given_on"))
            ),
        ]
        indexes = [models.Index(name="dunning_hold_given", fields=["customer", "kind", "given_on"])]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id} until {self.until}"


class DunningEvent(models.Model):
    """A step taken, or left out because it came too late, with every value that led to it.

    Never changed. A bill takes each step once; only a cut may come again, after the line was
    opened in between.
    """

    class Outcome(models.TextChoices):
        DONE = "DONE", _("Done")
        SKIPPED = "SKIPPED", _("Left out: too late")

    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Plain: a policy that has been replaced stays, one that never was has no row.
    policy = models.ForeignKey(
        DunningPolicy, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    action = models.CharField(max_length=14, choices=DunningStep.Action.choices)
    offset_days = models.SmallIntegerField()
    occurrence = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    on = models.DateField()  # the company's date
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="dunning_step_taken_once",
                fields=["invoice", "action", "offset_days", "occurrence"],
            ),
            models.UniqueConstraint(
                name="dunning_late_fee_once", fields=["invoice"], condition=Q(action="LATE_FEE")
            ),
            models.CheckConstraint(
                name="dunning_only_cuts_come_again", condition=Q(action="SUSPEND") | Q(occurrence=1)
            ),
        ]
        indexes = [
            models.Index(name="dunning_event_customer", fields=["customer", "-id"]),
            BrinIndex(name="dunning_event_day", fields=["on"]),  # written in the order of days
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.offset_days} of invoice {self.invoice_id}"


class PaymentUnderWay(models.Model):
    """Money that is perhaps on its way: nobody is cut off meanwhile. Kept by triggers alone.

    A fact of the floor above, written down here: an online payment that somebody believable says
    was made or that a person of ours looks at, a debit order the bank has not answered.
    """

    class Source(models.TextChoices):
        ATTEMPT = "ATTEMPT", _("Online payment")
        DEBIT = "DEBIT", _("Debit order")

    source = models.CharField(max_length=7, choices=Source.choices)
    source_id = models.BigIntegerField()
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    until = models.DateField(null=True)  # the last company date it counts; None: until it is over

    class Meta:
        verbose_name_plural = "payments under way"
        constraints = [
            models.UniqueConstraint(name="under_way_once", fields=["source", "source_id"])
        ]
        indexes = [models.Index(name="under_way_customer", fields=["customer"])]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id} of {self.customer_id}"
