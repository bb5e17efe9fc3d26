"""Files made by workers: one worker each, some attempts, and an error that people may read."""

from functools import partial

import pytest

from billing.invoices.models import Document
from ispbill.core import locks, made_files, pdf
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = made_files.Kept(Document.objects.all(), most_attempts=2)
SECRET = made_files.Kept(Document.objects.all(), most_attempts=2, is_secret=True)


@pytest.fixture
def row(at):
    return Document.objects.create(kind="INVOICE", source_id=1, language="en", requested_at=at)


def broken(error, _row):
    raise error


def state(row):
    row.refresh_from_db()
    return row.state, row.attempts, row.error


@pytest.mark.parametrize(
    ("requests", "error", "words"),
    [
        (OPEN, OSError("disk full"), "OSError: disk full"),
        (OPEN, pdf.PdfUnavailable("no pango here"), "no pango here"),
        (SECRET, ValueError("the code is 1234-5678"), "ValueError"),
    ],
)
def test_what_went_wrong_is_kept_for_people_unless_it_may_be_a_secret(row, requests, error, words):
    made = made_files.make(requests, row.pk, partial(broken, error))

    assert made is False
    assert state(row) == ("FAILED", 1, words)
    assert requests.lost(most=10) == []


def test_a_row_that_kills_its_workers_is_swept_and_given_up_at_last(row):
    for _attempt in range(2):
        with pytest.raises(KeyboardInterrupt):
            made_files.make(OPEN, row.pk, partial(broken, KeyboardInterrupt()))
        assert OPEN.lost(most=10) == [row.pk]

    made_files.make(OPEN, row.pk, partial(broken, AssertionError("it is given up")))

    assert state(row) == ("FAILED", 2, made_files.GIVEN_UP)


def test_a_second_worker_is_a_bystander(row):
    def other():
        return made_files.make(OPEN, row.pk, partial(broken, AssertionError("not ours")))

    with locks.only_one(f"{OPEN.name}.{row.pk}"):
        assert at_once(1, other) == [False]

    assert state(row) == ("REQUESTED", 0, "")


def test_asked_anew_it_has_all_its_attempts_again(row, at):
    made_files.make(OPEN, row.pk, partial(broken, OSError("disk full")))
    row.refresh_from_db()

    row.save(update_fields=made_files.ask(row, at=at))

    assert state(row) == ("REQUESTED", 0, "")
    assert made_files.make(OPEN, row.pk, lambda _row: True) is True
