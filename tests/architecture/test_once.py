"""A form sent twice is one act: every creating form of the console, and a double click."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from customers.models import Lead
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from tests.architecture import addresses, samples
from tests.factories.accounts import BranchFactory, UserFactory
from tests.pages import forms_of

REASON = {"reason": "agreed with the office"}
# Address → what is typed; the field that tells its form from others of the page comes first.
CREATING = {
    "staff_customers:add-lead": {"name": "Rahim", "phone": "01711223344"},
    "staff_customers:add-service": {"connection_id": "rahim-2"},
    "staff_customers:add-package": {
        "code": "ONCE",
        "name": "Once",
        "download_mbps": "10",
        "upload_mbps": "5",
    },
    "staff_customers:set-price": {"amount": "900"},
    "staff_customers:add-fee": {"code": "ONCE", "name": "Once", "net_amount": "10"},
    "staff_customers:add-addon": {"code": "ONCE", "name": "Once", "price_amount": "10"},
    "staff_customers:add-tax-class": {"code": "ONCE", "name": "Once", "percent": "5"},
    "staff_customers:add-area": {"name": "Once"},
    "staff_billing:add-promotion": {"name": "Once", "cycles": "2", "percent": "10"},
    "staff_billing:charge": {"text_1": "A cable", "what_1": "ADJUSTMENT", "amount_1": "50"},
    "staff_accounts:add": {"name": "Once", "email": "once@demo.test", "role": "SUPPORT"},
    "staff_accounts:add-branch": {"code": "ONC", "name": "Once"},
}


@pytest.fixture
def world():
    return samples.build()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("name", CREATING)
def test_every_creating_form_sent_twice_makes_one(world, name):
    typed, desk = CREATING[name], Client()
    desk.force_login(world.users["OWNER"])
    found = next(one for one in addresses.ours() if one.name == name)
    address = samples.path(found, world)
    form = next(one for one in forms_of(desk.get(address)) if next(iter(typed)) in one.values)
    given = {"area": world.customer.area_id, "branch": world.branch.pk, "package": world.package.pk}
    chosen = {key: value for key, value in given.items() if key in form.values}
    sent = {**form.values, **chosen, **REASON, **typed}
    if "reason_code" in form.values:
        sent["reason_code"] = "OTHER"
    before = AuditEvent.objects.count()

    answers = [desk.post(address, sent)]
    after_one = AuditEvent.objects.count()
    answers.append(desk.post(address, sent))

    assert sent["form_key"] != [""]
    assert [answer.status_code for answer in answers] in ([302, 302], [204, 204])
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    assert after_one > before
    assert AuditEvent.objects.count() == after_one


def lead_of(branch, **more):
    return {"name": "Karim", "phone": "01711223344", "branch": branch.pk, **more}


@pytest.mark.django_db
def test_another_key_another_person_or_other_words_are_another_act():
    branch, desks = BranchFactory(), [Client(), Client()]
    for desk in desks:
        desk.force_login(UserFactory(role=User.Role.OWNER))
    address = reverse("staff_customers:add-lead")

    for desk, sent in (
        (desks[0], lead_of(branch, form_key="a")),
        (desks[0], lead_of(branch, form_key="b")),
        (desks[0], lead_of(branch, form_key="a", notes="Another one")),
        (desks[1], lead_of(branch, form_key="a")),
    ):
        assert desk.post(address, sent).status_code == 302

    assert AuditEvent.objects.filter(action="lead.added").count() == 1
    assert AuditEvent.objects.filter(action="lead.asked_again").count() == 3


@pytest.mark.django_db
def test_what_was_refused_is_not_remembered():
    branch, desk = BranchFactory(), Client()
    desk.force_login(UserFactory(role=User.Role.OWNER))
    address = reverse("staff_customers:add-lead")
    refused = lead_of(branch, form_key="a", phone="12")

    assert [desk.post(address, refused).status_code for _time in range(2)] == [422, 422]
    assert desk.post(address, lead_of(branch, form_key="a")).status_code == 302
    assert Lead.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_act():
    branch, person = BranchFactory(), UserFactory(role=User.Role.OWNER)
    desk = Client()
    desk.force_login(person)
    address = reverse("staff_customers:add-lead")

    def press(_time):
        other = Client()
        other.cookies = desk.cookies
        try:
            return other.post(address, lead_of(branch, form_key="a")).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(press, range(4)))

    assert answers == [302] * 4
    assert Lead.objects.count() == 1
