"""A branch manager's world ends at the branch, at every address of the console.

Every address of the staff is asked for by the manager of another branch than the one everything
belongs to: what is somebody's is not found, and nothing on any page names a customer.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.outside import InsideTransaction
from tests.architecture import addresses, samples
from tests.factories.accounts import BranchFactory, UserFactory

NAME = "Zebunnisa Quayum"
# What no branch owns: the catalogue, the words, the company's own things. Each with the argument
# that says so: none of them names a customer, a service, a router or a person.
COMPANYS = {
    "parts:failure": "an example",
    "staff:inbox-now": "what one has put off oneself",
    "staff:help-book": "a book, the same for everybody",
    "staff:help-picture": "a picture of the books",
    "staff:tile": "the name of a tile",
    "staff_accounts:roles": "no argument",
    "staff_billing:price-change": "a package",
    "staff_billing:outage-credit": "an outage; says that nothing is proposed",
    "staff_customers:bulk": "the name of a bulk act; it takes customers by what may be seen",
    "staff_customers:export": "a kind of file",
    "staff_customers:package-prices": "a package",
    "staff_fieldservice:edit-item": "an article of the catalogue",
    "staff_fieldservice:item": "an article of the catalogue",
    "staff_fieldservice:lose": "an article of the catalogue",
    "staff_fieldservice:move-stock": "an article of the catalogue",
    "staff_fieldservice:receive": "an article of the catalogue",
    "staff_network:pool": "a pool of the company",
    "staff_reports:list-file": "the name of a table; its rows are those one may see",
    "staff_tickets:edit-reply": "a saved reply",
}


@pytest.fixture
def world(db):
    found = samples.build()
    Customer.objects.filter(pk=found.customer.pk).update(name=NAME)
    return found


@pytest.mark.slow
def test_what_belongs_to_another_branch_is_nowhere_to_be_found(world, capfd):
    stranger = Client()
    stranger.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))
    marks = (NAME, world.customer.number, str(world.customer.phone)[-9:])
    reached, told = {}, []

    for address in addresses.ours():
        if getattr(address.view, "audience", "") != "staff":
            continue
        arguments = samples.arguments(address.name, address.converters, world)
        path = reverse(address.name, kwargs=arguments)
        status, text = _ask("GET", path, stranger)
        if status == 405:
            status, text = _ask("POST", path, stranger)
        if arguments and status not in (403, 404):
            reached[address.name] = status
        told += [(address.name, mark) for mark in marks if mark in text and mark not in path]

    assert told == []
    assert sorted(set(reached) - set(COMPANYS)) == []


@pytest.mark.slow
def test_the_manager_of_the_branch_does_find_it(world):
    """Without this the test above would hold for a console that shows nobody anything."""
    own = Client()
    own.force_login(world.users["BRANCH_MANAGER"])
    pages = {
        "staff_customers:index": {},
        "staff_customers:customer": {"number": world.customer.number},
        "staff_payments:index": {},
        "staff_tickets:index": {},
        "staff_billing:invoices": {},
    }

    silent = [
        name
        for name, arguments in pages.items()
        if NAME not in _ask("GET", reverse(name, kwargs=arguments), own)[1]
    ]

    assert silent == []


def _ask(method, path, client):
    """Return the status and the text of one answer; whatever it changed is undone."""
    with transaction.atomic():
        try:
            response = client.generic(method, path)
            parts = response.streaming_content if response.streaming else [response.content]
            return response.status_code, b"".join(parts).decode("utf-8", "replace")
        except InsideTransaction:
            return "router", ""  # let in, and stopped only where the page calls a router
        finally:
            transaction.set_rollback(True)
