"""Stock, made through its services."""

from decimal import Decimal

from fieldservice.stock.models import StockItem
from fieldservice.stock.services import issuing, items, moving, places, transfers
from fieldservice.stock.services.issuing import Issued
from fieldservice.stock.services.items import About
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.catalogue import FeeFactory
from tests.factories.fieldservice import NINE


def item(name="ONU", *, kind="SERIAL", usual_way="LENT", actor=None, **values):
    """Add an item of stock."""
    amounts = dict.fromkeys(("sale_amount", "deposit_amount", "replacement_amount"), Decimal(0))
    about = About(
        **{
            "name": name,
            "unit": "piece",
            "kind": kind,
            "usual_way": usual_way,
            "fee": FeeFactory(name="Equipment"),
            "reorder_level": Decimal(0),
            **amounts,
            **values,
        }
    )
    return items.add(about=about, act=Act(actor or UserFactory(), NINE))


def received(kind, *serials, quantity="0", branch=None, cost="1200.00", actor=None):
    """Receive pieces, or a quantity; return the branch's place."""
    return moving.receive(
        item=kind,
        branch=branch or BranchFactory(),
        quantity=Decimal(quantity),
        serials=serials,
        unit_cost=Decimal(cost),
        reference="DN-1",
        act=Act(actor or UserFactory(), NINE),
    )[0].target


def in_van(kind, source, who, *serials, quantity="0"):
    """Send stock to a person who accepts it; return their van."""
    van = places.of_person(who)
    sent = transfers.send(
        item=kind,
        source=source,
        target=van,
        quantity=Decimal(quantity),
        serials=serials,
        act=Act(keeper(), NINE),
    )
    transfers.accept(transfer=sent, act=Act(who, NINE))
    return van


def again(kind):
    """Return an item as it is now."""
    return StockItem.objects.get(pk=kind.pk)


def keeper(**values):
    return UserFactory(role=User.Role.OWNER, **values)


def lent_piece(customer, branch):
    """Lend a customer a new piece from a branch; return it."""
    kind, owner = item("ONU of the samples"), keeper()
    shelf = received(kind, "S4MPLE1", "S4MPLE2", branch=branch, actor=owner)
    issued = Issued("LENT", serial="S4MPLE1", reference=customer.number)
    return issuing.issue(
        item=kind, customer=customer, source=shelf, issued=issued, act=Act(owner, NINE)
    ).unit


def shelf_of(branch):
    return places.of_branch(branch)
