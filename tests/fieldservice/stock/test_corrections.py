"""Stock on the way, moves undone, pieces to be repaired."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django.urls import reverse

from fieldservice.stock.models import SerialUnit, StockBalance, StockMove, StockTransfer
from fieldservice.stock.services import (
    field,
    issuing,
    moving,
    places,
    repairing,
    transfers,
    undoing,
)
from fieldservice.stock.services.issuing import Condition, Issued
from fieldservice.stock.services.moving import StockRefused
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.fieldservice import NINE, technician
from tests.factories.stock import again, in_van, item, received

pytestmark = pytest.mark.django_db
WHY = "it was the wrong box"


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


def by(who, reason=""):
    return Act(who, NINE, reason=reason)


def send(kind, shelf, who, *serials, quantity="0"):
    return transfers.send(
        item=kind,
        source=shelf,
        target=places.of_person(who),
        quantity=Decimal(quantity),
        serials=serials,
        act=by(UserFactory()),
    )


def where(serial):
    return SerialUnit.objects.select_related("place").get(serial=serial).place


def total(kind):
    return StockBalance.objects.filter(item=kind).aggregate(n=Sum("quantity"))["n"]


def test_what_is_sent_to_a_person_is_on_the_way_until_they_accept_it():
    onu = item()
    shelf, who = received(onu, "A1", "A2"), technician()
    row = send(onu, shelf, who, "A1")
    assert where("A1").kind == "TRANSIT"
    assert total(onu) == 2  # on the way it still is ours
    with pytest.raises(StockRefused, match="it was sent to"):
        transfers.accept(transfer=row, act=by(technician()))
    for _twice in range(2):
        transfers.accept(transfer=row, act=by(who))
    assert where("A1") == places.of_person(who)
    assert StockMove.objects.filter(why="MOVED").count() == 2
    with pytest.raises(StockRefused, match="decided already"):
        transfers.return_it(transfer=row, act=by(who, WHY))


def test_what_is_not_accepted_goes_back_where_it_came_from():
    cable = item("Cable", kind="BULK", usual_way="USED")
    shelf, who = received(cable, quantity="50"), technician()
    row = send(cable, shelf, who, quantity="20")
    assert moving.held(cable, shelf) == 30
    with pytest.raises(ReasonMissing):
        transfers.return_it(transfer=row, act=by(who, "no"))
    for _twice in range(2):
        row = transfers.return_it(transfer=row, act=by(who, WHY))
    assert (row.state, moving.held(cable, shelf), total(cable)) == ("RETURNED", 50, 50)
    assert (again(cable).owned_quantity, again(cable).value_amount) == (50, Decimal("60000.00"))


def test_nothing_reaches_a_van_past_its_technician_and_nothing_not_there_is_sent():
    onu = item()
    shelf, van = received(onu, "A1"), places.of_person(technician())
    with pytest.raises(StockRefused):
        moving.move(
            item=onu, source=shelf, target=van, quantity=0, serials=["A1"], act=by(UserFactory())
        )
    with pytest.raises(StockRefused):
        send(onu, shelf, technician(), "A9")
    with pytest.raises(StockRefused):
        send(onu, shelf, technician())
    assert not StockTransfer.objects.exists()


def test_a_move_is_undone_once_and_its_worth_comes_back():
    cable = item("Cable", kind="BULK", usual_way="USED")
    shelf, customer = received(cable, quantity="10"), CustomerFactory()
    used = issuing.issue(
        item=cable,
        customer=customer,
        source=shelf,
        issued=Issued("USED", Decimal(4)),
        act=by(UserFactory()),
    )
    assert again(cable).value_amount == Decimal("7200.00")
    made = undoing.undo(move=used, act=by(UserFactory(), WHY))
    assert undoing.undo(move=used, act=by(UserFactory(), WHY)) == made
    assert (made.reverses, moving.held(cable, shelf)) == (used, 10)
    assert again(cable).value_amount == Decimal("12000.00")
    with pytest.raises(StockRefused, match="not undone here"):
        undoing.undo(move=made, act=by(UserFactory(), WHY))


def test_a_move_is_not_undone_once_the_piece_has_moved_on():
    onu = item()
    shelf, who = received(onu, "A1"), technician()
    got = StockMove.objects.get(why="RECEIVED")
    in_van(onu, shelf, who, "A1")
    with pytest.raises(StockRefused, match="moved on"):
        undoing.undo(move=got, act=by(UserFactory(), WHY))
    cable = item("Cable", kind="BULK", usual_way="USED")
    shelf = received(cable, quantity="10")
    got = StockMove.objects.get(item=cable)
    moving.lose(
        item=cable, source=shelf, quantity=Decimal(1), serials=(), act=by(UserFactory(), WHY)
    )
    with pytest.raises(StockRefused, match="not that much"):
        undoing.undo(move=got, act=by(UserFactory(), WHY))


def lent(onu, shelf, serial):
    customer = CustomerFactory()
    issued = Issued("LENT", serial=serial)
    return issuing.issue(
        item=onu, customer=customer, source=shelf, issued=issued, act=by(UserFactory())
    ).unit


def test_a_piece_comes_back_good_to_be_repaired_or_broken():
    onu = item()
    shelf, who = received(onu, "A1", "A2", "A3"), UserFactory()
    good, sick, dead = (lent(onu, shelf, serial) for serial in ("A1", "A2", "A3"))
    van = places.of_person(technician())
    issuing.take_back(unit=good, target=shelf, act=by(who))
    with pytest.raises(StockRefused, match="goes to a branch"):
        issuing.take_back(unit=sick, target=van, condition=Condition.REPAIR, act=by(who))
    issuing.take_back(unit=sick, target=shelf, condition=Condition.REPAIR, act=by(who))
    issuing.take_back(unit=dead, target=None, condition=Condition.BROKEN, act=by(who))
    assert [where(serial).kind for serial in ("A1", "A2", "A3")] == ["BRANCH", "BRANCH", "SCRAP"]
    with pytest.raises(StockRefused, match="repaired first"):
        lent(onu, shelf, "A2")
    for _twice in range(2):
        repairing.repaired(unit=sick, act=by(who, "new power connector"))
    assert lent(onu, shelf, "A2").serial == "A2"


def test_a_technician_brings_a_piece_to_be_repaired_to_the_branch():
    onu = item()
    shelf, who = received(onu, "A1", "A2"), technician()
    for serial, condition, kind in (("A1", "REPAIR", "BRANCH"), ("A2", "BROKEN", "SCRAP")):
        unit = lent(onu, shelf, serial)
        customer = SerialUnit.objects.get(pk=unit.pk).place.customer
        back = {"serial": serial, "reference": "WO-1", "condition": condition}
        for _twice in range(2):
            field.collect(item=onu, customer=customer, act=by(who), **back)
        assert where(serial).kind == kind
    assert SerialUnit.objects.get(serial="A1").needs_repair


def test_the_pages_send_call_back_undo_and_repair(client):
    onu, branch = item(), BranchFactory()
    shelf, who = received(onu, "A1", "A2", branch=branch), technician(branch=branch)
    client.force_login(UserFactory())
    at = lambda name, *args: reverse(f"staff_fieldservice:{name}", args=args)  # noqa: E731
    sent = {"source": shelf.pk, "target": places.of_person(who).pk, "serials": "A1"}
    client.post(at("move-stock", onu.pk), sent)
    row = StockTransfer.objects.get()
    assert "On the way" in client.get(at("item", onu.pk)).content.decode()
    client.post(at("call-back", row.pk), {"reason": WHY})
    assert where("A1") == shelf
    got = StockMove.objects.filter(why="RECEIVED").first()
    assert client.post(at("undo-move", got.pk), {"reason": "no"}).status_code == 422
    client.post(at("undo-move", got.pk), {"reason": WHY})
    assert StockMove.objects.filter(reverses=got).exists()
    SerialUnit.objects.filter(serial="A2").update(needs_repair=True)
    unit = SerialUnit.objects.get(serial="A2")
    client.post(at("repaired", unit.pk), {"reason": "new power connector"})
    unit.refresh_from_db()
    assert not unit.needs_repair
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))
    assert client.get(at("undo-move", got.pk)).status_code == 404


def test_a_technician_accepts_or_sends_back_on_the_own_page_only(client):
    onu = item()
    shelf, who = received(onu, "A1", "A2"), technician()
    first, second = send(onu, shelf, who, "A1"), send(onu, shelf, who, "A2")
    client.force_login(technician())
    assert client.post(reverse("field:accept-stock", args=[first.pk])).status_code == 404
    client.force_login(who)
    assert client.get("/technician/day/").json()["to_accept"] == 2
    assert "A1" in client.get(reverse("field:stock")).content.decode()
    client.post(reverse("field:accept-stock", args=[first.pk]))
    refused = client.post(reverse("field:return-stock", args=[second.pk]), {"reason": "no"})
    assert refused.status_code == 422
    client.post(reverse("field:return-stock", args=[second.pk]), {"reason": WHY})
    assert (where("A1").person, where("A2")) == (who, shelf)
