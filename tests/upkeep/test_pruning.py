"""What was kept long enough goes; what is due, under way or the books' stays."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from ispbill.accounts.models import OneTimeCode
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.notifications.models import Message
from ispbill.upkeep.rules import keeping
from ispbill.upkeep.services import pruning
from tests.factories.notifications import MessageFactory
from tests.factories.tickets import strange_mail
from tickets.models import InboundMail

pytestmark = pytest.mark.django_db


def prune(at, **options):
    return pruning.prune(at=at, real_at=clock.real_now(), **options)


def test_messages_lose_their_text_first_and_go_later(at):
    young, old, ancient = (
        MessageFactory(body="Dear", state="SENT", created_at=at - timedelta(days=days))
        for days in (179, 181, 731)
    )
    waiting = MessageFactory(body="Dear", state="QUEUED", created_at=at - timedelta(days=800))

    counted = prune(at, is_dry_run=True)
    found = prune(at)

    assert counted["message_text"] == found["message_text"] == 2
    assert found["messages"] == 1
    left = dict(Message.objects.values_list("pk", "body"))
    assert left == {young.pk: "Dear", old.pk: "", waiting.pk: "Dear"}
    assert ancient.pk not in left
    assert set(prune(at).values()) == {0}


def test_a_mail_loses_what_it_said_and_by_whom(at):
    for days in (179, 181):
        strange_mail(at - timedelta(days=days))

    assert prune(at)["mail_text"] == 1

    assert [bool(one.raw) for one in InboundMail.objects.order_by("pk")] == [True, False]
    assert InboundMail.objects.get(raw=b"").sender == ""
    assert prune(at)["mail_text"] == 0


def test_the_last_thirty_runs_of_a_job_stay_whatever_their_age(at):
    long_ago = at - timedelta(days=400)
    for job, count in (("often", 35), ("rarely", 3)):
        for _number in range(count):
            JobRun.objects.create(
                job=job,
                trigger="SCHEDULE",
                status="COMPLETED",
                started_at=long_ago,
                heartbeat_at=long_ago,
                finished_at=long_ago,
            )

    assert prune(at)["job_runs"] == 5
    assert JobRun.objects.filter(job="rarely").count() == 3


def test_codes_and_sessions_that_are_over_go(at):
    now = clock.real_now()
    for hours in (-30, -10):
        moment = now + timedelta(hours=hours)
        OneTimeCode.objects.create(
            login="x", purpose="sign-in", code_hash="0" * 64, created_at=moment, expires_at=moment
        )
        Session.objects.create(session_key=str(hours), session_data="", expire_date=moment)

    found = prune(at)

    assert (found["codes"], found["sessions"]) == (1, 2)


def test_the_law_of_the_country_is_a_floor():
    assert keeping.days("callbacks", country="BD") == 548
    with pytest.raises(keeping.TooShort, match="BTRC"):
        keeping.days("callbacks", country="BD", wanted=90)
    assert keeping.days("callbacks", country="ZA", wanted=90) == 90


def test_the_command_tells_and_leaves_a_run():
    out = StringIO()
    call_command("prune", "--dry-run", "--json", stdout=out)

    assert json.loads(out.getvalue())["rows"]["messages"] == 0
    assert JobRun.objects.filter(job="prune", status="COMPLETED").exists()
