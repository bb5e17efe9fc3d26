"""When a gateway is asked about an attempt nobody has told us anything of."""

from datetime import UTC, datetime, timedelta

from ispbill.schedule import TIMETABLE
from payments.online.rules import attempts

START = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def checks():
    """The moments at which an attempt without news is asked about, if each is met at once."""
    at, found = START + attempts.FIRST_CHECK, []
    while at < START + attempts.LIFE:
        found.append(at)
        at = attempts.next_check(at=at, checks=len(found), is_down=False)
    return found


def test_who_pays_within_an_hour_and_is_never_heard_of_is_found_in_a_quarter_of_one():
    """F-17, M4: with the wait for the job's next run."""
    (job,) = [row for row in TIMETABLE if row.job == "reconcile_gateway"]
    moments = checks()

    for minute in range(60):
        paid = START + timedelta(minutes=minute)
        found = min(moment for moment in moments if moment > paid)
        assert found + job.every - paid <= timedelta(minutes=15), minute


def test_a_try_nobody_pays_is_asked_about_a_dozen_times_a_day():
    assert len(checks()) == 12
