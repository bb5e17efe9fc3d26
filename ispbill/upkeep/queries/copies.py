"""How old the copies are, and what became of them."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import QuerySet

from ispbill.upkeep.models import Backup


@dataclass(frozen=True)
class Ages:
    """Real moments; None where there was none yet."""

    last: datetime | None
    last_drill: datetime | None  # the copy was restored and found good
    begun: datetime | None  # since when this installation could have made one


def ages() -> Ages:
    """Return when the last whole copy was taken and when one was last restored well."""
    good = Backup.objects.filter(problem="").exclude(verified_at=None)
    return Ages(
        last=Backup.objects.order_by("-taken_at").values_list("taken_at", flat=True).first(),
        last_drill=good.order_by("-verified_at").values_list("verified_at", flat=True).first(),
        begun=_begun() if settings.PRODUCTION else None,
    )


def _begun() -> datetime | None:
    mark = MigrationRecorder.Migration.objects.filter(app="upkeep").order_by("applied").first()
    return mark.applied if mark else None


def newest_first() -> QuerySet[Backup]:
    return Backup.objects.order_by("-taken_at")


def is_set_up() -> bool:
    """Tell whether this installation is meant to make copies at all."""
    return bool(settings.BACKUP_RECIPIENTS)
