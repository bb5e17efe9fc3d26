from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SigningCode(models.Model):
    """A code sent to the phone of record, bound to what it is to sign: text, words, hand.

    `given` is what the signer gave before (name, strokes, consent); it becomes the signature.
    """

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="codes"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64)
    given = models.JSONField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="signing_code_newest", fields=["contract", "-id"])]

    def __str__(self) -> str:
        return f"code of {self.contract_id}"


class Signature(models.Model):
    """Who signed a contract, with what hand, and what is known of it. Never changed.

    Proved by a code to the phone of record; or by a member of staff who saw it (`witness`), with
    the reason why there was no code and the identity document they looked at.
    """

    class Device(models.TextChoices):
        LINK = "LINK", _("Signed link, own device")
        PORTAL = "PORTAL", _("Portal, own device")
        FIELD = "FIELD", _("The technician's device")
        DESK = "DESK", _("A device of the office")

    contract = models.OneToOneField(
        "contracts.Contract", on_delete=models.PROTECT, related_name="signature"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    capacity = models.CharField(max_length=60, blank=True)  # for a company: as what
    strokes = models.JSONField(default=list)  # [[[x, y, t, p], …], …] in 0–1000; empty: typed
    strokes_sha256 = models.CharField(max_length=64, blank=True)
    consent = models.TextField()
    consent_language = models.CharField(max_length=5)
    document_sha256 = models.CharField(max_length=64)
    phone = models.CharField(max_length=20, blank=True)  # the code went there
    code_sent_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    witness = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    witness_reason = models.CharField(max_length=200, blank=True)
    identity_document = models.CharField(max_length=80, blank=True)  # kind, last digits
    device = models.CharField(max_length=6, choices=Device.choices)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="signature_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="signature_strokes_are_hashed", condition=Q(strokes=[]) | ~Q(strokes_sha256="")
            ),
            models.CheckConstraint(
                name="signature_by_code_or_before_a_witness",
                condition=Q(code_sent_at__isnull=False, witness__isnull=True) & ~Q(phone="")
                | Q(code_sent_at__isnull=True, witness__isnull=False)
                & ~Q(witness_reason="")
                & ~Q(identity_document=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.contract_id}"


class ContractEvent(models.Model):
    """One step of a contract, chained to the step before by its hash. Append-only."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="events"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    step_no = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    actor_name = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="contract_step_once", fields=["contract", "step_no"])
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.step_no} {self.kind}"


class SealKey(models.Model):
    """The key papers are sealed with when the company has no certificate of its own."""

    certificate = models.TextField()  # PEM
    sealed_key = models.TextField()  # PEM, sealed by the product's own key
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="seal_key_one_in_use",
                fields=["retired_at"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"seal key {self.pk}"
