"""The worked examples of distances, days, moments, checklists."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fieldservice.rules import checklists, distances, lifecycle, moments, planning
from fieldservice.rules.distances import Point
from fieldservice.rules.planning import Planned

DHAKA = ZoneInfo("Asia/Dhaka")
MIRPUR, UTTARA = Point(23.8069, 90.3687), Point(23.8759, 90.3795)


def at(hour, minute=0, day=10):
    return datetime(2026, 1, day, hour, minute, tzinfo=DHAKA)


def test_the_way_from_mirpur_to_uttara():
    assert round(distances.metres(MIRPUR, UTTARA)) == 7751
    assert distances.travel_minutes(MIRPUR, UTTARA) == 35
    assert distances.travel_minutes(MIRPUR, None) == 15
    assert distances.travel_minutes(MIRPUR, MIRPUR) == 5


def test_the_second_job_of_the_morning_is_five_minutes_late():
    jobs = [
        Planned("WO-2", at(9), at(12), 60, 2, UTTARA),
        Planned("WO-1", at(9), at(12), 150, 1, MIRPUR),
    ]
    one, two = planning.day_of(jobs)
    assert (one.job.number, one.travel_minutes, one.arrival) == ("WO-1", 0, at(9))
    assert (two.travel_minutes, two.arrival, two.late_minutes) == (35, at(12, 5), 5)
    assert two.overlaps == ("WO-1",)


def test_windows_that_touch_do_not_overlap_and_friday_is_overtime():
    jobs = [Planned("A", at(9), at(12), 30), Planned("B", at(12), at(15), 30)]
    assert [stop.fits for stop in planning.day_of(jobs)] == [True, True]
    assert planning.day_of([Planned("C", at(9, day=9), at(12, day=9), 30)])[0].is_overtime
    assert planning.day_of([Planned("D", at(17), at(18), 90)])[0].is_overtime


@pytest.mark.parametrize(
    ("start", "end", "fault"),
    [
        (at(9), at(9, 20), "short"),
        (at(9), at(17, 1), "long"),
        (at(9), at(9, day=11), "day"),
        (at(9), at(12), ""),
    ],
)
def test_windows(start, end, fault):
    assert planning.window_fault(start, end) == fault


def test_points_that_are_far_or_none():
    assert distances.is_far(439, 50)
    assert not distances.is_far(439, 150)
    assert distances.is_poor(201)
    assert distances.point(0, 0, 5) is None
    assert distances.point("x", 1) is None


def test_a_phones_moment_is_corrected_by_what_its_clock_said_when_it_sent():
    found = moments.corrected(
        client_at=datetime(2026, 1, 10, 14, 5, tzinfo=UTC),
        sent_at=datetime(2026, 1, 10, 15, 30, tzinfo=UTC),
        received_at=datetime(2026, 1, 10, 15, 22, 30, tzinfo=UTC),
        previous=None,
    )
    assert found.moment == datetime(2026, 1, 10, 13, 57, 30, tzinfo=UTC)
    assert not found.is_flagged


def test_moments_stay_between_the_last_act_and_now_and_old_ones_are_flagged():
    now = datetime(2026, 1, 10, 12, tzinfo=UTC)

    def corrected(client, sent, previous=None):
        return moments.corrected(client_at=client, sent_at=sent, received_at=now, previous=previous)

    hour = timedelta(hours=1)
    assert corrected(now + hour, now).moment == now
    assert corrected(now - 3 * hour, now, now - hour).moment == now - hour
    assert corrected(now - hour, now + hour).is_flagged
    assert corrected(now, now + timedelta(days=2)).moment == now
    assert corrected(now - timedelta(days=15), now).moment == now


def test_required_items_are_answered_or_said_to_be_impossible():
    asked = checklists.copied("INSTALLATION")
    everything = {"serial", "signal", "speed", "photo_device", "photo_cabling", "signature"}
    assert set(checklists.missing(asked, {}, photos={}, is_signed=False)) == everything
    answers = {
        "serial": {"value": "ZTE1"},
        "signal": {"value": "-21"},
        "speed": {"value": "", "impossible": "the tester is broken"},
    }
    photos = {"photo_device": 1, "photo_cabling": 1}
    assert checklists.missing(asked, answers, photos=photos, is_signed=True) == []


def test_readings_out_of_range_warn():
    def odd(**values):
        answers = {key: {"value": value} for key, value in values.items()}
        return checklists.warnings(answers, package_mbps=30)

    assert odd(signal="-27", speed="24") == []
    assert odd(signal="-27,5", speed="23.9") == ["signal", "speed"]
    assert odd(signal="−7") == ["signal"]


def test_serials_and_signatures():
    assert checklists.plain_serial(" zte-g:1234 ab") == "ZTEG1234AB"
    assert checklists.is_signature([[[0, 0], [100, 20]]])
    assert not checklists.is_signature([[[0, 0], [100, 5]]])
    assert not checklists.is_signature([])


def test_what_is_over_takes_no_verb():
    assert lifecycle.possible("COMPLETED") == lifecycle.possible("CANCELLED") == frozenset()
    assert "cancel" not in lifecycle.possible("IN_PROGRESS")
