from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from ispbill.core.columns import InetField

_FAMILY = Func(F("address"), function="family", output_field=models.IntegerField())
_LENGTH = Func(F("address"), function="masklen", output_field=models.IntegerField())


class IpAssignment(models.Model):
    """What a service has of a pool, from when until when: one holder at a time.

    STATIC: the fixed address of its equipment. DELEGATED: the prefix of IPv6 for the network
    behind that; `address` has its length then.
    """

    class Kind(models.TextChoices):
        STATIC = "STATIC", _("Fixed address")
        DELEGATED = "DELEGATED", _("Fixed IPv6 prefix")

    address = InetField()
    kind = models.CharField(
        max_length=9, choices=Kind.choices, default=Kind.STATIC, db_default="STATIC"
    )
    pool = models.ForeignKey("network.IpPool", on_delete=models.PROTECT, related_name="assignments")
    subscription = models.ForeignKey(
        "customers.Subscription", on_delete=models.PROTECT, related_name="ip_assignments"
    )
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    span = DateTimeRangeField()
    given_by_name = models.CharField(max_length=160)
    reason = models.TextField()
    released_by_name = models.CharField(max_length=160, blank=True)
    release_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="ip_address_held_once_at_a_time",
                expressions=[
                    (OpClass("address", name="inet_ops"), RangeOperators.OVERLAPS),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="ip_assignment_one_at_a_time",
                expressions=[
                    ("subscription", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="ip_assignment_is_an_address_or_a_prefix_of_ipv6",
                condition=Q(Exact(_LENGTH, 32), Exact(_FAMILY, 4), kind="STATIC")
                | Q(Exact(_LENGTH, 128), Exact(_FAMILY, 6), kind="STATIC")
                | Q(LessThanOrEqual(_LENGTH, 64), Exact(_FAMILY, 6), kind="DELEGATED"),
            ),
            models.CheckConstraint(name="ip_assignment_lasts", condition=Q(span__isempty=False)),
        ]
        indexes = [models.Index(name="ip_assignment_pool", fields=["pool", "address"])]

    def __str__(self) -> str:
        return f"{self.address} {self.subscription_id}"

    @property
    def is_held(self) -> bool:
        return bool(self.span.upper is None)


class AddressTrace(models.Model):
    """A question who had an address at a moment, for which case, and how many it could have been.

    Kept for ever: who asked what of whom is itself what the law wants to know.
    """

    at = models.DateTimeField()
    by_name = models.CharField(max_length=160)
    case_number = models.CharField(max_length=80)
    address = models.GenericIPAddressField()
    port = models.PositiveIntegerField(null=True)
    moment = models.DateTimeField()
    found = models.PositiveIntegerField()
    reason = models.TextField()

    class Meta:
        indexes = [models.Index(name="address_trace_latest", fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.case_number} {self.address}"
