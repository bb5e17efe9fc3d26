"""Customers may type their number or e-mail where others type a phone."""

import pytest

from customers.models import CustomerLogin
from customers.queries import logins
from ispbill.accounts.models import User
from ispbill.accounts.services import sign_in
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

PHONE = "+8801711000001"


@pytest.fixture
def customer():
    customer = CustomerFactory(number="CT-2026-00001", email="Amina@mail.test")
    user = UserFactory(login=PHONE, role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=customer)
    return customer


@pytest.mark.parametrize("typed", ["CT-2026-00001", " ct-2026-00001 ", "amina@MAIL.test"])
def test_number_and_email_lead_to_the_login(customer, typed):
    assert sign_in.normalised(typed) == PHONE


@pytest.mark.parametrize("typed", ["CT-2026-00002", "other@mail.test", "CT-2026-%", ""])
def test_nothing_else_does(customer, typed):
    assert logins.behind(typed) is None


def test_an_email_that_is_a_login_stays_its_owners(customer):
    UserFactory(login="amina@mail.test")

    assert sign_in.normalised("Amina@mail.test") == "amina@mail.test"


def test_an_email_of_two_peoples_accounts_opens_none(customer):
    other = CustomerFactory(email="amina@mail.test")
    user = UserFactory(login="+8801711000002", role=User.Role.CUSTOMER)
    CustomerLogin.objects.create(user=user, customer=other)

    assert logins.behind("amina@mail.test") is None


def test_one_persons_two_accounts_with_one_email_open_it(customer):
    other = CustomerFactory(email="amina@mail.test")
    CustomerLogin.objects.create(user=User.objects.get(login=PHONE), customer=other)

    assert logins.behind("amina@mail.test") == PHONE


def test_an_archived_customers_number_opens_nothing(customer, at):
    type(customer).objects.filter(pk=customer.pk).update(archived_at=at)

    assert logins.behind("CT-2026-00001") is None
