"""Stock: routers, ONUs and cable at a branch, in two vans and with some customers."""

from datetime import datetime, timedelta
from decimal import Decimal

from customers.models import Customer, Fee
from fieldservice.stock.models import SerialUnit, StockItem, StockPlace
from fieldservice.stock.services import counting, issuing, items, moving, places, transfers
from fieldservice.stock.services.counting import Counted
from fieldservice.stock.services.issuing import Issued
from fieldservice.stock.services.items import About
from ispbill.accounts.models import Branch, User
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground

# Name, unit, kind, usual way, sale, deposit, replacement, reorder level, received, cost of one.
ITEMS: tuple[tuple[str, str, str, str, int, int, int, int, int, int], ...] = (
    ("ONU XPON 1GE", "piece", "SERIAL", "LENT", 0, 1000, 1800, 20, 24, 1200),
    ("Router AC1200", "piece", "SERIAL", "SOLD", 2600, 0, 2600, 5, 12, 1950),
    ("Drop cable", "m", "BULK", "USED", 0, 0, 0, 500, 420, 9),
    ("Fast connector", "piece", "BULK", "USED", 0, 0, 0, 50, 300, 18),
    ("Power adapter 12 V", "piece", "BULK", "SOLD", 350, 0, 350, 10, 40, 210),
)


def show(*, base: Ground, now: datetime) -> None:
    """Receive, hand to technicians, lend to customers, and one count that differs."""
    people = [base.staff[login] for login in ("tech1@demo.test", "tech2@demo.test")]
    branch = people[0].branch or Branch.objects.filter(archived_at=None).order_by("pk").first()
    fee = Fee.objects.filter(archived_at=None).order_by("pk").first()
    customers = list(Customer.objects.filter(branch=branch).order_by("pk")[:3])
    if branch is None or fee is None or len(customers) < len(people):
        return
    begun = now - timedelta(days=12)
    stocked = [_stocked(row, branch, fee, Act(base.owner, begun)) for row in ITEMS]
    shelf, onu, cable = places.of_branch(branch), stocked[0], stocked[2]
    for place, person in enumerate(people):
        act = Act(base.owner, begun + timedelta(days=1))
        carried = _serials(onu, shelf)[:4]
        van = places.of_person(person)
        much = Decimal(80 + 20 * place)
        for item, serials, quantity in ((onu, carried, Decimal(0)), (cable, [], much)):
            sent = transfers.send(
                item=item, source=shelf, target=van, quantity=quantity, serials=serials, act=act
            )
            transfers.accept(transfer=sent, act=Act(person, act.at + timedelta(hours=1)))
        lent = Issued("LENT", serial=carried[0], reference=customers[place].number)
        issuing.issue(
            item=onu,
            customer=customers[place],
            source=van,
            issued=lent,
            act=Act(base.owner, begun + timedelta(days=2 + place)),
        )
    # Still on the way: the first technician has it to accept, or to send back.
    transfers.send(
        item=onu,
        source=shelf,
        target=places.of_person(people[0]),
        quantity=Decimal(0),
        serials=_serials(onu, shelf)[:2],
        act=Act(base.owner, now - timedelta(hours=1)),
    )
    found = {cable.pk: Counted(moving.held(cable, shelf) - Decimal(12))}
    act = Act(
        base.staff["support@demo.test"],
        now - timedelta(hours=2),
        reason="Ends of the drum cut off and not written down",
    )
    counting.hand_in(place=shelf, found=found, act=act)


def _stocked(
    row: tuple[str, str, str, str, int, int, int, int, int, int],
    branch: Branch,
    fee: Fee,
    act: Act[User],
) -> StockItem:
    name, unit, kind, way, sale, deposit, replacement, level, much, cost = row
    about = About(
        name=name,
        unit=unit,
        kind=kind,
        usual_way=way,
        fee=fee,
        sale_amount=Decimal(sale),
        deposit_amount=Decimal(deposit),
        replacement_amount=Decimal(replacement),
        reorder_level=Decimal(level),
    )
    item = items.add(about=about, act=act)
    numbers = [f"{name[:2].upper()}26A{1000 + 7 * one}" for one in range(much)]
    moving.receive(
        item=item,
        branch=branch,
        quantity=Decimal(much),
        serials=numbers if kind == "SERIAL" else (),
        unit_cost=Decimal(cost),
        reference="DN-2026-118",
        act=act,
    )
    return item


def _serials(item: StockItem, place: StockPlace) -> list[str]:
    found = SerialUnit.objects.filter(item=item, place=place).order_by("serial")
    return list(found.values_list("serial", flat=True))
