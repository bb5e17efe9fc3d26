"""What is printed of ticked customers: asked for, made by a worker in parts, fetched."""

from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from billing import tasks
from billing.receivables.services import customer_prints
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.audit.services import jobs
from ispbill.core import clock, pdf
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.queued import instead_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not pdf.is_available(), reason="no PDF libraries here"),
]

NOW = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
URL = reverse("staff_billing:print-customers")


@pytest.fixture(autouse=True)
def rung(monkeypatch, settings, tmp_path):
    calls = []
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    instead_of(monkeypatch, "billing.print_customers", lambda kwargs: calls.append(kwargs))
    return calls


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def living_in(area, **values):
    return CustomerFactory(area=AreaFactory(name=area), **values)


def ask(client, *customers, kind="BILLS", key=None):
    ids = ",".join(str(one.pk) for one in customers)
    return client.post(URL, {"ids": ids, "kind": kind, "key": str(key or uuid4())})


def the_run():
    return JobRun.objects.get(job=customer_prints.JOB)


def pages(client, part_no=1):
    answer = client.get(reverse("staff_billing:customer-print-file", args=[the_run().pk, part_no]))
    reader = PdfReader(BytesIO(b"".join(answer.streaming_content)))
    return [page.extract_text() for page in reader.pages]


def test_open_bills_are_one_file_sorted_as_they_are_carried_round(client, owner, rung):
    far, near, clear = living_in("Uttara"), living_in("Agrabad"), living_in("Mirpur")
    for one in (far, near, clear, CustomerFactory()):
        open_invoice(one)
    paid(clear, "1150.00", at=NOW)

    dialog = client.get(URL, {"ids": [far.pk, near.pk, clear.pk]}).content.decode()
    answer = ask(client, far, near, clear)
    waiting = client.get(answer.url).content.decode()
    tasks.print_customers(**rung[0])
    tasks.print_customers(**rung[0])  # delivered twice

    run = the_run()
    ready = client.get(answer.url).content.decode()
    assert "2 bills are open." in dialog
    assert "0 of 2" in waiting
    assert (run.status, run.processed, len(run.detail["parts"])) == ("COMPLETED", 2, 1)
    assert "Download 2 bills" in ready
    shown = pages(client)
    assert [near.number in shown[0], far.number in shown[1], len(shown)] == [True, True, 2]
    event = AuditEvent.objects.get(action="customers.printed")
    assert (event.actor_id, event.after["count"]) == (owner.pk, 2)


def test_asked_twice_it_is_one_print(client, owner, rung):
    amina, key = living_in("Uttara"), uuid4()
    open_invoice(amina)

    first, second = ask(client, amina, key=key), ask(client, amina, key=key)

    assert first.url == second.url
    assert len(rung) == 1


def test_labels_have_name_and_address_24_a_page(client, owner, rung):
    area = AreaFactory(name="Agrabad")
    people = [
        CustomerFactory(area=area, name=f"Person {n:02d}", address="House 7") for n in range(25)
    ]

    ask(client, *people, kind="LABELS")
    tasks.print_customers(**rung[0])

    shown = pages(client)
    assert len(shown) == 2
    assert "Person 00" in shown[0]
    assert "House 7" in shown[0]
    assert shown[1].count("House 7") == 1


def test_a_worker_that_dies_over_the_second_part_leaves_the_first(client, owner, rung, monkeypatch):
    monkeypatch.setattr(customer_prints, "BILLS_A_PART", 1)
    people = [living_in(area) for area in ("Agrabad", "Mirpur", "Uttara")]
    for one in people:
        open_invoice(one)
    ask(client, *people)
    honest, made = customer_prints._bills, []

    def killed(items, told):
        if made:
            raise KeyboardInterrupt
        made.append(items)
        return honest(items, told)

    monkeypatch.setattr(customer_prints, "_bills", killed)
    with pytest.raises(KeyboardInterrupt):
        tasks.print_customers(**rung[0])
    run = the_run()
    first = run.detail["parts"]
    assert (run.status, run.processed, len(first)) == ("RUNNING", 1, 1)
    assert customer_prints.sweep(at=NOW + 2 * jobs.SILENT_AFTER) == 1

    monkeypatch.setattr(customer_prints, "_bills", honest)
    tasks.print_customers(**rung[1])

    run = the_run()
    assert (run.status, run.processed, run.detail["parts"][:1]) == ("COMPLETED", 3, first)
    assert [people[2].number in page for page in pages(client, 3)] == [True]


def test_what_cannot_be_made_says_why(client, owner, rung, monkeypatch):
    amina = living_in("Uttara")
    open_invoice(amina)
    answer = ask(client, amina)

    def broken(_pages, told):
        raise pdf.PdfUnavailable("the pango library is missing")

    monkeypatch.setattr(pdf, "render_many", broken)
    tasks.print_customers(**rung[0])

    assert the_run().status == "FAILED"
    assert "the pango library is missing" in client.get(answer.url).content.decode()


def test_a_print_that_kills_its_worker_is_given_up(client, owner, rung):
    amina = living_in("Uttara")
    open_invoice(amina)
    ask(client, amina)
    run = the_run()
    detail = run.detail | {"attempts": customer_prints.RUNS.most_attempts}
    JobRun.objects.filter(pk=run.pk).update(detail=detail)

    tasks.print_customers(**rung[0])

    assert the_run().status == "FAILED"


def test_nothing_to_print_is_said(client, owner, rung):
    answer = ask(client, living_in("Uttara"))

    assert (answer.status_code, rung) == (422, [])
    assert "owes a bill" in answer.content.decode()
    assert "Tick some customers first." in client.get(URL).content.decode()
    assert ask(client).status_code == 422


def test_a_print_is_only_for_who_asked_and_only_of_customers_in_reach(client, owner, rung):
    branch = BranchFactory()
    own = CustomerFactory(area=AreaFactory(branch=branch))
    foreign = CustomerFactory()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=branch))

    answer = ask(client, own, foreign, kind="LABELS")
    tasks.print_customers(**rung[0])
    assert the_run().detail["items"] == [own.pk]
    assert client.get(answer.url).status_code == 200

    client.force_login(owner)
    paper = reverse("staff_billing:customer-print-file", args=[the_run().pk, 1])
    assert [client.get(url).status_code for url in (answer.url, paper)] == [404, 404]


@pytest.mark.parametrize("role", ["CASHIER", "SUPPORT", "NOC"])
def test_who_may_not_take_data_out_is_refused_and_not_offered_it(client, role):
    client.force_login(UserFactory(role=role))
    amina = CustomerFactory()

    assert client.get(URL).status_code == 403
    assert ask(client, amina, kind="LABELS").status_code == 403
    assert URL not in client.get(reverse("staff_customers:index")).content.decode()
