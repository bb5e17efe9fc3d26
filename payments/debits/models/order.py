"""Debit orders: what we asked the bank for, and how it ended.

An order is one collection: one line of one batch, for one or more invoices whose amounts are
frozen in its parts once it has been sent. Triggers hold the states' order; an invoice is in at
most one order that may still bring, or has brought, money.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.debits.models.mandate import Mandate
from payments.debits.models.settings import DebitSettings


class DebitBatch(models.Model):
    """One file of debit orders. SENDING: it may or may not have arrived; look before sending again.

    ABANDONED and LAPSED batches collect nothing: they were never authorised.
    """

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Planned")
        SENDING = "SENDING", _("Being sent")
        UPLOADED = "UPLOADED", _("Uploaded")
        LOADED = "LOADED", _("Waiting for authorisation")
        AUTHORISED = "AUTHORISED", _("Authorised")
        PROCESSED = "PROCESSED", _("Processed")
        FAILED = "FAILED", _("Refused")
        LAPSED = "LAPSED", _("Lapsed")
        ABANDONED = "ABANDONED", _("Abandoned")

    UNDER_WAY = ("DRAFT", "SENDING", "UPLOADED", "LOADED", "AUTHORISED")

    name = models.CharField(max_length=30)  # DB-2026-00001-7f3a, unique at NetCash too
    instruction = models.CharField(max_length=16, choices=DebitSettings.Instruction.choices)
    action_date = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    orders_count = models.PositiveIntegerField(default=0)  # as sent
    total_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # as sent
    currency = models.CharField(max_length=3)
    token = models.CharField(max_length=100, blank=True)
    guid = models.CharField(max_length=40, blank=True)
    upload_code = models.CharField(max_length=20, blank=True)  # raw answers, kept as they came
    load_code = models.CharField(max_length=40, blank=True)
    authorise_code = models.CharField(max_length=20, blank=True)
    status_code = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=300, blank=True)
    planned_on = models.DateField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    loaded_at = models.DateTimeField(null=True)
    authorised_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    is_strange = models.BooleanField(default=False)  # NetCash has it although we gave it up

    class Meta:
        verbose_name_plural = "debit batches"
        constraints = [
            models.UniqueConstraint(name="debit_batch_name_once", fields=["name"]),
            models.CheckConstraint(
                name="debit_batch_sent_has_moment",
                condition=Q(state__in=["DRAFT", "ABANDONED"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_batch_sent_has_orders",
                condition=Q(state__in=["DRAFT", "ABANDONED"])
                | Q(orders_count__gte=1, total_amount__gt=0),
            ),
        ]
        indexes = [models.Index(name="debit_batch_state", fields=["state", "action_date"])]

    def __str__(self) -> str:
        return self.name


class DebitOrder(models.Model):
    """One collection from one account: a line of a batch. It names the payment it became."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Planned")
        UPLOADED = "UPLOADED", _("Sent")
        ACCEPTED = "ACCEPTED", _("Accepted")
        COLLECTED = "COLLECTED", _("Collected")
        UNPAID = "UNPAID", _("Unpaid")
        DISPUTED = "DISPUTED", _("Disputed")
        REJECTED = "REJECTED", _("Refused by NetCash")
        DROPPED = "DROPPED", _("Not carried out")

    OPEN = ("PLANNED", "UPLOADED", "ACCEPTED")

    reference = models.CharField(max_length=30)  # ours, comes back in the statement
    batch = models.ForeignKey(DebitBatch, on_delete=models.PROTECT, related_name="orders")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="orders")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="debit_orders", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    action_date = models.DateField()
    attempt = models.PositiveSmallIntegerField()  # 1: the first attempt
    state = models.CharField(max_length=9, choices=State.choices, default=State.PLANNED)
    payment = models.OneToOneField(
        "billing.Payment", null=True, on_delete=models.PROTECT, related_name="debit_order"
    )
    reason_code = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    is_retried = models.BooleanField(default=False)  # the policy lets the next run try again
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)  # somebody has dealt with the dispute

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="debit_order_settled_was_disputed",
                condition=Q(settled_at__isnull=True) | Q(state="DISPUTED"),
            ),
            models.UniqueConstraint(name="debit_order_reference_once", fields=["reference"]),
            models.UniqueConstraint(
                name="debit_order_once_in_a_batch", fields=["batch", "mandate"]
            ),
            models.CheckConstraint(name="debit_order_is_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="debit_order_counts_tries", condition=Q(attempt__gte=1)),
            models.CheckConstraint(
                name="debit_order_collected_names_its_payment",
                condition=~Q(state="COLLECTED") | Q(payment__isnull=False),
            ),
            models.CheckConstraint(
                name="debit_order_open_has_no_payment",
                condition=~Q(state__in=["PLANNED", "UPLOADED", "ACCEPTED", "REJECTED", "DROPPED"])
                | Q(payment__isnull=True),
            ),
            models.CheckConstraint(
                name="debit_order_unpaid_has_code",
                condition=~Q(state__in=["UNPAID", "DISPUTED"]) | ~Q(reason_code=""),
            ),
        ]
        indexes = [
            models.Index(name="debit_order_customer", fields=["customer", "-id"]),
            models.Index(
                name="debit_order_open",
                fields=["action_date", "id"],
                condition=Q(state__in=["PLANNED", "UPLOADED", "ACCEPTED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class DebitPart(models.Model):
    """What an order collects for one invoice. `is_live` follows the order's state, by trigger."""

    order = models.ForeignKey(DebitOrder, on_delete=models.PROTECT, related_name="parts")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="debit_parts"
    )
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    attempt = models.PositiveSmallIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="debit_part_once_a_try", fields=["mandate", "invoice", "attempt"]
            ),
            models.UniqueConstraint(
                name="invoice_debited_once", fields=["invoice"], condition=Q(is_live=True)
            ),
            models.CheckConstraint(name="debit_part_is_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.order_id} for {self.invoice_id}"
