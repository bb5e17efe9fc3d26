"""Who may sign in for an account."""

import pytest

from customers.models import CustomerLogin
from customers.services import portal_access, profile
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tests.customers.details import details
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

PHONE = "+8801711000001"


def give(customer, at, password=None):
    return portal_access.open_portal_access(customer=customer, act=Act(None, at), password=password)


def test_the_phone_signs_in_with_a_code_or_the_given_password(at):
    user = give(CustomerFactory(phone=PHONE, language="bn"), at)
    other = give(CustomerFactory(), at, password="Test-12345!")

    assert (user.login, user.role, user.language) == (PHONE, "CUSTOMER", "bn")
    assert (user.has_usable_password(), other.check_password("Test-12345!")) == (False, True)


def test_one_phone_opens_several_accounts_and_twice_is_once(at):
    first = CustomerFactory(phone=PHONE)
    second = CustomerFactory(phone=PHONE, allows_shared_phone=True)

    users = {give(first, at).pk, give(second, at).pk, give(second, at).pk}

    assert len(users) == 1
    assert CustomerLogin.objects.count() == 2


def test_the_phone_of_a_partner_or_colleague_is_refused(at):
    UserFactory(login=PHONE, role=User.Role.RESELLER)

    with pytest.raises(portal_access.LoginTaken):
        give(CustomerFactory(phone=PHONE), at)


def test_an_archived_account_gets_no_access(at):
    with pytest.raises(DomainError):
        give(CustomerFactory(archived_at=at), at)


def change_phone(customer, at, phone):
    profile.edit(
        customer=customer, details=details(phone=phone, area=customer.area), act=Act(None, at)
    )


def test_the_login_follows_a_new_phone(at):
    customer = CustomerFactory(phone=PHONE)
    user = give(customer, at, password="Test-12345!")

    change_phone(customer, at, "01711000002")

    user.refresh_from_db()
    assert (user.login, user.check_password("Test-12345!")) == ("+8801711000002", True)


def test_a_shared_login_stays_with_the_other_account(at):
    first = CustomerFactory(phone=PHONE)
    second = CustomerFactory(phone=PHONE, allows_shared_phone=True)
    user = give(first, at)
    give(second, at)

    change_phone(first, at, "01711000002")

    assert list(CustomerLogin.objects.filter(user=user).values_list("customer", flat=True)) == [
        second.pk
    ]
    assert CustomerLogin.objects.get(customer=first).user.login == "+8801711000002"


def test_a_phone_without_access_opens_none_by_changing(at):
    customer = CustomerFactory(phone=PHONE)

    change_phone(customer, at, "01711000002")

    assert CustomerLogin.objects.count() == 0
