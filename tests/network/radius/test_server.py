"""A real FreeRADIUS with our files: it lets in, refuses, and writes down, by the wish alone."""

import pytest
from django.db import connection

from network.addresses.queries import tracing
from network.models import Access, Router
from network.radius.models import RadiusAnswer, RadiusNas, RadiusRecord
from network.radius.services import keys, taking
from tests.factories.radius import RadiusNasFactory

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_ON = 'User-Name = "rahim", User-Password = "pppoe-secret"'


def test_an_open_line_is_let_in_with_its_speed(server, line):
    said = server.sent("auth", SIGN_ON)

    assert "Received Access-Accept" in said
    assert 'Mikrotik-Rate-Limit = "30M/30M"' in said
    assert 'Framed-Pool = "pppoe-pool"' in said
    assert "Acct-Interim-Interval = 300" in said


def test_a_fixed_prefix_is_answered_and_what_accounting_says_of_it_kept(server, line):
    RadiusNas.objects.update(ipv6_pool="six")
    from_pool = server.sent("auth", SIGN_ON)
    Access.objects.filter(pk=line.pk).update(
        delegated_prefix="2001:db8:1200::/56", generation=line.generation + 1
    )
    fixed = server.sent("auth", SIGN_ON)
    server.sent(
        "acct",
        'User-Name = "rahim", Acct-Session-Id = "81000001", Acct-Status-Type = Start,'
        " Delegated-IPv6-Prefix = 2001:db8:1200::/56",
    )

    assert 'Mikrotik-Delegated-IPv6-Pool = "six"' in from_pool
    assert "Delegated-IPv6-Prefix = 2001:db8:1200::/56" in fixed
    assert "Mikrotik-Delegated-IPv6-Pool" not in fixed
    record = RadiusRecord.objects.get()
    assert record.ipv6_prefix == "2001:db8:1200::/56"
    taking.take_all(at=record.received_at)
    who = tracing.who(address="2001:db8:1200:ff::1", moment=record.received_at)
    assert [(one.subscription.pk, one.address) for one in who] == [
        (line.subscription_id, "2001:db8:1200::/56")
    ]


def test_chap_and_ms_chap_prove_the_same_password(server, line):
    assert "Access-Accept" in server.sent(
        "auth", 'User-Name = "rahim", CHAP-Password = "pppoe-secret"'
    )
    assert "Access-Accept" in server.sent(
        "auth", 'User-Name = "rahim", MS-CHAP-Password = "pppoe-secret"'
    )


def test_a_wrong_password_is_refused_and_never_written_down(server, line):
    said = server.sent("auth", 'User-Name = "rahim", User-Password = "wrong-one"')

    assert "Received Access-Reject" in said
    answer = RadiusAnswer.objects.get()
    assert (answer.username, answer.reply) == ("rahim", "Access-Reject")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM radpostauth p WHERE p::text LIKE '%%wrong-one%%'")
        assert cursor.fetchone()[0] == 0


def test_the_wish_of_the_moment_answers(server, line):
    Access.objects.filter(pk=line.pk).update(desired_state="WALLED", generation=2)
    walled = server.sent("auth", SIGN_ON)
    Router.objects.update(suspend_mode=Router.SuspendMode.DISABLE)
    disabled = server.sent("auth", SIGN_ON)
    Access.objects.filter(pk=line.pk).update(desired_state="REMOVED", generation=3)
    removed = server.sent("auth", SIGN_ON)

    assert 'Mikrotik-Address-List = "ispbill-suspended"' in walled
    assert 'Mikrotik-Rate-Limit = "1M/1M"' in walled
    assert "Access-Reject" in disabled
    assert "Access-Reject" in removed


def test_somebody_nobody_knows_is_refused(server, line):
    assert "Access-Reject" in server.sent("auth", 'User-Name = "nobody", User-Password = "x"')


def test_a_new_router_is_answered_without_a_restart_and_a_stranger_never(server):
    before = server.sent("auth", SIGN_ON)

    RadiusNasFactory(address="127.0.0.1", secret=keys.seal("another"))
    after = server.sent("auth", 'User-Name = "nobody", User-Password = "x"', secret="another")

    assert "No reply" in before
    assert "Access-Reject" in after


def test_accounting_is_written_down_and_becomes_a_session(server, line):
    said = server.sent(
        "acct",
        'User-Name = "rahim", Acct-Session-Id = "81000001", Acct-Status-Type = Interim-Update,'
        " Framed-IP-Address = 10.20.0.7, Calling-Station-Id = 'AA:BB:CC:DD:EE:FF',"
        " Acct-Session-Time = 600, Acct-Input-Octets = 1000, Acct-Input-Gigawords = 3,"
        " Acct-Output-Octets = 5, Acct-Delay-Time = 0",
    )

    assert "Accounting-Response" in said
    record = RadiusRecord.objects.get()
    assert (record.input_octets, record.input_gigawords) == (1000, 3)
    assert taking.take_all(at=record.received_at) == 1
    session = line.radius_sessions.get()
    assert session.upload_bytes == 12_884_902_888
    assert (session.address, session.caller_id) == ("10.20.0.7", "AA:BB:CC:DD:EE:FF")
    assert RadiusNas.objects.get().heard_at == record.received_at


def test_odd_user_names_change_no_statement(server, line):
    said = server.sent("auth", 'User-Name = "x\' OR 1=1 --", User-Password = "pppoe-secret"')

    assert "Access-Reject" in said
    assert RadiusAnswer.objects.get().reply == "Access-Reject"
