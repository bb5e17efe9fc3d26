"""Accounts customers transfer from: statements know them, as far as the one who named them may."""

import pytest
from django.core.management import call_command

from customers.models import CustomerLogin
from ispbill.core.acts import Act
from payments.bank.services import payers
from payments.debits.services import methods, removing
from payments.online.models import PaymentMethod
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.payments.debits.test_pages import url
from tests.portals.test_commands import NEW

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "BD15 0120-3344 556"
GIVEN = {"holder": "Karim Mills", "bank": "City Bank", "number": NUMBER}


def suggested(at, amount="10.00", payer="BD150120 3344556", **values):
    line = line_of(bank_account(), amount, at=at, payer=payer, **values)
    return line, [(one.customer_id, one.confidence) for one in line.suggestions.order_by("rank")]


def test_staff_keep_an_account_and_its_transfers_are_recognised(client, at):
    client.force_login(UserFactory(role="BILLING"))
    customer = CustomerFactory()

    response = client.post(url("add-transfer", customer.number), GIVEN)
    panel = client.get(url("methods-panel", customer.number)).content.decode()

    method = PaymentMethod.objects.get()
    assert (response.status_code, method.kind, method.label) == (302, "EFT", "City Bank ***4556")
    assert methods.details_of(method) == {"number": "BD1501203344556"}
    assert "City Bank ***4556" in panel
    assert "BD15" not in panel + str(list(PaymentMethod.objects.values()))
    line, found = suggested(at)
    assert (found, line.is_safe) == ([(customer.pk, 95)], True)


def test_what_a_customer_says_is_looked_at_by_somebody(client, at):
    """Or who names a company's account is credited with what the company transfers."""
    customer = CustomerFactory(name="Rahim Uddin")
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=customer)
    client.force_login(user)
    open_invoice(customer, "800.00")

    page = client.get(url("add-transfer", space="portal"))
    response = client.post(url("add-transfer", space="portal"), GIVEN)

    assert (page.status_code, response.status_code) == (200, 302)
    assert "City Bank ***4556" in client.get(url("methods", space="portal")).content.decode()
    line, found = suggested(at, "800.00", counterparty="RAHIM UDDIN")
    assert found[0][0] == customer.pk
    assert (found[0][1] < 95, line.is_safe) == (True, False)


def test_what_staff_know_goes_before_what_a_customer_says(at):
    customer = CustomerFactory()
    for author in (UserFactory(role="CUSTOMER"), UserFactory(role="OWNER")):
        methods.add(
            customer=customer if author.role == "OWNER" else CustomerFactory(),
            kind="EFT",
            details={"number": "BD1501203344556"},
            holder="X",
            bank="B",
            act=Act(author, at),
        )

    line, found = suggested(at)

    assert found[0] == (customer.pk, 95)
    assert len(found) == 2


def test_a_removed_account_is_nobodys(at):
    owner, customer = UserFactory(), CustomerFactory()
    method = methods.add(
        customer=customer,
        kind="EFT",
        details={"number": "BD1501203344556"},
        holder="X",
        bank="B",
        act=Act(owner, at),
    )
    removing.remove(method=method, act=Act(owner, at))

    assert suggested(at)[1] == []


@pytest.mark.parametrize(
    "wrong", [{"number": "12 34"}, {"number": "ABCDEFGH"}, {"bank": "City 12345"}, {"holder": ""}]
)
def test_what_is_no_account_is_refused_with_words(client, wrong):
    client.force_login(UserFactory(role="OWNER"))
    customer = CustomerFactory()

    response = client.post(url("add-transfer", customer.number), GIVEN | wrong)

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not PaymentMethod.objects.exists()


def test_the_same_account_twice_is_said_so(client):
    client.force_login(UserFactory(role="OWNER"))
    customer = CustomerFactory()
    client.post(url("add-transfer", customer.number), GIVEN)

    again = client.post(url("add-transfer", customer.number), GIVEN | {"number": "bd1501203344556"})

    assert again.status_code == 422
    assert "already among the ways to pay" in again.content.decode()


def test_with_a_new_oldest_key_transfers_are_recognised_still(at, settings):
    methods.add(
        customer=CustomerFactory(),
        kind="EFT",
        details={"number": "BD1501203344556"},
        holder="X",
        bank="B",
        act=Act(UserFactory(), at),
    )
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    call_command("rotate_keys")
    settings.FIELD_KEYS = [NEW]
    call_command("rotate_keys")

    assert PaymentMethod.objects.get().fingerprint == payers.fingerprint("BD1501203344556")
    assert len(suggested(at)[1]) == 1
