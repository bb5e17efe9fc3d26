"""Accounting becomes sessions, hours and days; what came twice counts once."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Subscription
from network.models import Access
from network.radius.models import RadiusNas, RadiusRecord, RadiusSession
from network.radius.services import taking
from network.usage.models import UsageAlert, UsageDay, UsageHour
from network.usage.models.totals import Source
from tests.factories.network import AccessFactory
from tests.factories.radius import RadiusRecordFactory
from tests.network.radius.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)


def told(status, minute, *, up=0, down=0, seconds=None, **more):
    values = {
        "nas_address": "127.0.0.1",
        "status": status,
        "unique_id": "u1",
        "session_id": "81000001",
        "username": "rahim",
        "session_seconds": minute * 60 if seconds is None else seconds,
        "input_octets": up,
        "output_octets": down,
        "received_at": AT + timedelta(minutes=minute),
    }
    return RadiusRecordFactory(**values | more)


def used(line):
    return [
        (row.upload_bytes, row.download_bytes)
        for row in UsageHour.objects.filter(
            subscription=line.subscription_id, source=Source.RADIUS
        ).order_by("hour_start")
    ]


def test_a_session_from_start_to_stop(line):
    told("Start", 0, address="10.20.0.7")
    told("Interim-Update", 5, up=300, down=3000)
    told("Stop", 90, up=1800, down=9000, cause="User-Request")

    assert taking.take_all(at=AT) == 3

    session = RadiusSession.objects.get()
    assert (session.began_at, session.ended_at) == (AT, AT + timedelta(minutes=90))
    assert (session.upload_bytes, session.download_bytes) == (1800, 9000)
    assert (session.address, session.cause) == ("10.20.0.7", "User-Request")
    assert sum(up for up, _down in used(line)) == 1800
    assert len(used(line)) == 2
    day = UsageDay.objects.get(subscription=line.subscription_id)
    assert (day.upload_bytes, day.download_bytes, day.source) == (1800, 9000, Source.RADIUS)
    line.refresh_from_db()
    assert line.has_session is False


def test_taken_again_or_told_again_nothing_is_added(line):
    told("Start", 0)
    told("Interim-Update", 5, up=300)
    taking.take_all(at=AT)
    before = used(line)

    told("Interim-Update", 5, up=300)
    told("Start", 0)
    taking.take_all(at=AT)
    RadiusRecord.objects.update(taken_at=None)
    taking.take_all(at=AT)

    assert used(line) == before
    assert RadiusSession.objects.count() == 1


def test_a_router_that_begins_anew_closes_its_older_sessions_only(line, nas):
    other = AccessFactory(router=nas.router, username="karim")
    told("Start", 0)
    RadiusRecordFactory(
        nas_address="127.0.0.1", status="Accounting-On", received_at=AT + timedelta(minutes=7)
    )
    told("Start", 8, unique_id="u2", username="karim", seconds=0)

    taking.take_all(at=AT)

    ended = RadiusSession.objects.get(line=line)
    assert (ended.ended_at, ended.cause) == (AT + timedelta(minutes=7), "NAS-Reboot")
    assert RadiusSession.objects.get(line=other).ended_at is None


def test_silence_closes_a_session_at_its_last_update_and_a_newer_one_revives_it(line):
    told("Start", 0)
    told("Interim-Update", 5, up=300)
    taking.take_all(at=AT)

    assert taking.close_lost(at=AT + timedelta(minutes=30)) == 0
    assert taking.close_lost(at=AT + timedelta(minutes=36)) == 1
    lost = RadiusSession.objects.get()
    told("Interim-Update", 40, up=900)
    taking.take_all(at=AT)
    session = RadiusSession.objects.get()

    assert (lost.ended_at, lost.is_lost) == (AT + timedelta(minutes=5), True)
    assert (session.ended_at, session.is_lost, session.upload_bytes) == (None, False, 900)
    assert sum(up for up, _down in used(line)) == 900


def test_a_session_older_than_our_asking_is_only_a_base_line(line):
    RadiusNas.objects.update(since=AT)
    told("Interim-Update", 5, up=7_000_000, seconds=86_400)
    told("Interim-Update", 10, up=7_000_400, seconds=86_700)

    taking.take_all(at=AT)

    assert sum(up for up, _down in used(line)) == 400


def test_what_is_faster_than_anything_gives_no_bytes(line):
    told("Start", 0)
    told("Interim-Update", 1, up=4 * 10**9, input_gigawords=90)
    told("Interim-Update", 6, up=4 * 10**9 + 500, input_gigawords=90)

    taking.take_all(at=AT)

    assert sum(up for up, _down in used(line)) == 500


def test_accounting_of_nobody_is_counted_and_of_no_router_put_aside(line, nas):
    told("Start", 0, username="nobody")
    told("Start", 0, nas_address="10.8.8.8")

    taking.take_all(at=AT)

    nas.refresh_from_db()
    assert nas.unknown_users == 1
    assert sorted(RadiusRecord.objects.values_list("verdict", flat=True)) == ["stranger", "unknown"]
    assert RadiusSession.objects.count() == 0


def test_a_line_is_on_line_while_a_session_of_it_is_open(line):
    told("Start", 0)
    taking.take_all(at=AT)
    online = Access.objects.get(pk=line.pk).has_session
    told("Start", 3, unique_id="u2", session_id="2", seconds=0)
    told("Stop", 4)
    taking.take_all(at=AT)

    assert online is True
    assert Access.objects.get(pk=line.pk).has_session is True


def test_many_lines_take_no_more_statements(nas, django_assert_max_num_queries):
    lines = [AccessFactory(router=nas.router, username=f"user{n}") for n in range(12)]
    for number, line in enumerate(lines):
        told("Interim-Update", 5, up=900, username=line.username, unique_id=f"x{number}")
    with django_assert_max_num_queries(40):
        taking.take_all(at=datetime(2026, 1, 10, 5, tzinfo=UTC))

    assert RadiusSession.objects.count() == 12


def test_what_is_old_is_dropped(line):
    told("Start", 0)
    taking.take_all(at=AT)

    assert taking.keep(at=AT + timedelta(days=6)) == 0
    assert taking.keep(at=AT + timedelta(days=8)) == 1


def alerts(line):
    rows = UsageAlert.objects.filter(subscription=line.subscription_id).order_by("kind")
    return list(rows.values_list("kind", flat=True))


def sold(line, up, down):
    Subscription.objects.filter(pk=line.subscription_id).update(upload_mbps=up, download_mbps=down)


def test_more_than_twice_what_is_sold_counts_and_somebody_hears(line):
    sold(line, 10, 10)
    told("Start", 0)
    told("Interim-Update", 5, up=1000, down=760_000_000)
    told("Interim-Update", 10, up=1000, down=2 * 760_000_000)
    taking.take_all(at=AT)

    assert alerts(line) == ["FASTER"]
    assert sum(down for _up, down in used(line)) == 2 * 760_000_000


def test_twice_what_is_sold_is_nothing_odd_nor_is_a_moments_haste(line):
    sold(line, 10, 10)
    told("Start", 0)
    told("Interim-Update", 5, up=1000, down=750_000_000)
    told("Stop", 5, up=1000, down=754_000_000, seconds=301, delay_seconds=-1)
    taking.take_all(at=AT)

    assert alerts(line) == []


def test_what_is_faster_than_anything_is_kept_out_and_somebody_hears(line):
    told("Start", 0)
    told("Interim-Update", 5, up=1000, down=10**12)
    taking.take_all(at=AT)

    assert alerts(line) == ["REFUSED"]
    assert sum(down for _up, down in used(line)) == 0
