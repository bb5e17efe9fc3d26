from django.db import models
from django.db.models import Q


class RadiusSettings(models.Model):
    """How routers find our RADIUS server: one row.

    `server_address` is what a router is told to ask. `sealed_key` opens what FreeRADIUS reads in
    clear (`rules.vault`); it stands in FreeRADIUS's files as well, and in no copy of the database.
    """

    server_address = models.CharField(max_length=253, blank=True)
    sealed_key = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "RADIUS settings"
        constraints = [
            models.CheckConstraint(name="radius_settings_are_one_row", condition=Q(pk=1))
        ]

    def __str__(self) -> str:
        return "RADIUS settings"
