"""F-13: the disk under the uploads is full. A small file system of its own is filled for it.

Only the machine's administrator may mount one; elsewhere these tests are skipped.
"""

import gc
import json
import os
import subprocess
import uuid
from http import HTTPStatus
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fieldservice.models import Photo
from ispbill.core import clock, made_files
from signup.models import OrderDocument
from tests.factories.fieldservice import NINE, at_work, given, job, technician
from tests.factories.papers import picture
from tests.factories.signup import offered, placed_area

pytestmark = pytest.mark.django_db
SIZE = 512 * 1024
NO_ROOM = "no room left"


@pytest.fixture
def disk(tmp_path, settings):
    """A disk of half a megabyte, the company's files on it."""
    place = tmp_path / "disk"
    place.mkdir()
    asked = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    settings.MEDIA_ROOT = place / "media"
    settings.MEDIA_ROOT.mkdir()
    yield place
    gc.collect()  # a file that is still open holds the disk
    subprocess.run(["umount", str(place)], check=True)


def fill(disk):
    """Leave no room; return what takes it."""
    ballast = disk / "ballast"
    with pytest.raises(OSError, match="No space left"), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast


def files(settings):
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def refused(answer):
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert NO_ROOM in unquote(answer["X-Error-Message"])


def test_half_a_file_is_not_left_on_a_full_disk(disk, settings):
    fill(disk)
    with pytest.raises(OSError, match="No space left"):
        made_files.keep(b"x" * 100_000)
    assert files(settings) == []


def test_papers_of_an_order_are_refused_whole_and_taken_once_there_is_room(disk, settings):
    area, package = placed_area(name="Mirpur-10"), offered()
    visitor = Client(raise_request_exception=False)
    start = visitor.post("/signup", {"area": area.pk})["Location"].removesuffix("package/")
    visitor.post(f"{start}package/", {"package": package.pk, "billing_day": 5})

    def send():
        paper = SimpleUploadedFile("id.png", picture(), "image/png")
        told = {"name": "Shirin Akter", "address": "12 Lake Road", "phone": "01711000055"}
        return visitor.post(f"{start}person/", {**told, "national_id": [paper]})

    ballast = fill(disk)
    refused(send())
    assert not OrderDocument.objects.exists()
    assert files(settings) == []

    ballast.unlink()
    assert send().status_code == HTTPStatus.FOUND
    assert OrderDocument.objects.get().path == str(
        files(settings)[0].relative_to(settings.MEDIA_ROOT)
    )


def test_a_technicians_photo_stays_on_the_phone_until_there_is_room(disk, settings, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)
    user = technician()
    order = given(job("REPAIR"), user)
    at_work(order, user)
    phone = Client(raise_request_exception=False)
    phone.force_login(user)
    action = {
        "id": str(uuid.uuid4()),
        "order": order.number,
        "kind": "photo",
        "payload": {"item": "photo"},
        "after": None,
        "base_version": 1,
        "client_at": NINE.isoformat(),
    }

    def send():
        photo = SimpleUploadedFile("photo.png", picture(), "image/png")
        told = {"action": json.dumps(action), "sent_at": NINE.isoformat(), "file": photo}
        return phone.post("/technician/outbox/", told)

    ballast = fill(disk)
    refused(send())
    assert not Photo.objects.exists()
    assert files(settings) == []

    ballast.unlink()
    assert send().status_code == HTTPStatus.OK
    assert send().status_code == HTTPStatus.OK  # the answer was lost on its way
    assert Photo.objects.count() == len(files(settings)) == 1
