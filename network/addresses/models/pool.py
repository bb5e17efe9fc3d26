from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import Exact, LessThanOrEqual
from django.utils.translation import pgettext_lazy

from ispbill.core.columns import CidrField
from network.addresses.rules import blocks

_NUMBER = models.IntegerField()


class IpPool(models.Model):
    """A block of addresses we give to lines; no two pools in use overlap.

    The lowest `reserved` hosts beside the gateway are kept for our own equipment. A CGNAT's `cidr`
    is its inside: each inside address has `ports_each` ports of an outside one, in order, from
    port `first_port` on; `outside` is the first outside address. Of a DELEGATED block of IPv6 a
    line gets no address but a whole prefix of `delegated_length`, for the network behind its
    equipment (RFC 4818); `reserved` counts prefixes then.
    """

    class Kind(models.TextChoices):
        PUBLIC = "PUBLIC", pgettext_lazy("addresses", "Public")
        PRIVATE = "PRIVATE", pgettext_lazy("addresses", "Private")
        CGNAT = "CGNAT", "CGNAT"
        DELEGATED = "DELEGATED", pgettext_lazy("addresses", "Delegated prefixes")

    name = models.CharField(max_length=60)
    cidr = CidrField()
    kind = models.CharField(max_length=9, choices=Kind.choices)
    router = models.ForeignKey(
        "network.Router", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    gateway = models.GenericIPAddressField(null=True, blank=True)
    reserved = models.PositiveSmallIntegerField(default=0)
    outside = models.GenericIPAddressField(null=True, blank=True)
    ports_each = models.PositiveIntegerField(default=4032)
    first_port = models.PositiveIntegerField(default=1024)
    delegated_length = models.PositiveSmallIntegerField(
        default=blocks.PREFIX_LENGTH, db_default=blocks.PREFIX_LENGTH
    )
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="ip_pool_name_once", fields=["name"]),
            ExclusionConstraint(
                name="ip_pools_never_overlap",
                expressions=[(OpClass("cidr", name="inet_ops"), "&&")],
                condition=Q(archived_at=None),
            ),
            models.CheckConstraint(
                name="ip_pool_cgnat_has_an_outside",
                condition=Q(kind="CGNAT", outside__isnull=False) | ~Q(kind="CGNAT"),
            ),
            models.CheckConstraint(
                name="ip_pool_has_the_prefixes_it_delegates",
                condition=~Q(kind="DELEGATED")
                | Q(
                    Exact(Func(F("cidr"), function="family", output_field=_NUMBER), 6),
                    LessThanOrEqual(
                        Func(F("cidr"), function="masklen", output_field=_NUMBER),
                        F("delegated_length"),
                    ),
                    gateway__isnull=True,
                    delegated_length__lte=64,
                ),
            ),
            models.CheckConstraint(
                name="ip_pool_ports_exist",
                condition=Q(ports_each__range=(1, 64512), first_port__range=(1, 65535)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.cidr}"

    @property
    def is_delegated(self) -> bool:
        return self.kind == self.Kind.DELEGATED
