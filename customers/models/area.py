from django.db import models
from django.utils.translation import gettext_lazy as _


class Area(models.Model):
    """A place we serve, as a tree: zone → area → block.

    `path` holds the ids from the root down (`/3/17/`), so a whole branch of the tree is one
    prefix match.
    """

    class Kind(models.TextChoices):
        ZONE = "ZONE", _("Zone")
        AREA = "AREA", _("Area")
        BLOCK = "BLOCK", _("Block")

    class Coverage(models.TextChoices):
        COVERED = "COVERED", _("We serve it")
        PLANNED = "PLANNED", _("Planned")
        NONE = "NONE", _("Not served")

    name = models.CharField(max_length=80)
    local_name = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.AREA)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=120, default="/")
    branch = models.ForeignKey("accounts.Branch", on_delete=models.PROTECT, related_name="areas")
    # Whether a line can be had there; blank = as what it lies in, at the top: yes.
    coverage = models.CharField(max_length=7, choices=Coverage.choices, blank=True)
    # Its centre, to which a pin on the map is compared.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="area_name_once_under_parent", fields=["parent", "name"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="area_is_not_its_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("pk")),
            ),
            models.CheckConstraint(
                name="area_centre_is_whole",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
            ),
        ]
        indexes = [models.Index(name="area_path", fields=["path"], opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return self.name

    @property
    def lineage(self) -> list[int]:
        """Return the ids from the root down to this area; itself alone before it has a path."""
        return [int(pk) for pk in self.path.split("/") if pk] or [self.pk]
