"""Photos in parts: what came stays, each part once, and the job waits for none of them."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from fieldservice.models import FieldAction, FieldFile, Photo
from fieldservice.services import field_files, outbox
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.clamd import EICAR, SIGNATURE, Scanner
from tests.factories.accounts import UserFactory
from tests.factories.fieldservice import NINE, answered, at_work, given, job, technician
from tests.fieldservice.services.test_completion import picture
from tests.fieldservice.services.test_outbox import sent

pytestmark = pytest.mark.django_db
PART = 400


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: NINE)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def who(client):
    user = technician()
    client.force_login(user)
    return user


@pytest.fixture
def order(who):
    found = given(job("INSTALLATION"), who)
    at_work(found, who)
    return found


def announced(order, who, content, *, item="photo_device", **values):
    said = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    act = sent("photo", {"item": item, "file": said}, **values)
    return outbox.receive(order=order, sent=act, act=Act(who, NINE))


def send(client, row, part, offset):
    return client.post(
        f"/technician/files/{row.action_id}/",
        part,
        content_type="application/octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def send_all(client, row, content, *, start=0):
    for offset in range(start, len(content), PART):
        answer = send(client, row, content[offset : offset + PART], offset)
    return answer


def test_a_photo_is_there_at_once_and_its_picture_follows_in_parts(client, order, who):
    content = picture((300, 200))
    row = announced(order, who, content)
    assert row.outcome == FieldAction.Outcome.APPLIED
    assert Photo.objects.get().path == ""
    page = f"/technician/files/{row.action_id}/"
    assert client.head(page)["Upload-Offset"] == "0"
    send(client, row, content[:PART], 0)
    assert client.head(page)["Upload-Offset"] == str(PART)
    answer = send_all(client, row, content, start=PART).json()
    assert answer == {"offset": len(content), "size": len(content), "is_over": True}
    photo = Photo.objects.get()
    assert photo.path
    client.force_login(UserFactory())
    shown = client.get(reverse("staff_fieldservice:photo", args=[photo.pk]))
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"


def test_a_part_that_comes_twice_or_too_early_is_told_where_the_next_begins(client, order, who):
    content = picture((300, 200))
    row = announced(order, who, content)
    send(client, row, content[:PART], 0)
    for offset in (0, 2 * PART):
        answer = send(client, row, content[offset : offset + PART], offset)
        assert (answer.status_code, answer["Upload-Offset"]) == (409, str(PART))
    assert send_all(client, row, content, start=PART).json()["is_over"]
    assert send(client, row, content[:PART], 0).json()["is_over"]  # its last answer was lost
    assert Photo.objects.exclude(path="").count() == 1


def test_a_wrong_sum_begins_anew(client, order, who):
    content = picture((300, 200))
    row = announced(order, who, content)
    answer = send_all(client, row, b"\x00" + content[1:])
    assert (answer.status_code, answer.json()["offset"]) == (422, 0)
    assert FieldFile.objects.get().received_bytes == 0
    assert send_all(client, row, content).json()["is_over"]


def test_what_is_no_picture_is_refused_for_good(client, order, who):
    content = b"#!/bin/sh\n" * 30
    row = announced(order, who, content)
    answer = send_all(client, row, content)
    assert (answer.status_code, answer.json()["is_over"]) == (422, True)
    assert FieldFile.objects.get().given_up_at is not None
    assert Photo.objects.get().path == ""


def test_a_part_has_a_size_and_an_announced_file_too(client, order, who):
    row = announced(order, who, picture((300, 200)))
    assert send(client, row, b"x" * (field_files.MOST_PART_BYTES + 1), 0).status_code == 413
    assert client.post(f"/technician/files/{row.action_id}/", b"x", "text/plain").status_code == 400
    huge = sent("photo", {"item": "other", "file": {"size": 6 << 20, "sha256": "0" * 64}})
    refused = outbox.receive(order=order, sent=huge, act=Act(who, NINE))
    assert refused.outcome == FieldAction.Outcome.REFUSED
    assert FieldFile.objects.count() == 1


def test_another_technicians_file_is_not_there(client, order, who):
    row = announced(order, who, picture((300, 200)))
    client.force_login(technician())
    assert send(client, row, b"x", 0).status_code == 404
    assert client.get(f"/technician/files/{uuid.uuid4()}/").status_code == 404


def test_completion_waits_for_no_photo_and_after_three_days_the_office_is_told(client, order, who):
    for item in ("photo_device", "photo_cabling"):
        announced(
            order, who, picture((300, 200) if item == "photo_device" else (200, 300)), item=item
        )
    answered(order.visits.get(), who, serial="AB12", signal="-20", speed="100")
    done = sent("complete")
    assert outbox.receive(order=order, sent=done, act=Act(who, NINE)).outcome == "APPLIED"
    client.force_login(UserFactory())
    inbox = reverse("staff:inbox")
    assert "Photos have not come" not in client.get(inbox).content.decode()
    FieldFile.objects.update(announced_at=NINE - timedelta(days=3))
    assert "Photos have not come" in client.get(inbox).content.decode()
    assert (
        "2 photos are still on the phone"
        in client.get(reverse("staff_fieldservice:detail", args=[order.number])).content.decode()
    )
    act = reverse("staff:inbox-act", args=["job", order.pk, "without"])
    client.post(act, {"reason": "the phone was lost in the river"})
    assert FieldFile.objects.filter(given_up_at=None).count() == 0
    assert "Photos have not come" not in client.get(inbox).content.decode()


def test_a_photo_whose_act_still_waits_is_kept_until_its_turn(client, order, who):
    content, first = picture((300, 200)), sent("note", {"text": "came later"})
    row = announced(order, who, content, after=first.id)
    assert row.outcome == FieldAction.Outcome.WAITING
    assert send_all(client, row, content).json()["is_over"]
    assert not Photo.objects.exists()
    outbox.receive(order=order, sent=first, act=Act(who, NINE))
    assert Photo.objects.get().path


@pytest.fixture
def scanner(settings, tmp_path):
    with Scanner(tmp_path / "clamd.ctl") as running:
        settings.CLAMD = running.address
        yield running


def test_a_photo_is_scanned_once_it_is_whole_and_before_it_is_kept(client, order, who, scanner):
    content = picture((300, 200))
    row = announced(order, who, content)
    scanner.misbehave("error")  # for the last part, the first time
    away = send_all(client, row, content)
    assert (away.status_code, scanner.scanned) == (503, [])
    assert Photo.objects.get().path == ""
    last = int(client.head(f"/technician/files/{row.action_id}/")["Upload-Offset"])
    assert last == FieldFile.objects.get().received_bytes > 0
    assert send_all(client, row, content, start=last).json()["is_over"]
    assert scanner.scanned == [len(content)]
    assert Photo.objects.get().path


def test_a_photo_the_scanner_finds_something_in_is_over_and_nothing_of_it_stays(
    client, order, who, scanner, settings, django_capture_on_commit_callbacks
):
    content = picture((300, 200)) + EICAR
    row = announced(order, who, content)
    with django_capture_on_commit_callbacks(execute=True):
        answer = send_all(client, row, content)
    assert (answer.status_code, answer.json()["is_over"]) == (422, True)
    assert SIGNATURE in answer.json()["why"]
    assert FieldFile.objects.get().given_up_at is not None
    assert Photo.objects.get().path == ""
    assert not list((settings.MEDIA_ROOT / "jobs/kept").iterdir())
    assert AuditEvent.objects.filter(action="work_order.photo_refused").count() == 1


def test_a_last_part_that_was_not_scanned_is_asked_for_again(order, who):
    content = picture((300, 200))
    row = announced(order, who, content)
    file = FieldFile.objects.get(action=row)
    with pytest.raises(field_files.WrongOffset) as refused:
        field_files.append(file=file, offset=0, part=content, is_clean=False, act=Act(who, NINE))
    assert refused.value.offset == 0
