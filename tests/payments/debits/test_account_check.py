"""An account number is tried when it is typed in; when nobody answers, the worker asks again."""

import pytest

from customers.models import CustomerLogin
from ispbill.core import clock
from payments.debits.forms.debits import BankAccount
from payments.debits.models import Mandate
from payments.debits.queries import debits as queries
from payments.debits.services import run
from payments.online.models import GatewayAccount, PaymentMethod
from payments.online.services import accounts
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.payments.debits.test_pages import url

pytestmark = pytest.mark.django_db(transaction=True)

MISTYPED = "4000000002"
GIVEN = {"holder": "Thandi Nkosi", "bank": "FNB", "number": "4000000000", "kind": "CURRENT"}
PERMIT = {"day": "1", "ceiling": "2000"}


@pytest.fixture
def customer(bank):
    return CustomerFactory(name="Thandi Nkosi", phone="+27825551234")


@pytest.fixture
def portal(client, customer):
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=customer)
    client.force_login(user)
    return lambda **more: client.post(url("add-method", space="portal"), GIVEN | PERMIT | more)


@pytest.fixture
def staff(client, customer):
    client.force_login(UserFactory(role="OWNER"))
    return lambda **more: client.post(url("add-method", customer.number), GIVEN | more)


def no_answer(bank, *, is_down=True):
    bank.switch(server_errors=-1 if is_down else 0, faults_hit="ValidateBankAccount")


def kept():
    return list(PaymentMethod.objects.values_list("check_state", flat=True))


def test_a_customer_is_told_of_a_mistyped_number_at_once(bank, portal):
    page = portal(number=MISTYPED)

    assert page.status_code == 422
    assert "a digit may be mistyped" in page.content.decode()
    assert (kept(), Mandate.objects.count()) == ([], 0)
    assert portal().status_code == 302
    assert (kept(), Mandate.objects.count()) == (["GOOD"], 1)


def test_staff_are_told_too_without_any_mandate(bank, staff):
    page = staff(number=MISTYPED)

    assert page.status_code == 422
    assert "a digit may be mistyped" in page.content.decode()
    assert kept() == []
    staff()
    assert kept() == ["GOOD"]


def test_without_an_answer_it_is_kept_and_checked_later(bank, client, customer, staff):
    no_answer(bank)
    page = client.post(url("add-method", customer.number), GIVEN | {"number": MISTYPED})
    assert page.status_code == 302
    assert kept() == ["WAITING"]
    assert "Will be checked" in client.get(url("methods-panel", customer.number)).content.decode()
    run.follow(at=bank.at)
    assert kept() == ["WAITING"]

    no_answer(bank, is_down=False)
    run.follow(at=bank.at)

    method = PaymentMethod.objects.get()
    assert method.check_state == "WRONG"
    panel = client.get(url("methods-panel", customer.number)).content.decode()
    assert "a digit may be mistyped" in panel
    assert "Ask for a mandate" not in panel
    asked = client.post(url("request-mandate", customer.number, method.pk), PERMIT)
    assert (asked.status_code, Mandate.objects.count()) == (422, 0)
    assert sum(rows.count() for rows in queries.to_decide()) == 1


def test_a_customer_whose_number_cannot_be_checked_now_is_told_so(bank, client, portal):
    no_answer(bank)
    portal()

    page = client.get(url("methods", space="portal")).content.decode()
    assert "It will be checked" in page
    assert kept() == ["WAITING"]
    no_answer(bank, is_down=False)
    run.follow(at=clock.now())
    assert (kept(), Mandate.objects.get().state) == (["GOOD"], "SENT")


def test_without_a_key_for_it_nothing_is_checked(bank, staff):
    account = GatewayAccount.objects.get()
    keys = accounts.credentials_of(account)
    account.sealed_credentials = accounts.sealed(account, keys | {"validation": ""})
    account.save()

    staff(number=MISTYPED)

    assert kept() == [""]


def test_nobody_tries_numbers_without_end(bank, portal):
    for _try in range(12):
        portal(number=MISTYPED)

    assert len(bank.calls("ValidateBankAccount")) == 10


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("FNB", "123456789", "FNB has 10 to 11 digits"),
        ("FNB", "12345678901", ""),
        ("Absa", "12345678", ""),
        ("Absa", "1234567", "Absa has 8 to 11 digits"),
        ("Capitec", "123456789", "Capitec has 10 digits"),
        ("Capitec", "1234567890", ""),
        ("Nedbank", "123456789", "Nedbank has 10 to 11 digits"),
        ("Investec", "12345", ""),
        ("Investec", "123456789012", "four to eleven digits"),
    ],
)
def test_a_number_has_the_length_its_bank_gives(name, number, words):
    form = BankAccount(GIVEN | {"bank": name, "number": number})

    assert form.is_valid() is (words == "")
    assert words in str(form.errors.get("number", ""))
