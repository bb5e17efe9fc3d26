import re

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import rls
from ispbill.notifications.models import Message
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.notifications import MessageFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
REASON = {"reason": "The customer lost it."}


@pytest.fixture
def owner(client):
    owner = UserFactory()
    client.force_login(owner)
    return owner


def address(name, *args):
    return reverse(f"staff_notifications:{name}", args=args)


def rows(response):
    return [int(pk) for pk in re.findall(r'data-row="(\d+)"', response.content.decode())]


def sign_in(client, role, **details):
    user = UserFactory(role=role, **details)
    client.force_login(user)
    return user


MAY_VIEW = {"OWNER", "BILLING", "SUPPORT", "NOC", "SALES", "BRANCH_MANAGER", "AUDITOR"}
MAY_EDIT = {"OWNER", "BILLING"}


@pytest.mark.parametrize("role", User.Role.values)
def test_each_role_gets_the_pages_it_may_have(client, role):
    branch = BranchFactory()
    customer = CustomerFactory(area=AreaFactory(branch=branch))
    message = MessageFactory(state="SENT", customer_id=customer.pk)
    sign_in(client, role, branch=branch)
    is_console = role not in {"TECHNICIAN", "COLLECTOR", "RESELLER", "CUSTOMER"}
    place = ["payment_received", "SMS", "en"]
    reads = [
        address("outbox"),
        address("message", message.pk),
        address("wordings"),
        address("customer-panel", customer.number),
    ]
    edits = [
        address("resend", message.pk),
        address("cancel", message.pk),
        address("settings"),
        address("wording", *place),
    ]
    posts = [address(f"wording-{verb}", *place) for verb in ("preview", "reset")]

    def expected(may):
        return 302 if not is_console else 200 if role in may else 403

    assert [client.get(url).status_code for url in reads] == [expected(MAY_VIEW)] * 4
    assert [client.get(url).status_code for url in edits] == [expected(MAY_EDIT)] * 4
    may_post = 302 if not is_console else 403
    answers = [client.post(url).status_code for url in posts]
    assert answers == ([200, 302] if role in MAY_EDIT else [may_post] * 2)


def test_signed_out_is_the_sign_in_page(client):
    assert client.get(address("outbox")).status_code == 302
    assert client.get(address("outbox"), headers=HTMX).headers["X-Sign-In"] == "/login"


