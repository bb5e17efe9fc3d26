from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ispbill.accounts import signals
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("login", "purpose", "event", "channel"),
    [
        ("+8801711000001", "sign-in", "one_time_code", "SMS"),
        ("+8801711000001", "password-reset", "password_reset", "SMS"),
        ("owner@demo.test", "sign-in", "one_time_code", "EMAIL"),
    ],
)
def test_a_code_goes_to_where_the_person_signs_in_from(at, login, purpose, event, channel):
    user = UserFactory(login=login, language="bn", name="Amina")

    signals.one_time_code_issued.send(
        sender=User,
        user=user,
        login=login,
        code="482913",
        purpose=purpose,
        at=at,
        expires_at=at + timedelta(minutes=5),
    )

    assert Message.objects.values_list(
        "event", "channel", "recipient", "language", "user_id", "customer_id", "context"
    ).get() == (
        event,
        channel,
        login,
        "bn",
        user.pk,
        None,
        {"name": "Amina", "code": "482913", "minutes": "5"},
    )


def test_a_link_for_a_new_password_goes_by_mail(at):
    user = UserFactory(login="mina@demo.test")

    signals.access_link_issued.send(
        sender=User,
        user=user,
        link="https://isp.example/access/x/y/",
        actor=user,
        at=at,
        expires_at=at + timedelta(days=1),
    )

    row = Message.objects.get()
    assert (row.event, row.channel, row.recipient) == ("access_link", "EMAIL", "mina@demo.test")


def test_the_command_sends_a_test_sms_and_writes_it_to_the_job_log(sandbox, tmp_path):
    out = StringIO()

    call_command("test_sms", "01711-000001", stdout=out)

    assert out.getvalue() == "Sent: sandbox took it as sim-1 (1 SMS).\n"
    assert [row["recipient"] for row in Inbox(tmp_path).newest()] == ["+8801711000001"]
    assert JobRun.objects.values_list("job", "status", "processed").get() == (
        "test-sms",
        "COMPLETED",
        1,
    )


def test_the_command_says_when_the_provider_does_not_answer(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path

    with pytest.raises(CommandError, match="The sandbox is not running"):
        call_command("test_sms", "01711000001")
    with pytest.raises(CommandError, match="too few digits"):
        call_command("test_sms", "123")
