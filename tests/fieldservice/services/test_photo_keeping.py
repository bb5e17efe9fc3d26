"""Photos go after two years; that there was one stays."""

from datetime import timedelta
from pathlib import Path

import pytest

from fieldservice.models import Photo
from fieldservice.services import photo_keeping, photos
from ispbill.core.acts import Act
from tests.factories.fieldservice import NINE, at_work, given, job, technician
from tests.fieldservice.services.test_completion import picture

pytestmark = pytest.mark.django_db


def test_the_files_of_old_photos_go_once_and_those_of_later_ones_stay(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    who = technician()
    visit = at_work(given(job("REPAIR"), who), who)
    for days in (0, 1):
        photos.add(
            visit=visit,
            item=f"photo{days}",
            content=picture((40 + days, 40)),
            point=None,
            moment=NINE + timedelta(days=days),
            act=Act(who, NINE),
        )
    border = NINE + timedelta(hours=1)
    assert photo_keeping.prune(at=NINE, before=border, is_dry_run=True) == 1
    assert [photo_keeping.prune(at=NINE, before=border) for _time in range(2)] == [1, 0]
    old, later = Photo.objects.order_by("pk")
    assert (old.path, old.pruned_at is not None) == ("", True)
    assert (Path(tmp_path) / later.path).exists()
    assert len(list(Path(tmp_path).rglob("*.jpg"))) == 1
