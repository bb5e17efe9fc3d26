"""The pages about debit orders: who sees what, and what a button does."""

import pytest
from django.urls import reverse

from customers.models import CustomerLogin
from ispbill.core.models import Company
from payments.debits.models import (
    DebitOrder,
    DebitSettings,
    DebitStatementLine,
    Mandate,
    MandateHint,
)
from payments.debits.services import settings as choices
from payments.online.models import GatewayAccount, PaymentMethod
from payments.online.services import accounts
from tests.factories import debit_rows, debits
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "the bank has confirmed it by phone"


@pytest.fixture
def owner(client):
    owner = UserFactory(role="OWNER")
    client.force_login(owner)
    return owner


@pytest.fixture
def customer(client):
    """A customer who is signed in to the portal."""
    customer = CustomerFactory(name="Thandi Nkosi")
    user = UserFactory(role="CUSTOMER")
    CustomerLogin.objects.create(user=user, customer=customer)
    client.force_login(user)
    return customer


def url(name, *args, space="staff_payments"):
    return reverse(f"{space}:{name}", args=args)


def test_lists_show_masked_accounts_and_results(client, owner, at):
    mandate = debit_rows.signed(CustomerFactory(), at=at)
    order = debit_rows.unpaid(mandate, at=at)
    debit_rows.held_line(at=at)

    mandates = client.get(url("mandates")).content.decode()
    batch = client.get(url("debit-batch", order.batch.name)).content.decode()
    statement = client.get(url("debit-statement")).content.decode()

    assert "FNB ***0000" in mandates
    assert "4000000000" not in mandates + batch
    assert "Not enough money in the account" in batch
    assert "no debit order of ours" in statement
    assert client.get(url("debit-batches")).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_ask_a_fixed_number_of_questions(
    client, owner, at, rows, django_assert_max_num_queries
):
    for number in range(rows):
        mandate = debit_rows.signed(CustomerFactory(), at=at)
        debit_rows.unpaid(mandate, at=at, name=f"DB-2026-9000{number}-abcd")
    client.get(url("mandates"))

    with django_assert_max_num_queries(14):
        client.get(url("mandates"))
    with django_assert_max_num_queries(16):
        client.get(url("debit-batches"))


def test_a_branch_manager_sees_the_own_branch_only(client, at):
    mandate = debit_rows.signed(CustomerFactory(), at=at)
    order = debit_rows.unpaid(mandate, at=at)
    stranger = UserFactory(role="BRANCH_MANAGER", branch=BranchFactory())
    client.force_login(stranger)

    assert mandate.account_reference not in client.get(url("mandates")).content.decode()
    assert client.get(url("debit-batch", order.batch.name)).status_code == 404
    assert client.get(url("methods-panel", mandate.customer.number)).status_code == 404


def test_staff_add_an_account_and_ask_for_its_mandate(client, owner):
    debit_rows.switched_on()
    customer = CustomerFactory()
    given = {"holder": customer.name, "bank": "FNB", "number": "4000 000-000", "kind": "CURRENT"}
    client.post(url("add-method", customer.number), given)
    method = PaymentMethod.objects.get()
    assert (method.label, method.is_primary) == ("FNB ***0000", True)

    client.post(
        url("request-mandate", customer.number, method.pk), {"day": "1", "ceiling": "2 500"}
    )

    mandate = Mandate.objects.get()
    assert (mandate.state, str(mandate.ceiling_amount)) == ("PENDING", "2500.00")
    assert mandate.asked_by == owner


@pytest.mark.parametrize(
    "wrong", [{"number": "12"}, {"number": "40000x"}, {"bank": "OTHER"}, {"holder": ""}]
)
def test_details_that_cannot_be_right_are_refused_in_the_form(client, owner, wrong):
    customer = CustomerFactory()
    given = {"holder": "A", "bank": "FNB", "number": "4000000000", "kind": "CURRENT"} | wrong

    response = client.post(url("add-method", customer.number), given)

    assert response.status_code == 422
    assert not PaymentMethod.objects.exists()


