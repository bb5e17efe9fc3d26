"""What the doctor says of the virus scanner."""

from datetime import UTC, datetime, timedelta

import pytest

from ispbill.core import clock
from ispbill.devtools.sandbox.clamd import Scanner
from ispbill.portals.queries import diagnosis

pytestmark = pytest.mark.django_db
MADE = datetime(2026, 11, 25, 8, 36, 2, tzinfo=UTC)  # as the simulator's version says


def told():
    found = {one.name: one for one in diagnosis.examine()}
    return found["virus scanner"], found["virus signatures"]


def test_one_that_is_not_wanted_is_noted_in_production_alone(settings):
    settings.CLAMD = ""
    assert [one.problem for one in told()] == ["", ""]

    settings.PRODUCTION = True
    scanner, signatures = told()
    assert scanner.problem == ""
    assert signatures.problem == "no CLAMD: files of people are not scanned"
    assert signatures.is_warning


def test_one_that_does_not_answer_is_wrong(settings, tmp_path):
    settings.CLAMD = str(tmp_path / "none.ctl")

    scanner, _signatures = told()

    assert scanner.problem.startswith("does not answer at ")
    assert not scanner.is_warning
    assert "clamav-daemon" in scanner.advice


def test_signatures_of_last_week_are_old(settings, monkeypatch):
    with Scanner() as running:
        settings.CLAMD = running.address
        monkeypatch.setattr(clock, "real_now", lambda: MADE + timedelta(days=6))
        assert [one.problem for one in told()] == ["", ""]
        monkeypatch.setattr(clock, "real_now", lambda: MADE + timedelta(days=9))
        assert told()[1].problem == "9 days old"
        running.version = "ClamAV 1.4.3"
        assert told()[1].problem == "ClamAV 1.4.3 has no daily signatures"
