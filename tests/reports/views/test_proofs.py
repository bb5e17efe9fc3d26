"""The page of the proofs: what holds, what does not, since when; and the alarm for the latter."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.urls import reverse

from billing.ledger.services import ledger_seals
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from ispbill.reports import tasks
from ispbill.reports.queries import figure_proofs, proofs
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _ten_january(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def page(client):
    return client.get(reverse("staff_books:proofs"))


def broken_proofs(client):
    work = client.get(reverse("staff:tile", args=["work"])).context["items"]
    return next(item["count"] for item in work if "proofs" in str(item["label"]))


def test_before_the_first_check_the_page_says_so(client, owner):
    shown = page(client).context["shown"]

    assert (shown.last, {proof.count for proof in shown.proofs}) == (None, {None})


def test_after_a_check_every_proof_has_its_result_and_its_time(client, owner):
    open_invoice(CustomerFactory())
    ledger_seals.seal(on=AT.date(), at=AT)

    tasks.check_ledger()
    answer = page(client)
    shown = answer.context["shown"]

    assert [proof.name for proof in shown.proofs] == list(proofs.names())
    made = [proof for proof in shown.proofs if proof.name not in figure_proofs.CHECKS]
    assert {proof.count for proof in made} == {0}
    assert all(proof.milliseconds is not None for proof in made)
    assert "Books are balanced, checked" in answer.content.decode()
    assert broken_proofs(client) == 0


@pytest.mark.without_guards
def test_a_broken_proof_is_an_alarm_here_and_on_the_dashboard(client, owner):
    open_invoice(CustomerFactory())
    with owner_connection() as strong:
        strong.execute("SET session_replication_role = replica")
        strong.execute("UPDATE billing_posting SET amount = amount + 1 WHERE line_no = 2")

    tasks.check_ledger()
    answer = page(client)
    proof = next(one for one in answer.context["shown"].proofs if one.name == "entries_balance")

    assert (proof.count, proof.last_failed_at) == (1, AT)
    assert 'role="alert"' in answer.content.decode()
    assert broken_proofs(client) == JobRun.objects.get().failed > 0


def test_a_check_that_did_not_end_well_is_an_alarm_too(client, owner):
    JobRun.objects.create(
        job="check_ledger", started_at=AT, heartbeat_at=AT, finished_at=AT, status="FAILED"
    )

    assert broken_proofs(client) == 1


def test_the_command_leaves_the_same_results(client, owner):
    call_command("check_ledger")

    # The revenue figures are not proven before they are built.
    assert {proof.count for proof in page(client).context["shown"].proofs} == {0, None}
    assert JobRun.objects.get().processed == len(proofs.names()) - len(figure_proofs.CHECKS)


def test_a_check_is_asked_for_once_and_only_by_whom_it_is_allowed(client, owner):
    url = reverse("staff_books:start-proofs")

    assert client.post(url).status_code == 302
    assert AuditEvent.objects.filter(action="job.started_by_hand").count() == 1
    JobRun.objects.create(job="check_ledger", started_at=AT, heartbeat_at=AT)
    assert client.post(url).status_code == 302
    assert AuditEvent.objects.filter(action="job.started_by_hand").count() == 1
    assert 'class="job-progress"' in page(client).content.decode()

    client.force_login(UserFactory(role=User.Role.AUDITOR))
    assert client.post(url).status_code == 403
