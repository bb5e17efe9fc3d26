"""Stock: never below zero, a piece in one place, what customers owe for it, counts, field facts."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from billing.invoices.models import Invoice
from billing.receivables.services import deposits
from customers.models import Customer
from fieldservice.models import FieldAction
from fieldservice.services import evidence, outbox
from fieldservice.stock.models import SerialUnit, StockBalance, StockCount, StockMove
from fieldservice.stock.queries import stock as queries
from fieldservice.stock.services import counting, field, issuing, moving, places
from fieldservice.stock.services.counting import Counted
from fieldservice.stock.services.issuing import Issued
from fieldservice.stock.services.moving import StockRefused
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.catalogue import FeeFactory, TaxRateFactory
from tests.factories.customers import CustomerFactory
from tests.factories.fieldservice import NINE, at_work, given, job, technician
from tests.factories.stock import again, in_van, item, received
from tests.fieldservice.services.test_outbox import sent

pytestmark = pytest.mark.django_db


def by(who, reason=""):
    return Act(who, NINE, reason=reason)


def where(serial):
    return SerialUnit.objects.select_related("place").get(serial=serial).place


def held(kind, place):
    return moving.held(kind, place)


def test_what_we_own_is_worth_what_it_cost_on_average():
    cable = item("Cable", kind="BULK", usual_way="USED", unit="m")
    shelf = received(cable, quantity="10", cost="1200.00")
    received(cable, quantity="5", cost="1350.00", branch=shelf.branch)
    assert again(cable).value_amount == Decimal("18750.00")
    who = UserFactory()
    lost = moving.lose(
        item=cable, source=shelf, quantity=Decimal(1), serials=(), act=by(who, "fell off the van")
    )
    assert lost[0].value_amount == Decimal("1250.00")
    moving.lose(
        item=cable, source=shelf, quantity=Decimal(14), serials=(), act=by(who, "burnt in the shed")
    )
    assert (again(cable).value_amount, again(cable).owned_quantity) == (0, 0)


def test_a_real_place_never_holds_less_than_nothing_whoever_writes():
    cable = item("Cable", kind="BULK", usual_way="USED")
    shelf = received(cable, quantity="10")
    van = places.of_person(technician())
    with pytest.raises(StockRefused):
        moving.move(
            item=cable,
            source=shelf,
            target=places.of_branch(BranchFactory()),
            quantity=Decimal("10.01"),
            serials=(),
            act=by(UserFactory()),
        )
    row = {"item": cable, "quantity": 11, "value_amount": 0, "why": "MOVED", "moved_at": NINE}
    for source in (shelf, van):
        target = van if source == shelf else shelf
        with (
            pytest.raises(IntegrityError, match="not_negative|nothing of it"),
            transaction.atomic(),
        ):
            StockMove.objects.create(source=source, target=target, **row)
    with pytest.raises(Exception, match="append|permission denied"), transaction.atomic():
        StockMove.objects.update(quantity=1)
    assert held(cable, shelf) == 10


def test_a_piece_leaves_only_where_it_is():
    onu = item()
    shelf = received(onu, "ab:12-34")
    assert where("AB1234") == shelf
    van, other = in_van(onu, shelf, technician(), "AB 1234"), places.of_person(technician())
    unit = SerialUnit.objects.get()
    row = {"item": onu, "quantity": 1, "value_amount": 0, "why": "MOVED", "moved_at": NINE}
    with pytest.raises(IntegrityError, match="where it is"), transaction.atomic():
        StockMove.objects.create(unit=unit, source=shelf, target=other, **row)
    with pytest.raises(IntegrityError, match="one by one"), transaction.atomic():
        StockMove.objects.create(source=van, target=other, **row)
    with pytest.raises(StockRefused, match="Known already"):
        received(onu, "AB-12:34", branch=shelf.branch)
    total = StockBalance.objects.filter(item=onu).aggregate(n=Sum("quantity"))["n"]
    assert (total, held(onu, van)) == (1, 1)


def test_what_is_lent_comes_back_and_what_does_not_is_charged_with_the_deposit_first():
    fee = FeeFactory(tax_class=TaxRateFactory(rate=Decimal("0.15")).tax_class)
    asked = {"deposit_amount": Decimal("1000.00"), "replacement_amount": Decimal("1800.00")}
    onu = item(fee=fee, **asked)
    shelf = received(onu, "A1", "A2")
    customer, who = CustomerFactory(), UserFactory()
    for serial in ("A1", "A2"):
        issuing.issue(
            item=onu,
            customer=customer,
            source=shelf,
            issued=Issued("LENT", serial=serial),
            act=by(who),
        )
    assert [unit.serial for unit in queries.equipment(customer)] == ["A1", "A2"]
    issuing.take_back(unit=SerialUnit.objects.get(serial="A2"), target=shelf, act=by(who))
    deposits.take(
        customer=customer,
        amount=Decimal("1000.00"),
        method="CASH",
        reference="",
        act=by(who, "security for the ONU"),
    )
    paid = issuing.charge_for(
        unit=SerialUnit.objects.get(serial="A1"), act=by(who, "burnt, not given back")
    )
    invoice = Invoice.objects.get(customer=customer)
    assert paid == Decimal("1000.00")
    assert invoice.subtotal_amount == Decimal("1800.00")
    customer = Customer.objects.select_related("account_state").get(pk=customer.pk)
    assert customer.account_state.balance_amount == Decimal("1070.00")
    assert where("A1").kind == "LOST"
    assert queries.equipment(customer) == []


def test_a_sale_is_charged_once_through_an_invoice_of_its_own():
    plug = item("Plug", kind="BULK", usual_way="SOLD", sale_amount=Decimal("150.00"))
    shelf, customer = received(plug, quantity="5"), CustomerFactory()
    issued = Issued("SOLD", Decimal(2))
    issuing.issue(item=plug, customer=customer, source=shelf, issued=issued, act=by(UserFactory()))
    assert Invoice.objects.get().subtotal_amount == Decimal("300.00")
    assert held(plug, shelf) == 3
    with pytest.raises(StockRefused, match="serial"):
        issuing.issue(
            item=plug, customer=customer, source=shelf, issued=Issued("LENT"), act=by(UserFactory())
        )


def test_a_count_is_booked_when_another_person_approves_it():
    onu, cable = item(), item("Cable", kind="BULK", usual_way="USED")
    shelf = received(onu, "A1", "A2")
    received(cable, quantity="100", branch=shelf.branch)
    who, other = UserFactory(), UserFactory()
    found = {onu.pk: Counted(serials=["A1", "A9"]), cable.pk: Counted(Decimal("96.5"))}
    with pytest.raises(Exception, match="reason"):
        counting.hand_in(place=shelf, found=found, act=by(who))
    count = counting.hand_in(place=shelf, found=found, act=by(who, "cut off and not written down"))
    assert count.state == StockCount.State.WAITING
    with pytest.raises(StockRefused):
        counting.approve(count=count, act=by(who))
    counting.approve(count=count, act=by(other))
    assert held(cable, shelf) == Decimal("96.50")
    assert (where("A2").kind, where("A9"), held(onu, shelf)) == ("LOST", shelf, 2)
    right = counting.hand_in(
        place=shelf, found={onu.pk: Counted(serials=["A9", "A1"])}, act=by(who)
    )
    assert right.state == StockCount.State.RIGHT


def test_what_was_done_in_the_field_stands_and_says_what_differed():
    onu = item()
    shelf = received(onu, "A1", "A2")
    who, customer = technician(), CustomerFactory()
    van = places.of_person(who)

    def use(serial, to=customer):
        issued = Issued("LENT", serial=serial, reference="WO-1")
        return field.use(item=onu, customer=to, issued=issued, act=by(who))

    in_van(onu, shelf, who, "A1")
    assert use("A1") == ""
    assert use("a-1") == ""  # already there: nothing
    assert use("A2") == f"was booked at {shelf}"
    assert use("A3") == "was not in stock before"
    assert [unit.serial for unit in queries.equipment(customer)] == ["A1", "A2", "A3"]
    with pytest.raises(field.AtAnotherCustomer):
        use("A1", CustomerFactory())
    back = field.collect(item=onu, customer=customer, serial="A1", reference="WO-2", act=by(who))
    assert (back, where("A1")) == ("", van)
    cable = item("Cable", kind="BULK", usual_way="USED")
    said = field.use(
        item=cable, customer=customer, issued=Issued("USED", Decimal("12.5")), act=by(who)
    )
    assert said == "the van was short by 12.5"
    assert held(cable, van) == 0


def test_a_phones_material_moves_stock_once_and_another_customers_piece_is_a_conflict():
    onu = item()
    shelf, who = received(onu, "A1"), technician()
    in_van(onu, shelf, who, "A1")
    assert queries.van(who)[0]["serials"] == ["A1"]
    order = given(job(), who)
    at_work(order, who)
    used = {"item": onu.pk, "name": "ONU", "quantity": "1", "serial": "a1"}
    one = sent("material", used)
    for _again in range(2):
        row = outbox.receive(order=order, sent=one, act=by(who))
        assert row.outcome == FieldAction.Outcome.APPLIED
    assert where("A1").customer == order.customer
    assert StockMove.objects.filter(why="LENT").count() == 1
    assert evidence.latest_visit(order, who).materials.get().item == onu
    second = given(job(), who, start=NINE + timedelta(hours=4), end=NINE + timedelta(hours=6))
    at_work(second, who)
    row = outbox.receive(order=second, sent=sent("material", used), act=by(who))
    assert row.outcome == FieldAction.Outcome.CONFLICT
    assert "another customer" in row.answer["why"]
