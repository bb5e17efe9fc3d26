"""What FreeRADIUS's role may do, and that what it reads is what the rules say."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.models import Access, Router
from network.queries import unsettled
from network.radius.models import RadiusNas
from network.radius.queries import wishes
from network.radius.rules import replies
from network.radius.services import keys
from tests.database import owner_connection

pytestmark = pytest.mark.django_db(transaction=True)

WORLD = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["OPEN", "WALLED", "REMOVED"]),
        "mode": st.sampled_from(["PROFILE", "DISABLE", "ADDRESS_LIST"]),
        "profile": st.sampled_from(
            [
                "ispbill-40M-7M",
                "ispbill-40M-7M-b150-10",
                "ispbill-3M-1M-b333-5",
                "ispbill-0M-7M",
                "home-30",
                "xispbill-4M-4M",
            ]
        ),
        "address": st.sampled_from([None, "203.0.113.9", "2001:db8::9"]),
        "prefix": st.sampled_from([None, "2001:db8:1200::/56"]),
        "pool": st.sampled_from(["", "pppoe"]),
        "walled": st.sampled_from(["", "expired"]),
        "six": st.sampled_from(["", "pd"]),
        "burst": st.sampled_from([0, 150, 400]),
    }
)


@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLD)
def test_the_views_say_what_the_rules_say(line, nas, world):
    Access.objects.filter(pk=line.pk).update(
        desired_state=world["state"],
        desired_profile=world["profile"],
        static_ip=world["address"],
        delegated_prefix=world["prefix"],
        generation=Access.objects.get(pk=line.pk).generation + 1,
    )
    Router.objects.update(
        suspend_mode=world["mode"],
        address_pool=world["pool"],
        walled_pool=world["walled"],
        burst_percent=world["burst"],
    )
    RadiusNas.objects.update(ipv6_pool=world["six"])
    fresh = Access.objects.select_related("subscription").get(pk=line.pk)
    wish = wishes.of_line(fresh, nas=RadiusNas.objects.select_related("router").get())

    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ispbill.radius_key', %s, true)", [keys.key().hex()])
        cursor.execute("SELECT attribute, value FROM radreply ORDER BY place")
        read = cursor.fetchall()
        cursor.execute("SELECT attribute FROM radcheck")
        checks = [row[0] for row in cursor.fetchall()]

    assert sorted(read) == sorted(replies.reply(wish))
    may = replies.may_sign_on(wish)
    assert checks == (
        [] if world["state"] == "REMOVED" else ["Cleartext-Password" if may else "Auth-Type"]
    )


def test_only_pppoe_is_of_radius_the_router_is_told_of_the_rest_by_its_api(line, nas):
    Access.objects.filter(pk=line.pk).update(
        method="QUEUE", static_ip="203.0.113.9", generation=line.generation + 1
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM radcheck")
        assert cursor.fetchone() == (0,)
    assert list(unsettled.due_lines(nas.router_id)) == [line]
    assert list(unsettled.due_lines(nas.router_id, by_radius=True)) == []


def as_radius(statement):
    database = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"], dbname=database["NAME"], user="ispbill_radius", autocommit=True
    ) as link:
        return link.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM network_access",
        "SELECT 1 FROM network_radiususer",
        "SELECT 1 FROM customers_customer",
        "SELECT 1 FROM radacct",
        "UPDATE radacct SET username = 'x'",
        "DELETE FROM radpostauth",
        "SELECT 1 FROM network_radiusnas",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_role_may_do_nothing_else(line, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_radius(statement)


def test_the_role_reads_its_three_views_and_without_the_key_no_secret(line):
    assert as_radius("SELECT value FROM radcheck").fetchall() == [(None,)]
    assert as_radius("SELECT secret FROM nas").fetchall() == [(None,)]
    assert as_radius("SELECT count(*) FROM radreply").fetchone()[0] == 3


def test_no_table_of_the_database_keeps_the_secrets_in_clear(line):
    with owner_connection() as owner:
        rows = owner.execute(
            "SELECT u::text FROM network_radiususer u UNION ALL"
            " SELECT n::text FROM network_radiusnas n UNION ALL"
            " SELECT s::text FROM network_radiussettings s"
        ).fetchall()

    assert len(rows) == 3
    assert not any(word in row[0] for row in rows for word in ("pppoe-secret", "nas-secret"))
    assert keys.key().hex() not in str(rows)