def test_a_mandate_is_suspended_resumed_and_cancelled_with_a_reason(client, owner, at):
    mandate = debit_rows.signed(CustomerFactory(), at=at)

    for act, state in [("suspend", "SUSPENDED"), ("resume", "ACTIVE"), ("cancel", "CANCELLED")]:
        address = url("mandate", mandate.account_reference, act)
        assert client.post(address, {"reason": "no"}).status_code == 422
        client.post(address, {"reason": REASON})
        mandate.refresh_from_db()
        assert mandate.state == state


def test_a_failed_debit_is_tried_again_when_staff_say_so(client, owner, at):
    order = debit_rows.unpaid(debit_rows.signed(CustomerFactory(), at=at), at=at)

    client.post(url("debit-again", order.pk), {"reason": REASON})

    order.refresh_from_db()
    assert order.is_retried
    assert client.post(url("debit-again", order.pk), {"reason": REASON}).status_code == 422


def test_a_held_line_is_put_aside_with_a_reason(client, owner, at):
    line = debit_rows.held_line(at=at)

    client.post(url("debit-aside", line.pk), {"reason": REASON})

    line.refresh_from_db()
    assert (line.outcome, line.note) == (DebitStatementLine.Outcome.NOTED, REASON)


def test_keys_are_sealed_and_never_shown(client, owner):
    secret = "11111111-2222-3333-4444-555555555555"
    client.post(
        url("debit-keys"),
        {"base_url": "https://ws.netcash.co.za", "account": secret, "debit_order": secret},
    )

    account = GatewayAccount.objects.get()
    assert accounts.credentials_of(account) == {"account": secret, "debit_order": secret}
    assert (account.is_live, account.is_enabled) == (True, True)
    page = client.get(url("debit-settings")).content.decode()
    assert secret not in page
    assert choices.postback_secret() in page


@pytest.mark.parametrize("address", ["http://ws.netcash.co.za", "ftp://x", "https://x/y"])
def test_keys_go_to_no_open_address(client, owner, address):
    response = client.post(url("debit-keys"), {"base_url": address, "account": "x"})

    assert response.status_code == 422
    assert not GatewayAccount.objects.exists()


def test_it_is_switched_on_in_rand_and_with_keys_only(client, owner, bank):
    DebitSettings.objects.update(is_on=False)
    given = {"is_on": "on", "instruction": "TwoDay", "most_failures": "5"}
    Company.objects.update(currency="BDT")
    Company.forget_cached()
    assert client.post(url("debit-settings"), given).status_code == 422
    Company.objects.update(currency="ZAR")
    Company.forget_cached()

    client.post(url("debit-settings"), given)

    assert DebitSettings.current().is_on


def test_the_simulated_netcash_is_connected_on_a_press(client, owner, bank, tmp_path, settings):
    GatewayAccount.objects.all().delete()
    settings.SANDBOX_DIR = tmp_path
    client.post(url("debit-keys"), {"simulator": "1"})
    account = GatewayAccount.objects.get()
    assert (account.base_url, account.is_live) == (bank.server.base_url, False)
    assert account.is_enabled

    settings.SIMULATORS = False
    response = client.post(url("debit-keys"), {"simulator": "1"}, follow=True)

    assert "There are no simulators here." in response.content.decode()


def test_a_wrong_key_says_which(client, owner, bank):
    client.post(
        url("debit-keys"),
        {
            "base_url": bank.server.base_url,
            "account": "00000000-0000-0000-0000-000000000000",
            "reason": "mistyped on purpose",
        },
    )
    response = client.post(url("debit-check-keys"), follow=True)

    said = [str(message) for message in response.context["messages"]]
    assert "account: NetCash does not accept this key" in said
    assert "debit_order: The key works" in said
    assert GatewayAccount.objects.get().is_test_passed is False


