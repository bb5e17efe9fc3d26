from django.db import models
from django.db.models import Q


class RadiusNas(models.Model):
    """A router that asks RADIUS about its lines. While there is one, `Router.uses_radius` is so.

    `address` is what its packets come from; `secret` is shared with it, sealed for FreeRADIUS.
    """

    router = models.OneToOneField("network.Router", on_delete=models.CASCADE, related_name="radius")
    address = models.GenericIPAddressField()
    secret = models.TextField()
    coa_port = models.PositiveIntegerField(default=3799)
    ipv6_pool = models.CharField(max_length=60, blank=True)
    since = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # its last accounting
    unknown_users = models.PositiveBigIntegerField(default=0)  # accounting of no line of ours

    class Meta:
        verbose_name_plural = "RADIUS routers"
        constraints = [
            models.UniqueConstraint(name="radius_nas_address_once", fields=["address"]),
            models.CheckConstraint(
                name="radius_nas_port_exists", condition=Q(coa_port__range=(1, 65535))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}"
