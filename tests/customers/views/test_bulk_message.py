"""A text to the ticked customers: looked at, then queued once for who may get it."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from customers import tasks
from customers.models import Customer
from customers.queries.letters import Draft
from customers.services import bulk_messages, bulk_runs
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message, MessageSettings, Wording
from tests.factories.accounts import BranchFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 10, 4, tzinfo=UTC)  # ten in the morning in Dhaka
NIGHT = datetime(2026, 1, 10, 20, tzinfo=UTC)  # two o'clock at night there
URL = reverse("staff_customers:bulk-message")


@pytest.fixture(autouse=True)
def _quiet_bells(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DAY)
    instead_of(monkeypatch, "customers.change_customers")


def ticked(customers, **values):
    words = {"channel": "SMS", "text": "Dear {name}, works on Friday."}
    return {"ids": [str(one.pk) for one in customers], "act": "preview"} | words | values


def preview(client, customers, **values):
    page = client.get(URL, {"ids": [one.pk for one in customers]})
    key = page.context["form"].initial["key"]
    sent = ticked(customers, key=str(key), **values)
    return sent, client.post(URL, sent)


def send(client, customers, **values):
    sent, page = preview(client, customers, **values)
    seen = page.context["outlook"].digest
    return client.post(URL, sent | {"act": "send", "seen": seen})


def the_run():
    return JobRun.objects.get(job=bulk_runs.JOB)


def told(run):
    text = bulk_runs.result_path(run).read_text(encoding="utf-8-sig")
    return [tuple(row[1:]) for row in csv.reader(io.StringIO(text))][1:]


def test_what_one_customer_reads_and_what_it_costs_is_shown_and_nothing_sent(client, owner):
    people = [
        CustomerFactory(name="Amina"),
        CustomerFactory(name="Babul", wants_sms=False),
        CustomerFactory(name="Chitra", phone=""),
    ]

    _sent, page = preview(client, people)

    outlook, shown = page.context["outlook"], page.content.decode()
    assert (outlook.count, outlook.parts) == (1, 1)
    assert outlook.left_out == [("Does not want SMS.", 1), ("No phone number.", 1)]
    assert "Dear Amina, works on Friday." in shown
    assert "Send 1 message" in shown
    assert (JobRun.objects.count(), Message.objects.count()) == (0, 0)


def test_each_is_told_once_in_the_own_language_with_a_line_for_who_is_not(client, owner):
    people = [
        CustomerFactory(name="=Amina", language="bn"),
        CustomerFactory(name="Babul"),
        CustomerFactory(name="Chitra", wants_sms=False),
    ]

    answer = send(client, people, text_bn="{name}, শুক্রবার কাজ। {balance}")
    run = the_run()
    tasks.change_customers(run_id=run.pk)
    tasks.change_customers(run_id=run.pk)  # delivered twice

    run.refresh_from_db()
    assert answer.headers["Location"] == f"/admin/customers/bulk/runs/{run.pk}/"
    assert (run.status, run.processed, run.skipped) == ("COMPLETED", 2, 1)
    rows = Message.objects.order_by("customer_id").values_list("body", "language", "state")
    company = Company.current().name
    assert list(rows) == [
        (f"=Amina, শুক্রবার কাজ। কোনো বকেয়া নেই {company}", "bn", "QUEUED"),
        (f"Dear Babul, works on Friday. {company}", "en", "QUEUED"),
    ]
    assert told(run) == [
        ("'=Amina", "queued", ""),
        ("Babul", "queued", ""),
        ("Chitra", "not sent", "Does not want SMS."),
    ]
    event = AuditEvent.objects.get(action="customers.messaged")
    assert (event.actor_id, event.after["customers"], event.after["text"]) == (
        owner.pk,
        3,
        "Dear {name}, works on Friday.",
    )
    assert "Sending messages" in client.get(answer.headers["Location"]).content.decode()


def test_pressed_twice_it_is_one_job(client, owner):
    amina = CustomerFactory()
    sent, page = preview(client, [amina])
    sent |= {"act": "send", "seen": page.context["outlook"].digest}

    first, second = client.post(URL, sent), client.post(URL, sent)
    tasks.change_customers(run_id=the_run().pk)

    assert first.headers["Location"] == second.headers["Location"]
    assert Message.objects.count() == 1
    assert AuditEvent.objects.filter(action="customers.messaged").count() == 1


def test_another_text_than_the_one_looked_at_is_shown_first(client, owner):
    amina = CustomerFactory(name="Amina")
    sent, page = preview(client, [amina])
    seen = page.context["outlook"].digest

    again = client.post(URL, sent | {"act": "send", "seen": seen, "text": "Pay now, {name}!"})

    assert "Pay now, Amina!" in again.content.decode()
    assert not JobRun.objects.exists()


def test_a_job_killed_in_the_middle_goes_on_and_tells_nobody_twice(client, owner, monkeypatch):
    monkeypatch.setattr(bulk_runs, "CHUNK", 1)
    people = [CustomerFactory(name=name) for name in ("Amina", "Babul", "Chitra")]
    send(client, people)
    run, honest = the_run(), bulk_runs._write

    def killed(run, outcomes):
        honest(run, outcomes)
        if people[1].pk in outcomes:
            raise KeyboardInterrupt
        return bulk_runs.result_path(run).stat().st_size

    monkeypatch.setattr(bulk_runs, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        bulk_runs.make(run_id=run.pk, at=DAY)
    run.refresh_from_db()
    assert (run.status, run.processed, Message.objects.count()) == ("RUNNING", 1, 1)
    assert len(told(run)) == 2  # one line of it was never saved

    monkeypatch.setattr(bulk_runs, "_write", honest)
    bulk_runs.make(run_id=run.pk, at=DAY)

    run.refresh_from_db()
    assert (run.status, run.processed) == ("COMPLETED", 3)
    assert set(Message.objects.values_list("customer_id", flat=True)) == {p.pk for p in people}
    assert [line[0] for line in told(run)] == ["Amina", "Babul", "Chitra"]


def test_a_silent_job_is_rung_for_and_one_that_kills_its_worker_is_given_up(
    client, owner, monkeypatch
):
    rung = []
    instead_of(
        monkeypatch, "customers.change_customers", lambda kwargs: rung.append(kwargs["run_id"])
    )
    send(client, [CustomerFactory()])
    run = the_run()

    assert bulk_runs.sweep(at=DAY) == 0
    assert bulk_runs.sweep(at=DAY + 2 * jobs.SILENT_AFTER) == 1
    assert rung == [run.pk]
    JobRun.objects.filter(pk=run.pk).update(
        detail=run.detail | {"attempts": bulk_runs.MOST_ATTEMPTS}
    )
    bulk_runs.make(run_id=run.pk, at=DAY)

    run.refresh_from_db()
    assert (run.status, Message.objects.count()) == ("FAILED", 0)
    page = client.get(reverse("staff_customers:bulk-run", args=[run.pk])).content.decode()
    assert "it broke off again and again" in page


def test_at_night_they_wait_for_the_morning(client, owner, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NIGHT)

    _sent, page = preview(client, [CustomerFactory()])
    send(client, [CustomerFactory()])
    bulk_runs.make(run_id=the_run().pk, at=NIGHT)

    morning = datetime(2026, 1, 11, 2, tzinfo=UTC)
    assert page.context["outlook"].leaves_at == morning
    assert "These are quiet hours" in page.content.decode()
    assert Message.objects.get().next_attempt_at == morning


def test_an_offer_goes_only_to_who_agreed_to_offers(client, owner):
    willing = CustomerFactory(wants_marketing=True)

    send(client, [willing, CustomerFactory()], is_offer="on")
    bulk_runs.make(run_id=the_run().pk, at=DAY)

    assert Message.objects.get().customer_id == willing.pk
    assert told(the_run())[1][1:] == ("not sent", "Has not agreed to offers.")


def test_who_says_no_after_the_preview_is_not_told(client, owner):
    amina = CustomerFactory()
    send(client, [amina])
    Customer.objects.filter(pk=amina.pk).update(wants_sms=False)

    bulk_runs.make(run_id=the_run().pk, at=DAY)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "Hello {nmae}"}, "No field is called {nmae}."),
        ({"text": "Hello {text}"}, "No field is called {text}."),
        ({"text": " "}, "Fill this in"),
        ({"channel": "EMAIL"}, "An e-mail needs a subject."),
        ({"channel": "WHATSAPP"}, "Select a valid choice"),  # the company does not use it
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_with_a_reason(client, owner, values, words):
    _sent, page = preview(client, [CustomerFactory()], **values)

    assert page.status_code == 422
    assert words in page.content.decode()


def test_an_email_has_its_subject_in_one_line_and_the_company_beneath(client, owner):
    amina = CustomerFactory(name="Amina", email="amina@demo.test")

    send(client, [amina], channel="EMAIL", subject="Works for {name}", text="On Friday.")
    bulk_runs.make(run_id=the_run().pk, at=DAY)

    message = Message.objects.get()
    assert (message.recipient, message.subject) == ("amina@demo.test", "Works for Amina")
    assert message.body.startswith("Dear Amina,\n\nOn Friday.\n\nWith kind regards")


def test_a_wording_turned_off_sends_nothing_and_says_so(client, owner):
    Wording.objects.create(event="staff_message", channel="SMS", language="en", body="")

    _sent, page = preview(client, [CustomerFactory()])

    assert "Nobody can be sent this" in page.content.decode()
    assert "turned off" in page.content.decode()


def test_without_any_channel_the_page_says_what_to_do(client, owner):
    MessageSettings.current()
    MessageSettings.objects.update(uses_sms=False, uses_whatsapp=False, uses_email=False)

    assert "uses no channel" in client.get(URL).content.decode()


def test_nobody_ticked_is_said(client, owner):
    _sent, page = preview(client, [])

    assert "Tick some customers first." in page.content.decode()


def test_everything_a_filter_leaves_is_meant(client, owner):
    CustomerFactory(name="Amina")
    CustomerFactory(name="Babul")

    page = client.get(URL, {"all": "1", "filters": "q=Amina"})

    assert page.context["count"] == 1


def test_a_branch_manager_reaches_only_the_own_branch(client, sign_in):
    branch = BranchFactory()
    own = CustomerFactory(area=AreaFactory(branch=branch))
    sign_in(User.Role.BRANCH_MANAGER, branch=branch)

    send(client, [own, CustomerFactory()])
    bulk_runs.make(run_id=the_run().pk, at=DAY)

    assert Message.objects.get().customer_id == own.pk
    assert len(told(the_run())) == 1


@pytest.mark.parametrize("role", [User.Role.SUPPORT, User.Role.CASHIER, User.Role.AUDITOR])
def test_who_may_not_send_is_refused_and_not_offered_it(client, sign_in, role):
    sign_in(role)
    CustomerFactory()

    assert client.get(URL).status_code == 403
    assert client.post(URL, ticked([])).status_code == 403
    assert URL not in client.get(reverse("staff_customers:index")).content.decode()


def test_a_draft_is_checked_by_the_service_too(owner):
    with pytest.raises(bulk_messages.DraftRefused):
        bulk_messages.order(
            draft=Draft("SMS", "Hi {code}"), customers=[], key="k", act=Act(owner, DAY)
        )
