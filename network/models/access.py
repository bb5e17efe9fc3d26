import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Access(models.Model):
    """A service's line on a router: what we want, and what the router last confirmed.

    Billing and staff write only the wish and raise `generation`; the push worker brings the
    router there, reads back, and records `confirmed_generation`. A line whose two generations
    differ is work still to do, however it came about.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        WALLED = "WALLED", _("Suspended")
        REMOVED = "REMOVED", _("Removed")

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.PROTECT, related_name="access"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    router = models.ForeignKey("network.Router", on_delete=models.PROTECT, related_name="accesses")
    username = models.CharField(max_length=60)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_password = models.TextField(blank=True)
    static_ip = models.GenericIPAddressField(null=True, blank=True)
    mac_address = models.CharField(max_length=17, blank=True)

    wanted_state = models.CharField(max_length=7, choices=State.choices, default=State.WALLED)
    wanted_profile = models.CharField(max_length=60)
    generation = models.BigIntegerField(default=1)
    wanted_since = models.DateTimeField()

    confirmed_state = models.CharField(max_length=7, choices=State.choices, blank=True)
    confirmed_profile = models.CharField(max_length=60, blank=True)
    confirmed_generation = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "accesses"
        constraints = [
            models.UniqueConstraint(
                name="access_username_once_per_router",
                fields=["router", "username"],
                condition=~Q(wanted_state="REMOVED"),
            ),
            models.CheckConstraint(
                name="access_confirms_no_future_wish",
                condition=Q(confirmed_generation__lte=F("generation")),
            ),
        ]
        indexes = [
            models.Index(
                name="access_unsettled",
                fields=["router", "next_attempt_at"],
                condition=~Q(generation=F("confirmed_generation")),
            ),
            models.Index(name="access_customer", fields=["customer"]),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def is_settled(self) -> bool:
        """Tell whether the router has confirmed what we want now."""
        return self.generation == self.confirmed_generation


class RouterLog(models.Model):
    """What we told a router, for which line, why, and what it answered (never a password)."""

    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="log")
    access = models.ForeignKey(Access, null=True, on_delete=models.SET_NULL, related_name="log")
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, blank=True)
    is_ok = models.BooleanField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(name="router_log_latest", fields=["router", "-id"]),
            models.Index(name="router_log_access", fields=["access", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.detail}"
