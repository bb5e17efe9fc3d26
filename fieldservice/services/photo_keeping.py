"""Photos that were kept long enough: the file goes, and that there was one stays."""

from datetime import datetime

from django.db import transaction

from fieldservice.models import Photo
from ispbill.core import made_files

CHUNK = 500


def prune(*, at: datetime, before: datetime, is_dry_run: bool = False) -> int:
    """Delete the files of photos taken before a moment; return how many. Again it does nothing.

    The row goes first: a file whose row still names it is never missing.
    """
    if is_dry_run:
        return Photo.objects.filter(taken_at__lt=before, pruned_at=None).count()
    done = 0
    while True:
        with transaction.atomic():
            old = Photo.objects.select_for_update(skip_locked=True).filter(
                taken_at__lt=before, pruned_at=None
            )
            rows = list(old.order_by("pk")[:CHUNK])
            paths = [row.path for row in rows if row.path]
            Photo.objects.filter(pk__in=[row.pk for row in rows]).update(path="", pruned_at=at)
        kept = set(Photo.objects.filter(path__in=paths).values_list("path", flat=True))
        for path in set(paths) - kept:
            place = made_files.place(path)
            if place is not None:
                place.unlink(missing_ok=True)
        done += len(rows)
        if len(rows) < CHUNK:
            return done
