"""A look at a customer beside the list."""

import pytest

from ispbill.accounts.models import User
from tests.factories.accounts import BranchFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


def test_a_look_tells_what_one_asks_about_a_customer(client, owner, htmx):
    customer = CustomerFactory(name="Amina Begum", phone="+8801711000001")
    service = SubscriptionFactory(customer=customer)

    html = client.get(f"/admin/customers/{customer.number}/peek/", headers=htmx()).content.decode()

    words = ["Amina Begum", "01711000001", "All paid", service.package.name, customer.area.name]
    assert [word for word in words if word not in html] == []
    assert "data-dialog-drawer" in html
    assert "<html" not in html


def test_nobody_looks_at_a_customer_of_another_branch(client, sign_in):
    sign_in(User.Role.BRANCH_MANAGER)
    customer = CustomerFactory(branch=BranchFactory())

    assert client.get(f"/admin/customers/{customer.number}/peek/").status_code == 404


def test_the_list_says_where_a_look_is_taken(client, owner):
    assert 'data-peek="peek/"' in client.get("/admin/customers/").content.decode()
