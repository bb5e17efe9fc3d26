"""The pages of stock: what they show, who may, how many queries they take."""

import pytest
from django.urls import reverse

from fieldservice.stock.models import SerialUnit, StockCount
from fieldservice.stock.services import issuing, places
from fieldservice.stock.services.issuing import Issued
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.fieldservice import NINE, technician
from tests.factories.stock import item, received

pytestmark = pytest.mark.django_db
LIST = reverse("staff_fieldservice:stock")


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def at(name, *args):
    return reverse(f"staff_fieldservice:{name}", args=args)


def test_lists_take_as_many_queries_for_three_as_for_one(
    client, owner, django_assert_max_num_queries
):
    branch, customer = BranchFactory(), CustomerFactory()
    for more in (1, 2):
        for one in range(more):
            kind = item(f"ONU {more}{one}", reorder_level=5)
            shelf = received(kind, f"A{more}{one}", f"B{more}{one}", branch=branch)
            issued = Issued("LENT", serial=f"A{more}{one}", reference=customer.number)
            issuing.issue(
                item=kind, customer=customer, source=shelf, issued=issued, act=Act(owner, NINE)
            )
        shown = 1 if more == 1 else 3
        with django_assert_max_num_queries(16):
            page = client.get(LIST).content.decode()
        assert page.count("data-row-link") == shown
        assert page.count("Running out</span>") >= shown
        with django_assert_max_num_queries(16):
            panel = client.get(at("equipment-panel", customer.number)).content.decode()
        assert panel.count("data-row=") == shown
        with django_assert_max_num_queries(18):
            assert client.get(at("item", kind.pk)).status_code == 200


def test_a_delivery_is_received_moved_given_out_and_taken_back(client, owner):
    kind, branch = item(), BranchFactory()
    typed = {"branch": branch.pk, "serials": "AB-12\nab:13", "unit_cost": "1200", "reference": ""}
    client.post(at("receive", kind.pk), typed)
    shelf, van = places.of_branch(branch), places.of_person(technician())
    refused = client.post(
        at("move-stock", kind.pk), {"source": shelf.pk, "target": van.pk, "serials": "XX"}
    )
    assert refused.status_code == 422
    client.post(
        at("move-stock", kind.pk), {"source": shelf.pk, "target": van.pk, "serials": "AB13"}
    )
    customer = CustomerFactory()
    give = {"item": kind.pk, "source": shelf.pk, "way": "LENT", "serial": "ab12", "quantity": "1"}
    client.post(at("issue", customer.number), give)
    unit = SerialUnit.objects.select_related("place").get(serial="AB12")
    assert unit.place.customer == customer
    client.post(at("take-back", unit.pk), {"target": shelf.pk, "condition": "GOOD"})
    unit.refresh_from_db()
    assert unit.place == shelf
    assert client.post(at("take-back", unit.pk), {"target": shelf.pk}).status_code == 404


def test_a_count_does_not_show_the_books_and_waits_for_another(client, owner):
    kind = item("Cable", kind="BULK", usual_way="USED", unit="m")
    shelf = received(kind, quantity="137.25")
    page = at("count", shelf.pk)
    assert "137.2" not in client.get(page).content.decode()
    wrong = client.post(page, {f"item-{kind.pk}": "130"})
    assert wrong.status_code == 422  # a difference needs a reason
    client.post(page, {f"item-{kind.pk}": "130", "reason": "seven metres cut off"})
    count = StockCount.objects.get()
    inbox = reverse("staff:inbox-act", args=["stock-count", count.pk, "approve"])
    client.force_login(UserFactory(role=User.Role.OWNER))
    client.post(inbox)
    count.refresh_from_db()
    assert count.state == "APPROVED"


def test_a_branch_manager_sees_the_own_branch_and_a_cashier_none(client):
    kind, ours = item(), BranchFactory()
    shelf, theirs = received(kind, "A1", branch=ours), received(kind, "ONUB1004477")
    lent = CustomerFactory(area=AreaFactory(branch=theirs.branch))
    issuing.issue(
        item=kind,
        customer=lent,
        source=theirs,
        issued=Issued("LENT", serial="ONUB1004477"),
        act=Act(UserFactory(), NINE),
    )
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=ours))
    assert client.get(at("place", shelf.pk)).status_code == 200
    assert client.get(at("place", theirs.pk)).status_code == 404
    assert (
        client.get(at("take-back", SerialUnit.objects.get(serial="ONUB1004477").pk)).status_code
        == 404
    )
    assert "ONUB1004477" not in client.get(at("item", kind.pk)).content.decode()
    client.force_login(UserFactory(role=User.Role.CASHIER))
    assert client.get(LIST).status_code == 403
    client.force_login(UserFactory(role=User.Role.SUPPORT))
    assert client.get(LIST).status_code == 200
    assert client.get(at("receive", kind.pk)).status_code == 403
