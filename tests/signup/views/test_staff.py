"""Orders as staff see and decide them; a lead's last step; who may."""

import pytest
from django.urls import reverse

from customers.models import Customer, Lead
from fieldservice.models import WorkOrder
from ispbill.accounts.models import User
from signup.models import Order
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, LeadFactory
from tests.factories.papers import pdf
from tests.factories.signup import offered, placed_area, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return user


def sign_in(client, role, **values):
    user = UserFactory(role=role, **values)
    client.force_login(user)
    return user


@pytest.mark.parametrize("verb", ["accept", "reject", "survey"])
def test_an_order_is_decided_on_its_page(client, owner, verb):
    order = submitted()
    page = reverse("staff_signup:order", args=[order.number])
    assert "Shirin Akter" in client.get(page).content.decode()
    given = {"area": order.area_id} if verb == "accept" else {"reason": "no way in for a cable"}

    answer = client.post(f"{page}{verb}/", given)

    expected = {"accept": "ACCEPTED", "reject": "REJECTED", "survey": "SURVEY"}[verb]
    assert answer.status_code == 302, answer.content
    assert Order.objects.get().state == expected
    assert client.get(page).status_code == 200


def test_the_inbox_offers_what_is_to_be_decided(client, owner):
    order = submitted()

    page = client.get(f"/admin/inbox/order/{order.pk}/")
    assert "Can Shirin Akter be connected?" in page.content.decode()

    client.post(f"/admin/inbox/order/{order.pk}/accept/")
    assert Order.objects.get().state == "ACCEPTED"


def test_a_branch_manager_sees_the_own_branchs_orders_alone(client):
    mine, other = BranchFactory(), BranchFactory()
    seen = submitted(area=placed_area(branch=mine))
    hidden = submitted(area=placed_area(branch=other), phone="+8801711000077")
    sign_in(client, User.Role.BRANCH_MANAGER, branch=mine)

    page = client.get("/admin/orders/").content.decode()
    assert (seen.number in page, hidden.number in page) == (True, False)
    assert client.get(reverse("staff_signup:order", args=[hidden.number])).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("SALES", 200), ("NOC", 403), ("CASHIER", 403)])
def test_papers_are_for_those_who_decide(client, role, status):
    paper = submitted(documents=[("NATIONAL_ID", pdf())]).documents.get()
    sign_in(client, role)

    answer = client.get(reverse("staff_signup:paper", args=[paper.pk]))

    assert answer.status_code == status
    if status == 200:
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.content.startswith(b"%PDF")


def test_drafts_are_nobodys(client, owner):
    from tests.factories.signup import draft

    draft()

    assert "Shirin" not in client.get("/admin/orders/?tab=all").content.decode()


def test_the_list_costs_the_same_for_one_and_three(client, owner, django_assert_num_queries):
    area, package = placed_area(), offered()
    submitted(area=area, package=package)
    client.get("/admin/orders/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        client.get("/admin/orders/")
    for number in (1, 2):
        submitted(area=area, package=package, phone=f"+880171100010{number}")
    with django_assert_num_queries(len(one)):
        client.get("/admin/orders/")


def test_a_lead_becomes_customer_service_and_job_in_one_step(client, owner):
    package = offered()
    area = AreaFactory()
    lead = LeadFactory(phone="+8801711000088", area=area, branch=area.branch, package=package)
    address = reverse("staff_signup:convert-lead", args=[lead.pk])
    form = client.get(address).context["form"]
    assert form.initial["with_job"]

    answer = client.post(
        address,
        {
            "name": lead.name,
            "kind": "RESIDENTIAL",
            "phone": "01711000088",
            "language": "en",
            "area": area.pk,
            "address": "12 Lake Road",
            "preferred_billing_day": "5",
            "package": package.pk,
            "cycle": "MONTHLY",
            "with_job": "on",
        },
    )

    assert answer.status_code == 302, answer.context["form"].errors
    lead.refresh_from_db()
    job = WorkOrder.objects.get()
    assert (lead.stage, job.kind, job.customer) == ("WON", "INSTALLATION", lead.customer)
    assert job.subscription.status == "PENDING"


def test_a_lead_with_an_open_order_is_accepted_by_its_order(client, owner):
    lead = submitted().lead

    page = client.get("/admin/leads/?stage=NEW").content.decode()
    assert lead.name in page
    answer = client.post(reverse("staff_signup:convert-lead", args=[lead.pk]), {})
    assert answer.status_code == 422
    assert not Customer.objects.exists()


def test_conversion_is_won_out_of_what_was_decided(client, owner):
    for stage in ("WON", "WON", "LOST", "NEW"):
        LeadFactory(stage=stage, lost_reason="moved" if stage == "LOST" else "")

    assert "66.7 %" in client.get("/admin/leads/").content.decode()
    assert Lead.objects.count() == 4


def test_leads_and_orders_are_narrowed_in_words(client, owner):
    mine = LeadFactory(name="Mine", owner=owner, source="Website")
    LeadFactory(name="Nobody's", source="Poster")
    area = placed_area(name="Lake View")
    seen = submitted(area=area)
    hidden = submitted(phone="+8801711000077")

    page = client.get(f"/admin/leads/?owner={owner.pk}&source=Website").content.decode()
    assert (mine.name in page, "Nobody&#x27;s" in page) == (True, False)
    assert "Poster" in page  # may be chosen
    page = client.get(f"/admin/orders/?area={area.pk}").content.decode()
    assert (seen.number in page, hidden.number in page) == (True, False)
    assert client.get("/admin/leads/?as=board&owner=x&due=on").status_code == 200
