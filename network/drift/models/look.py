from django.db import models


class DriftLook(models.Model):
    """One full comparison of a router with what we want there: what a plan stands on.

    `digest` is what was found, so that a plan of other findings is known as another. A look that
    broke off has an error and no findings, and no plan comes of it.
    """

    router = models.ForeignKey(
        "network.Router", on_delete=models.CASCADE, related_name="drift_looks"
    )
    at = models.DateTimeField()
    by_name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64, blank=True)
    lines = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)  # asked of the router by itself
    waits_for = models.CharField(max_length=20, blank=True)  # why nothing is mended by itself
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(name="drift_look_latest", fields=["router", "-id"])]

    def __str__(self) -> str:
        return f"{self.router_id} {self.at}"
