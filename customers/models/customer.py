import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Upper
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    """The account that is billed. What changes with every bill or payment is on `AccountState`."""

    class Kind(models.TextChoices):
        RESIDENTIAL = "RESIDENTIAL", _("Residential")
        BUSINESS = "BUSINESS", _("Business")

    class Status(models.TextChoices):
        PENDING = "PENDING", _("Pending")
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")
        CANCELLED = "CANCELLED", _("Cancelled")

    class ChurnRisk(models.TextChoices):
        LOW = "LOW", _("Low")
        MEDIUM = "MEDIUM", _("Medium")
        HIGH = "HIGH", _("High")

    number = models.CharField(max_length=20)  # CT-2026-00012
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.RESIDENTIAL)
    # Follows from the services; a trigger keeps it (`derive_customer_status`).
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    name = models.CharField(max_length=120)
    local_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20)  # E.164
    alternate_phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    # Sealed with context customers.customer:<seal_id>:national_id; found by keyed fingerprint.
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_national_id = models.TextField(blank=True)
    national_id_fingerprint = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=240)
    area = models.ForeignKey("customers.Area", on_delete=models.PROTECT, related_name="customers")
    branch = models.ForeignKey(
        "accounts.Branch", on_delete=models.PROTECT, related_name="customers"
    )
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    language = models.CharField(max_length=5, default="en")
    # Plain number here, foreign key in the database (resellers lies above this app).
    reseller_id = models.BigIntegerField(null=True, blank=True)
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    referred_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    notes = models.TextField(blank=True)
    customer_since = models.DateField()
    preferred_billing_day = models.PositiveSmallIntegerField(default=1)
    credit_limit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    is_auto_pay = models.BooleanField(default=False)
    is_tax_exempt = models.BooleanField(default=False)
    is_never_suspended = models.BooleanField(default=False)
    wants_sms = models.BooleanField(default=True)
    wants_whatsapp = models.BooleanField(default=False)
    wants_email = models.BooleanField(default=True)
    wants_marketing = models.BooleanField(default=False)
    allows_shared_phone = models.BooleanField(default=False)  # set with a reason
    # Shares a phone, e-mail or national id with another account; somebody should look.
    is_duplicate_suspect = models.BooleanField(default=False)
    churn_risk = models.CharField(max_length=6, choices=ChurnRisk.choices, default=ChurnRisk.LOW)
    # Line identities (PPPoE names, connection ids), so that one index finds them all.
    keywords = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    # The account this one became a part of; its number finds that one for ever.
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="absorbed"
    )
    erased_at = models.DateTimeField(null=True, blank=True)  # who it was is forgotten
    search_text = models.GeneratedField(
        expression=Lower(
            Concat(
                F("name"),
                Value(" "),
                F("local_name"),
                Value(" "),
                F("number"),
                Value(" "),
                F("phone"),
                Value(" "),
                F("alternate_phone"),
                Value(" "),
                F("email"),
                Value(" "),
                F("address"),
                Value(" "),
                F("keywords"),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="customer_number_once", fields=["number"]),
            models.UniqueConstraint(
                name="customer_phone_once_while_active",
                fields=["phone"],
                condition=Q(archived_at__isnull=True, allows_shared_phone=False)
                & ~Q(status="CANCELLED"),
            ),
            models.CheckConstraint(
                name="customer_does_not_refer_itself",
                condition=Q(referred_by__isnull=True) | ~Q(referred_by=F("pk")),
            ),
            models.CheckConstraint(
                name="customer_merged_is_archived",
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="customer_credit_limit_is_not_negative",
                condition=Q(credit_limit_amount__gte=0),
            ),
            models.CheckConstraint(
                name="customer_billing_day_exists",
                condition=Q(preferred_billing_day__gte=1) & Q(preferred_billing_day__lte=31),
            ),
        ]
        indexes = [
            GinIndex(name="customer_search", fields=["search_text"], opclasses=["gin_trgm_ops"]),
            models.Index(name="customer_by_name", fields=["name", "id"]),
            models.Index(name="customer_status", fields=["status", "-id"]),
            models.Index(name="customer_branch", fields=["branch", "status", "-id"]),
            models.Index(name="customer_area", fields=["area", "-id"]),
            models.Index(name="customer_phone", fields=["phone"]),
            # As `iexact` asks: who signs in, or writes to us, by an address.
            models.Index(Upper("email"), name="customer_email"),
            models.Index(
                name="customer_reseller",
                fields=["reseller_id", "-id"],
                condition=Q(reseller_id__isnull=False),
            ),
            models.Index(
                name="customer_churn_risk",
                fields=["churn_risk", "-id"],
                condition=~Q(churn_risk="LOW"),
            ),
            GinIndex(name="customer_tags", fields=["tags"]),
            models.Index(name="customer_since", fields=["customer_since", "id"]),
            models.Index(
                name="customer_suspect", fields=["id"], condition=Q(is_duplicate_suspect=True)
            ),
            models.Index(
                name="customer_tax_exempt", fields=["id"], condition=Q(is_tax_exempt=True)
            ),
            models.Index(
                name="customer_archived", fields=["id"], condition=Q(archived_at__isnull=False)
            ),
            models.Index(
                name="customer_national_id",
                fields=["national_id_fingerprint"],
                condition=~Q(national_id_fingerprint=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None


class AccountState(models.Model):
    """The facts of a customer that move with every bill, payment or poll.

    A narrow row with room to change in place (fillfactor 50), kept away from the searched row.
    `balance_amount` is kept by the ledger's trigger: positive = the customer owes.
    """

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="account_state"
    )
    balance_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    oldest_due_date = models.DateField(null=True)  # of the oldest invoice still open
    next_billing_date = models.DateField(null=True)
    last_paid_at = models.DateTimeField(null=True)
    last_paid_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    promised_until = models.DateField(null=True)  # promise to pay: no cut before this day is over
    excluded_until = models.DateField(null=True)  # staff: no cut before this day is over
    is_online = models.BooleanField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    usage_cycle_gb = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    average_mbps = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    uptime_percent = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    lifetime_value_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    nps = models.SmallIntegerField(null=True)  # −100 … 100
    satisfaction = models.DecimalField(max_digits=3, decimal_places=2, null=True)  # 1 … 5
    ticket_count = models.PositiveIntegerField(default=0)
    last_ticket_on = models.DateField(null=True)
    top_ott_app = models.CharField(max_length=60, blank=True)
    peak_hours = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_state_nps_in_range",
                condition=Q(nps__isnull=True) | (Q(nps__gte=-100) & Q(nps__lte=100)),
            )
        ]
        indexes = [
            models.Index(
                name="account_state_overdue",
                fields=["oldest_due_date", "customer"],
                condition=Q(oldest_due_date__isnull=False),
            ),
            # Costs the billing run some five percent; without it "who owes most" reads a million
            # rows.
            models.Index(name="account_state_balance", fields=["balance_amount", "customer"]),
        ]

    def __str__(self) -> str:
        return f"account state of {self.customer_id}"

    @property
    def session_state(self) -> str:
        """Return ONLINE with a session, OFFLINE without, UNSEEN where no router has told us."""
        return {True: "ONLINE", False: "OFFLINE", None: "UNSEEN"}[self.is_online]


class CustomerNote(models.Model):
    """A remark of staff on the customer's timeline."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="remarks")
    at = models.DateTimeField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    is_pinned = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(name="customer_note_latest", fields=["customer", "-at"])]

    def __str__(self) -> str:
        return self.text[:60]


class CustomerLogin(models.Model):
    """Which accounts a signed-in customer may open (one phone may hold several)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer_logins"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="logins")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="customer_login_once", fields=["user", "customer"])
        ]

    def __str__(self) -> str:
        return f"{self.user_id} opens {self.customer_id}"
