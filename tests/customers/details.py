"""What a clerk fills in, ready for the services."""

from customers.services.profile import Details
from tests.factories.customers import AreaFactory


def details(**changes):
    values = {
        "name": "Amina Begum",
        "phone": "01711-000001",
        "area": changes.pop("area", None) or AreaFactory(),
        "address": "House 1, Road 2",
    }
    return Details(**(values | changes))