def test_who_may_not_edit_customers_sees_a_masked_recipient(client):
    message = MessageFactory(recipient="+8801711000001", state="SENT", body="Hello")
    mail = MessageFactory(recipient="amina@demo.test", channel="EMAIL", state="SENT", body="x")
    for role, phone, address_shown in (
        ("OWNER", "01711000001", "amina@demo.test"),
        ("AUDITOR", "017•••••001", "am•••@demo.test"),
    ):
        sign_in(client, role)
        pages = [
            client.get(address("outbox")).content.decode(),
            client.get(address("message", message.pk)).content.decode()
            + client.get(address("message", mail.pk)).content.decode(),
        ]
        for page in pages:
            assert (phone in page, address_shown in page) == (True, True)
            assert ("1711000001" in page) is (role == "OWNER")


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_for_one_and_for_three(
    client, owner, count, django_assert_num_queries
):
    client.get(address("outbox"))
    for _ in range(count):
        MessageFactory(customer_id=CustomerFactory().pk)

    # user, messages, customers' names
    with django_assert_num_queries(3):
        response = client.get(address("outbox"), headers=HTMX)

    assert len(rows(response)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_customer_s_panel_costs_the_same_for_one_and_for_three(
    client, owner, count, django_assert_num_queries
):
    client.get(address("outbox"))
    customer = CustomerFactory()
    MessageFactory.create_batch(count, customer_id=customer.pk)

    # user, customer, messages, name, whether e-mail comes back
    with django_assert_num_queries(5):
        response = client.get(address("customer-panel", customer.number), headers=HTMX)

    assert len(rows(response)) == count


def test_filters_leave_what_was_asked_for(client, owner):
    amina = CustomerFactory(number="CT-2026-00012")
    sent = MessageFactory(state="SENT", recipient="+8801711000001", customer_id=amina.pk)
    failed = MessageFactory(state="FAILED", event="invoice_issued", recipient="+8801711000002")
    mail = MessageFactory(channel="EMAIL", recipient="amina@demo.test", customer_id=amina.pk)

    def found(**query):
        return rows(client.get(address("outbox"), query, headers=HTMX))

    assert found() == [mail.pk, failed.pk, sent.pk]
    assert found(state="FAILED") == [failed.pk]
    assert found(channel="EMAIL") == [mail.pk]
    assert found(event="invoice_issued") == [failed.pk]
    assert found(q="01711-000001") == [sent.pk]
    assert found(q="amina@demo.test") == [mail.pk]
    assert found(q="ct-2026-00012") == [mail.pk, sent.pk]
    assert found(q="nonsense") == []
    assert found(state="NOT-A-STATE", size="lots", after="x") == [mail.pk, failed.pk, sent.pk]


def test_pages_go_there_and_back_again(client, owner):
    made = [row.pk for row in MessageFactory.create_batch(60)][::-1]

    def go(**query):
        response = client.get(address("outbox"), query, headers=HTMX)
        page = response.context["page"]
        return rows(response), page.newer, page.older

    first, newer, older = go()
    assert (first, newer) == (made[:25], "")
    second, newer, older = go(after=older)
    assert second == made[25:50]
    third, _newer, last = go(after=older)
    assert (third, last) == (made[50:], "")
    assert go(before=newer)[0] == first


def test_htmx_gets_the_list_alone(client, owner):
    whole = client.get(address("outbox"))
    part = client.get(address("outbox"), headers=HTMX)

    assert ("<html" in whole.content.decode(), "<html" in part.content.decode()) == (True, False)
    assert "HX-Request" in part.headers["Vary"]


def test_a_branch_manager_sees_messages_of_own_customers_only(client):
    own_branch, other_branch = BranchFactory(), BranchFactory()
    own = CustomerFactory(area=AreaFactory(branch=own_branch))
    other = CustomerFactory(area=AreaFactory(branch=other_branch))
    mine = MessageFactory(customer_id=own.pk)
    theirs = MessageFactory(customer_id=other.pk)
    nobody_s = MessageFactory(event="one_time_code", context={"code": "482913"})
    sign_in(client, "BRANCH_MANAGER", branch=own_branch)

    assert rows(client.get(address("outbox"))) == [mine.pk]
    assert client.get(address("message", mine.pk)).status_code == 200
    for pk in (theirs.pk, nobody_s.pk):
        assert client.get(address("message", pk)).status_code == 404
    assert client.get(address("customer-panel", own.number)).status_code == 200
    assert client.get(address("customer-panel", other.number)).status_code == 404
    assert rows(client.get(address("outbox"), {"q": other.number})) == []


@pytest.mark.django_db(transaction=True)
def test_the_portal_s_role_reads_the_messages_of_the_own_account_and_no_others():
    mine, theirs = CustomerFactory(), CustomerFactory()
    own = MessageFactory(customer_id=mine.pk)
    MessageFactory(customer_id=theirs.pk)
    MessageFactory(event="one_time_code")

    with rls.as_portal([mine.pk]):
        assert list(Message.objects.values_list("pk", flat=True)) == [own.pk]


@pytest.mark.parametrize("state", ["QUEUED", "SENT"])
def test_a_code_is_never_shown(client, owner, state):
    message = MessageFactory(
        event="one_time_code", state=state, context={"code": "482913", "minutes": "5"}
    )

    page = client.get(address("message", message.pk)).content.decode()

    assert ("482913" in page, "••••••" in page) == (False, True)
    assert client.post(address("resend", message.pk), REASON).status_code == 422


def test_a_message_is_sent_again_with_its_text_and_a_reason(client, owner):
    old = MessageFactory(state="FAILED", subject="S", body="As it was", customer_id=7)

    response = client.post(address("resend", old.pk), REASON, headers=HTMX)

    copy = Message.objects.exclude(pk=old.pk).get()
    assert (response.status_code, "dialog:close" in response.headers["HX-Trigger"]) == (204, True)
    assert (copy.state, copy.body, copy.recipient, copy.customer_id) == (
        "QUEUED",
        "As it was",
        old.recipient,
        7,
    )
    event = AuditEvent.objects.get()
    assert (event.action, event.reason, event.actor_id, event.customer_id) == (
        "message.resent",
        "The customer lost it.",
        owner.pk,
        7,
    )
    assert old.recipient not in f"{event.target_label}{event.after}"

    twice = client.post(address("resend", old.pk), REASON, headers=HTMX)
    assert (twice.status_code, Message.objects.count()) == (422, 2)


@pytest.mark.parametrize("state", ["QUEUED", "SENDING"])
def test_what_is_under_way_is_not_sent_again(client, owner, state):
    message = MessageFactory(state=state)

    assert client.post(address("resend", message.pk), REASON).status_code == 422
    assert Message.objects.count() == 1


def test_a_waiting_message_is_stopped_and_a_sent_one_is_not(client, owner):
    waiting, sent = MessageFactory(), MessageFactory(state="SENT")

    assert client.post(address("cancel", waiting.pk), REASON).status_code == 302
    assert client.post(address("cancel", sent.pk), REASON).status_code == 422

    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == [
        "CANCELLED",
        "SENT",
    ]
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["message.cancelled"]


def test_without_a_reason_nothing_happens(client, owner):
    message = MessageFactory(state="FAILED")

    response = client.post(address("resend", message.pk), {"reason": "again"}, headers=HTMX)

    assert (response.status_code, "<html" in response.content.decode()) == (422, False)
    assert (Message.objects.count(), AuditEvent.objects.count()) == (1, 0)


def test_an_invoice_names_the_messages_that_told_of_it(client, owner):
    customer = CustomerFactory()
    invoice = open_invoice(customer)
    bill = {"name": "Amina", "invoice": invoice.number, "amount": "1150.00"}
    MessageFactory(event="invoice_issued", customer_id=customer.pk, context=bill)
    MessageFactory(event="payment_received", customer_id=customer.pk)

    panel = client.get(address("invoice-panel", invoice.number), headers=HTMX)
    page = client.get(reverse("staff_billing:invoice", args=[invoice.number]))

    assert [row.message.event for row in panel.context["rows"]] == ["invoice_issued"]
    assert "Invoice issued" in panel.content.decode()
    assert address("invoice-panel", invoice.number) in page.content.decode()


def test_messages_about_an_invoice_of_another_branch_are_not_found(client):
    invoice = open_invoice(CustomerFactory())
    sign_in(client, "BRANCH_MANAGER", branch=BranchFactory())

    assert client.get(address("invoice-panel", invoice.number)).status_code == 404
    assert client.get(address("invoice-panel", "INV-2026-99999")).status_code == 404
