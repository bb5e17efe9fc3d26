from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ispbill.core import clock
from ispbill.core.models.made_file import MadeFile


class Contract(models.Model):
    """An agreement as one customer is asked to sign it for one service, and what became of it.

    From SENT on `html`, the PDF at `path` and its `sha256` are what is signed: nothing changes
    them. Days are company dates; `ends_on` and `minimum_until` are the first free day.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SENT = "SENT", _("To be signed")
        SIGNED = "SIGNED", _("Signed")
        ACTIVE = "ACTIVE", _("In force")
        DECLINED = "DECLINED", _("Declined")
        VOID = "VOID", _("Void")
        LAPSED = "LAPSED", _("Not signed in time")
        TERMINATED = "TERMINATED", _("Terminated")
        EXPIRED = "EXPIRED", _("Term over")

    class Cause(models.TextChoices):
        NOTICE = "NOTICE", _("Notice")
        COOLING_OFF = "COOLING_OFF", _("Cooling-off")
        BREACH = "BREACH", _("Breach")
        DEATH = "DEATH", _("Death")
        MUTUAL = "MUTUAL", _("By agreement")
        SUPERSEDED = "SUPERSEDED", _("Replaced by another contract")

    number = models.CharField(max_length=20)  # CON-2026-00012
    version = models.ForeignKey(
        "contracts.AgreementVersion", on_delete=models.PROTECT, related_name="contracts"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="contracts"
    )
    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="contracts"
    )
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="+")
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    minimum_until = models.DateField(null=True, blank=True)
    renewed_times = models.PositiveSmallIntegerField(default=0)
    is_monthly = models.BooleanField(default=False)  # goes on month by month since `ends_on`
    frozen_days = models.PositiveSmallIntegerField(default=0)  # both days moved by so many
    objected_on = models.DateField(null=True, blank=True)  # notice against its renewal
    # The price as signed, without tax, for each cycle; `gross_amount` where it was agreed with tax.
    price_amount = models.DecimalField(max_digits=14, decimal_places=2)
    gross_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    html = models.TextField(blank=True)
    path = models.CharField(max_length=160, blank=True)  # below MEDIA_ROOT
    sha256 = models.CharField(max_length=64, blank=True)
    verify_code = models.CharField(max_length=32)  # of /contract/<code>, printed on the paper
    link_seed = models.UUIDField(null=True, blank=True, editable=False)
    link_digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the word in the link
    link_expires_at = models.DateTimeField(null=True, blank=True)
    link_tries = models.PositiveSmallIntegerField(default=0)
    reminded_times = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    send_wanted_at = models.DateTimeField(null=True, blank=True)  # a worker sends the draft
    sent_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)  # declined, void, lapsed, ended
    ended_on = models.DateField(null=True, blank=True)  # the first day without it
    cause = models.CharField(max_length=11, choices=Cause.choices, blank=True)
    reason = models.TextField(blank=True)
    told_ending_on = models.DateField(null=True, blank=True)  # the `ends_on` told of
    is_end_told = models.BooleanField(default=False)
    emptied_at = models.DateTimeField(
        null=True, blank=True
    )  # nobody signed: text and file are gone

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contract_number_once", fields=["number"]),
            models.UniqueConstraint(name="contract_verify_code_once", fields=["verify_code"]),
            models.UniqueConstraint(
                name="contract_link_once", fields=["link_digest"], condition=~Q(link_digest="")
            ),
            models.UniqueConstraint(
                name="contract_one_active_a_service",
                fields=["subscription"],
                condition=Q(state="ACTIVE"),
            ),
            models.CheckConstraint(
                name="contract_sent_is_fixed",
                condition=Q(state__in=["DRAFT", "VOID"])
                | Q(emptied_at__isnull=False)
                | (Q(sent_at__isnull=False) & ~Q(sha256="") & ~Q(path="") & ~Q(html="")),
            ),
            models.CheckConstraint(
                name="contract_signed_has_moment",
                condition=~Q(state__in=["SIGNED", "ACTIVE", "TERMINATED", "EXPIRED"])
                | Q(signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="contract_terminated_says_why",
                condition=~Q(state="TERMINATED") | (~Q(cause="") & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="contract_emptied_was_never_signed",
                condition=Q(emptied_at__isnull=True)
                | Q(signed_at__isnull=True, state__in=["DECLINED", "VOID", "LAPSED"], html=""),
            ),
            models.CheckConstraint(
                name="contract_void_says_why", condition=~Q(state="VOID") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="contract_days_are_in_order", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]
        indexes = [
            models.Index(name="contract_of_customer", fields=["customer", "-id"]),
            models.Index(
                name="contract_to_send",
                fields=["id"],
                condition=Q(state="DRAFT", send_wanted_at__isnull=False),
            ),
            models.Index(name="contract_by_state", fields=["state", "-id"]),
            models.Index(
                name="contract_coming_end", fields=["ends_on"], condition=Q(state="ACTIVE")
            ),
            models.Index(
                name="contract_end_untold",
                fields=["over_at"],
                condition=Q(state="TERMINATED", is_end_told=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def created_on(self) -> date:
        """The company date it was drawn up on."""
        return clock.local_date(self.created_at)


class ContractSeal(MadeFile):
    """The signed paper: original and evidence page under one seal, made by a worker."""

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="seal")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)
    certificate = models.TextField(blank=True)  # PEM of what it was sealed with
    is_self_made = models.BooleanField(default=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="contract_seal_waiting",
                fields=["requested_at"],
                condition=Q(state="REQUESTED"),
            )
        ]

    def __str__(self) -> str:
        return f"seal of {self.contract_id}"
