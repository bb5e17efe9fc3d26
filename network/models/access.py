import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ispbill.core.columns import CidrField
from network.models.method import Method


class Access(models.Model):
    """A service's line on a router: what we want, and what the router last confirmed.

    Billing and staff write only the desired state and raise `generation`; the push worker brings
    the router there, reads back, and records `confirmed_generation`. A line whose two generations
    differ is work still to do, however it came about.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("line", "Open")
        WALLED = "WALLED", _("Suspended")
        REMOVED = "REMOVED", _("Removed")

    subscription = models.OneToOneField(
        "customers.Subscription", on_delete=models.PROTECT, related_name="access"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    router = models.ForeignKey("network.Router", on_delete=models.PROTECT, related_name="accesses")
    method = models.CharField(
        max_length=7, choices=Method.choices, default=Method.PPPOE, db_default="PPPOE"
    )
    username = models.CharField(max_length=60)
    seal_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed_password = models.TextField(blank=True)
    static_ip = models.GenericIPAddressField(null=True, blank=True)
    # The prefix of IPv6 for the network behind it; only a sign-on at RADIUS can be told one.
    delegated_prefix = CidrField(null=True, blank=True)
    mac_address = models.CharField(max_length=17, blank=True)

    desired_state = models.CharField(max_length=7, choices=State.choices, default=State.WALLED)
    desired_profile = models.CharField(max_length=60)
    generation = models.BigIntegerField(default=1)
    desired_since = models.DateTimeField()
    desired_by_name = models.CharField(max_length=160, default="system")
    desired_reason = models.TextField(blank=True)
    password_generation = models.BigIntegerField(
        default=0
    )  # the desired state that brought the password

    confirmed_state = models.CharField(max_length=7, choices=State.choices, blank=True)
    confirmed_profile = models.CharField(max_length=60, blank=True)
    confirmed_generation = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    is_on_hold = models.BooleanField(default=False)  # the router said no for good; a person decides
    # Orders went out whose answer never came: an unchanged secret may hide a stale session.
    is_in_doubt = models.BooleanField(default=False)
    may_adopt = models.BooleanField(default=False)  # staff gave us a user somebody made by hand
    last_error = models.CharField(max_length=300, blank=True)
    # The message the customer is owed once the router has confirmed that the line is open.
    owed_event = models.CharField(max_length=40, blank=True, default="", db_default="")
    # Whether the router was last seen with a session of this user; None: nobody knows.
    has_session = models.BooleanField(null=True)
    session_noted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "accesses"
        constraints = [
            models.UniqueConstraint(
                name="access_username_once_per_router",
                fields=["router", "username"],
                condition=~Q(desired_state="REMOVED"),
            ),
            models.UniqueConstraint(
                name="access_address_once_per_router",
                fields=["router", "static_ip"],
                condition=Q(method__in=["QUEUE", "DHCP"]) & ~Q(desired_state="REMOVED"),
            ),
            models.UniqueConstraint(
                name="access_mac_once_per_router",
                fields=["router", "mac_address"],
                condition=Q(method="DHCP") & ~Q(desired_state="REMOVED"),
            ),
            models.CheckConstraint(
                name="access_method_has_its_address",
                condition=Q(method__in=["PPPOE", "HOTSPOT"])
                | Q(desired_state="REMOVED")
                | Q(method="QUEUE", static_ip__isnull=False)
                | Q(method="DHCP", static_ip__isnull=False) & ~Q(mac_address=""),
            ),
            models.CheckConstraint(
                name="access_method_can_be_told_its_prefix",
                condition=Q(delegated_prefix__isnull=True)
                | Q(desired_state="REMOVED")
                | Q(method="PPPOE"),
            ),
            models.CheckConstraint(
                name="access_confirms_no_future_state",
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
    def has_login(self) -> bool:
        """Tell whether its customer signs in, into sessions that can be ended."""
        return Method(self.method).has_login

    @property
    def can_be_told_prefix(self) -> bool:
        """Tell whether a fixed prefix of IPv6 can reach it; `router` is at hand.

        A user on the router has no place for one: its `remote-ipv6-prefix` is that of the link, and
        a binding of the router's DHCPv6 server needs the DUID of the customer's equipment.
        """
        return self.method == Method.PPPOE and self.router.uses_radius

    @property
    def is_settled(self) -> bool:
        """Tell whether the router has confirmed what we want now."""
        return self.generation == self.confirmed_generation


class Leftover(models.Model):
    """What must go from a router because its line has moved away, was renamed, or is brought to
    the customer by another method.

    The row is the queue of record, so that a router that is down now still loses the user later;
    it goes when the router has confirmed.
    """

    router = models.ForeignKey("network.Router", on_delete=models.CASCADE, related_name="leftovers")
    access = models.ForeignKey(Access, on_delete=models.CASCADE, related_name="leftovers")
    method = models.CharField(
        max_length=7, choices=Method.choices, default=Method.PPPOE, db_default="PPPOE"
    )
    username = models.CharField(max_length=60)
    since = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="leftover_once_per_router", fields=["router", "access", "username", "method"]
            )
        ]

    def __str__(self) -> str:
        return self.username


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
