import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from network.models.method import Method


class Router(models.Model):
    """A MikroTik that terminates subscribers. Its password is sealed (network.router:<seal_id>)."""

    class Status(models.TextChoices):
        UNKNOWN = "UNKNOWN", _("Unknown")
        ONLINE = "ONLINE", _("Online")
        OFFLINE = "OFFLINE", _("Offline")
        ON_HOLD = "ON_HOLD", _("Needs attention")  # refuses us: wrong password, no permission

    class SuspendMode(models.TextChoices):
        PROFILE = "PROFILE", _("Walled garden profile")
        DISABLE = "DISABLE", _("Switch the line off")
        ADDRESS_LIST = "ADDRESS_LIST", _("Address list of the firewall")

    name = models.CharField(max_length=60)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField(default=8728)
    uses_tls = models.BooleanField(default=False)
    tls_fingerprint = models.CharField(max_length=95, blank=True)  # SHA-256 of its certificate
    uses_old_login = models.BooleanField(default=False)  # RouterOS before 6.43
    username = models.CharField(max_length=60)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_password = models.TextField()
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="routers")
    site = models.CharField(max_length=80, blank=True)
    default_method = models.CharField(
        max_length=7, choices=Method.choices, default=Method.PPPOE, db_default="PPPOE"
    )
    suspend_mode = models.CharField(
        max_length=12, choices=SuspendMode.choices, default=SuspendMode.DISABLE
    )
    walled_profile = models.CharField(max_length=60, default="EXPIRED")
    # What the profiles we make there give to subscribers; blank leaves it to the router.
    local_address = models.CharField(max_length=45, blank=True)
    address_pool = models.CharField(max_length=60, blank=True)
    walled_pool = models.CharField(max_length=60, blank=True)
    dhcp_server = models.CharField(max_length=60, blank=True, default="", db_default="")
    # For so long a quiet line may go faster than sold, and how fast; 0: never.
    burst_percent = models.PositiveSmallIntegerField(default=0, db_default=0)
    burst_seconds = models.PositiveSmallIntegerField(default=10, db_default=10)
    max_sessions = models.PositiveSmallIntegerField(default=2)
    counter_bits = models.PositiveSmallIntegerField(default=64, db_default=64)  # of byte counters
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.UNKNOWN)
    status_note = models.CharField(max_length=300, blank=True)
    identity = models.CharField(max_length=60, blank=True)
    version = models.CharField(max_length=40, blank=True)
    uptime_seconds = models.BigIntegerField(null=True)
    cpu_percent = models.PositiveSmallIntegerField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)  # the first of those failures
    next_attempt_at = models.DateTimeField(null=True)
    is_enabled = models.BooleanField(default=True)
    added_at = models.DateTimeField(null=True)  # null: before this was written down
    archived_at = models.DateTimeField(null=True, blank=True)
    # Its lines sign on at RADIUS (network.radius), not as users kept on the router.
    uses_radius = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="router_name_once", fields=["name"]),
            models.CheckConstraint(
                name="router_port_exists", condition=Q(port__gte=1) & Q(port__lte=65535)
            ),
            models.CheckConstraint(
                name="router_counter_bits_are_known", condition=Q(counter_bits__in=[32, 64])
            ),
            models.CheckConstraint(
                name="router_burst_is_faster_than_sold",
                condition=Q(burst_percent=0)
                | Q(burst_percent__gt=100, burst_percent__lte=400, burst_seconds__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RouterSilence(models.Model):
    """A time in which a router did not answer at least twice: first failed to first good check."""

    router = models.ForeignKey(Router, on_delete=models.CASCADE, related_name="silences")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="router_silence_once", fields=["router", "since"]),
            models.UniqueConstraint(
                name="router_silent_once_at_a_time",
                fields=["router"],
                condition=Q(until__isnull=True),
            ),
            models.CheckConstraint(
                name="router_silence_ends_after_it_starts",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.router_id} {self.since}"