def test_staff_authorise_a_batch(client, owner, bank):
    from tests.factories.payments import open_invoice

    DebitSettings.objects.update(authorises_itself=False)
    mandate = debits.active(bank)
    open_invoice(mandate.customer, "1150.00")
    debits.processed(bank)
    batch = debits.only_batch()
    assert batch.state == "LOADED"

    client.post(url("debit-authorise", batch.name))

    batch.refresh_from_db()
    assert batch.state == "AUTHORISED"


def test_the_postback_needs_its_secret_and_is_always_thanked(client, at):
    mandate = debit_rows.signed(CustomerFactory(), at=at)
    said = {"AccountRef": mandate.account_reference, "MandateSuccessful": "1"}
    hook = url("netcash-mandate", choices.postback_secret(), space="public_payments")

    assert client.post(url("netcash-mandate", "x" * 40, space="public_payments")).status_code == 404
    assert client.post(hook, said).status_code == 200
    assert client.post(hook, {}).status_code == 200
    assert client.get(hook).status_code == 405
    assert MandateHint.objects.count() == 2


def test_a_customer_sees_only_masked_own_accounts(client, customer, at):
    debit_rows.signed(customer, at=at)
    debit_rows.signed(CustomerFactory(), at=at, number="4000000020")

    page = client.get(url("methods", space="portal")).content.decode()

    assert "FNB ***0000" in page
    assert "FNB ***0020" not in page
    assert "4000000000" not in page


def test_a_customer_asks_for_a_debit_order(client, customer):
    debit_rows.switched_on()
    given = {
        "holder": "Thandi Nkosi", "bank": "Capitec", "number": "4000000000", "kind": "SAVINGS",
        "day": "1", "ceiling": "2000",
    }  # fmt: skip

    response = client.post(url("add-method", space="portal"), given)

    assert response.status_code == 302
    mandate = Mandate.objects.select_related("method").get()
    assert (mandate.customer, mandate.method.label) == (customer, "Capitec ***0000")
    page = client.get(url("methods", space="portal")).content.decode()
    assert "Your request is on its way to the bank" in page


def test_a_refused_request_keeps_no_account(client, customer, at):
    debit_rows.signed(customer, at=at)
    mandate = Mandate.objects.get()
    given = {
        "holder": "T", "bank": "FNB", "number": "4000000000", "kind": "CURRENT", "day": "1",
        "ceiling": "2000",
    }  # fmt: skip

    response = client.post(url("add-method", space="portal"), given)

    assert response.status_code == 422
    assert PaymentMethod.objects.get() == mandate.method


def test_a_customer_removes_an_account_and_its_debit_order(client, customer, at):
    mandate = debit_rows.signed(customer, at=at)
    address = url("method-remove", mandate.method_id, space="portal")
    assert client.get(address).status_code == 200

    client.post(address)

    mandate.refresh_from_db()
    assert mandate.state == "CANCELLED"
    assert PaymentMethod.objects.get().removed_at is not None


def test_somebody_elses_account_is_not_there(client, customer, at):
    other = debit_rows.signed(CustomerFactory(), at=at, number="4000000020")

    for name in ("method-remove", "method-primary", "debit-order"):
        assert client.post(url(name, other.method_id, space="portal")).status_code == 404


def test_nothing_is_offered_while_debit_orders_are_off(client, customer):
    assert client.get(url("add-method", space="portal")).status_code == 404
    page = client.get(url("methods", space="portal")).content.decode()
    assert "Add a debit order" not in page


def test_a_collection_shows_why_it_failed(client, customer, at):
    order = debit_rows.unpaid(debit_rows.signed(customer, at=at), at=at)
    DebitOrder.objects.filter(pk=order.pk).update(is_retried=True)

    page = client.get(url("methods", space="portal")).content.decode()

    assert "Not enough money in the account" in page
