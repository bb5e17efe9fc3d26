"""The pages of tickets: who may, what a click does, what the portals see, how much is asked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import CustomerLogin
from ispbill.core.acts import Act
from tests.factories import tickets as made
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import opened
from tickets.models import Attachment, Survey, Ticket
from tickets.queries import survey_links
from tickets.services import conversation, resolution

pytestmark = pytest.mark.django_db

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest.fixture
def agent(client):
    user = UserFactory(role="SUPPORT", name="Tanvir Hasan")
    client.force_login(user)
    return user


@pytest.fixture
def home():
    """A customer with a browser of their own."""
    customer = CustomerFactory(name="Amina Begum", email="amina@demo.test")
    user = UserFactory(role="CUSTOMER", name="Amina Begum", login="01711000001")
    CustomerLogin.objects.create(user=user, customer=customer)
    browser = Client()
    browser.force_login(user)
    return browser, customer


def now_opened(customer=None, **more):
    return opened(customer, at=timezone.now() - timedelta(minutes=30), **more)


def page(client, name, *args, status=200, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content[:300]
    return answer.content.decode()


def test_the_queue_shows_what_is_due_first(client, agent):
    now_opened(subject="Later", priority="LOW")
    urgent = now_opened(subject="Sooner", priority="URGENT")

    shown = page(client, "staff_tickets:index")

    assert shown.index("Sooner") < shown.index("Later")
    assert "Sooner" in page(client, "staff_tickets:index", view="late")
    assert "Later" not in page(client, "staff_tickets:index", q="soon")
    assert urgent.number in page(client, "staff_tickets:board")


def test_the_queue_pages_both_ways_by_key(client, agent):
    rows = [now_opened(text=f"Case {number}") for number in range(30)]
    first = client.get(reverse("staff_tickets:index"), {"size": 25})
    older = first.context["pager"].older

    second = client.get(reverse("staff_tickets:index"), {"size": 25, "after": older})
    back = client.get(
        reverse("staff_tickets:index"), {"size": 25, "before": second.context["pager"].newer}
    )

    numbers = [[row.ticket.number for row in one.context["rows"]] for one in (first, second, back)]
    assert numbers[0] + numbers[1] == [row.number for row in rows]
    assert numbers[2] == numbers[0]


@pytest.mark.parametrize(
    "name",
    ["staff_tickets:index", "staff_tickets:board", "staff_tickets:surveys", "staff_tickets:sla"],
)
def test_lists_ask_the_same_for_one_row_and_for_three(client, name):
    owner = UserFactory(role="OWNER")
    client.force_login(owner)

    def resolve_one():
        ticket = now_opened()
        act = Act(owner, timezone.now())
        resolution.resolve(ticket=ticket, cause="FIXED", text="Done.", act=act)
        Survey.objects.filter(ticket=ticket).update(
            stars=1, comment="Bad", answered_at=timezone.now()
        )
        now_opened()

    def asked():
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name)).status_code == 200
        return len(queries)

    resolve_one()
    one = asked()
    for _more in range(2):
        resolve_one()

    assert asked() == one


def test_staff_read_and_answer(client, agent):
    ticket = now_opened()
    show = reverse("staff_tickets:ticket", args=[ticket.number])
    assert "It is off." in client.get(show).content.decode()

    sent = client.post(
        reverse("staff_tickets:reply", args=[ticket.number]),
        {"text": "We come at ten.", "wait": "1", "seen": ticket.comments.get().pk},
    )
    client.post(reverse("staff_tickets:note", args=[ticket.number]), {"text": "Only for us."})

    ticket.refresh_from_db()
    assert (sent.status_code, sent["Location"]) == (302, show)
    assert (ticket.state, ticket.assignee) == ("WAITING_CUSTOMER", agent)
    assert "Only for us." in client.get(show).content.decode()


def test_an_answer_over_an_unseen_one_is_kept_and_shown(client, agent):
    ticket = now_opened()
    seen = ticket.comments.get().pk
    conversation.customer_wrote(
        ticket=ticket,
        words=conversation.Words("It is back."),
        by="CUSTOMER",
        act=Act(UserFactory(role="CUSTOMER"), timezone.now()),
    )

    answer = client.post(
        reverse("staff_tickets:reply", args=[ticket.number]), {"text": "My draft.", "seen": seen}
    )

    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "My draft." in shown
    assert "Send anyway" in shown


def test_dialogs_do_what_they_say(client, agent):
    ticket, people = now_opened(), UserFactory(role="SUPPORT")
    number = ticket.number

    def post(name, **given):
        answer = client.post(reverse(f"staff_tickets:{name}", args=[number]), given)
        assert answer.status_code == 302, answer.content
        ticket.refresh_from_db()

    for name in ("assign", "sort", "resolve"):
        page(client, f"staff_tickets:{name}", number)
    post("take")
    assert ticket.assignee == agent
    post("assign", to=people.pk, team="")
    assert ticket.assignee == people
    post("start")
    post("sort", subject="Speed", category="speed", priority="URGENT", tags="VIP, vip", reason="")
    assert (ticket.category.code, ticket.priority, ticket.tags) == ("speed", "URGENT", ["vip"])
    post("resolve", cause="FIXED", text="Mended.")
    assert ticket.state == "RESOLVED"
    post("reopen", reason="it is off again, he says")
    assert ticket.state == "REOPENED"
    refused = client.post(reverse("staff_tickets:merge", args=[number]), {"other": "x"})
    assert refused.status_code == 403  # for leads


def test_staff_write_a_ticket_for_a_customer_and_see_it_on_the_customers_page(client, agent):
    customer = CustomerFactory(name="Babul Hossain")
    add = reverse("staff_tickets:add")
    assert "Babul Hossain" in page(client, "staff_tickets:add", q="Babul")

    client.post(
        f"{add}?customer={customer.number}",
        {
            "category": "speed",
            "subject": "Slow at night",
            "text": "After eight.",
            "priority": "HIGH",
            "channel": "PHONE",
            "service": "",
        },
    )

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.customer) == ("PHONE", customer)
    assert "Slow at night" in page(client, "staff_tickets:customer-panel", customer.number)
    timeline = page(client, "staff_customers:customer", customer.number)
    assert ticket.number in timeline


def test_many_are_assigned_at_once(client, agent):
    made.team(lead=agent)
    rows = [now_opened(), now_opened(text="Other.")]
    given = {"ids": [row.pk for row in rows], "to": agent.pk, "team": ""}

    answer = client.post(reverse("staff_tickets:assign-many"), given)

    assert answer.status_code == 302
    assert {row.assignee for row in Ticket.objects.all()} == {agent}


def test_an_auditor_reads_and_does_nothing(client):
    client.force_login(UserFactory(role="AUDITOR"))
    ticket = now_opened()

    assert "reply-form" not in page(client, "staff_tickets:ticket", ticket.number)
    take = client.post(reverse("staff_tickets:take", args=[ticket.number]))
    assert take.status_code == 403


def test_a_branch_manager_sees_the_own_branch_only(client):
    ticket, other = now_opened(), now_opened(text="Elsewhere.")
    manager = UserFactory(role="BRANCH_MANAGER", branch=ticket.branch)
    client.force_login(manager)

    assert ticket.number in page(client, "staff_tickets:index")
    page(client, "staff_tickets:ticket", other.number, status=404)


def test_a_customer_reports_with_a_photo_answers_and_says_that_it_works(home):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    browser, _customer = home
    out = BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    photo = SimpleUploadedFile("onu.png", out.getvalue(), "image/png")

    page(browser, "portal:add-ticket")
    sent = browser.post(
        reverse("portal:add-ticket"),
        {"category": "connection", "text": "The lamp is red.", "attached": [photo]},
    )
    ticket = Ticket.objects.get()
    assert sent["Location"] == reverse("portal:ticket", args=[ticket.number])
    assert ticket.number in page(browser, "portal:support")
    file = Attachment.objects.get()
    got = browser.get(reverse("portal:ticket-file", args=[ticket.number, file.pk]))
    assert got["Content-Type"] == "image/png"

    said = browser.post(
        reverse("portal:reply-ticket", args=[ticket.number]), {"text": "It blinks now."}
    )
    assert said.status_code == 302
    browser.post(reverse("portal:ticket-works", args=[ticket.number]))
    ticket.refresh_from_db()
    assert ticket.state == "RESOLVED"
    assert "It blinks now." in page(browser, "portal:ticket", ticket.number)


def test_a_file_of_another_kind_is_refused_by_its_name(home):
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser, _customer = home
    file = SimpleUploadedFile("photo.png", GIF, "image/png")

    refused = browser.post(
        reverse("portal:add-ticket"),
        {"category": "connection", "text": "Look.", "attached": [file]},
    )

    assert refused.status_code == 422
    assert "photo.png" in refused.content.decode()
    assert not Ticket.objects.exists()


def test_the_portal_shows_no_notes_no_surnames_and_nobody_elses_tickets(home, client, agent):
    browser, customer = home
    ticket, other = now_opened(customer), now_opened()
    conversation.note(ticket=ticket, text="He is angry.", act=Act(agent, timezone.now()))
    conversation.reply(
        ticket=ticket,
        words=conversation.Words("We look."),
        then_waits=False,
        act=Act(agent, timezone.now()),
    )

    shown = page(browser, "portal:ticket", ticket.number)

    assert "We look." in shown
    assert "He is angry." not in shown
    assert "Hasan" not in shown
    page(browser, "portal:ticket", other.number, status=404)


def test_the_survey_by_link_counts_once_and_never_by_looking(client, agent):
    ticket = now_opened()
    resolution.resolve(ticket=ticket, cause="FIXED", text="Done.", act=Act(agent, timezone.now()))
    survey = Survey.objects.get()
    address, anybody = survey_links.path(survey), Client()

    looked = anybody.get(address, {"s": "4"})
    assert 'value="4" id="id_stars_1" required checked' in looked.content.decode() or (
        "checked" in looked.content.decode()
    )
    survey.refresh_from_db()
    assert survey.stars is None
    assert "Thank you" in anybody.post(address, {"stars": "5", "nps": "9"}).content.decode()
    anybody.post(address, {"stars": "1"})
    survey.refresh_from_db()
    assert (survey.stars, survey.nps) == (5, 9)
    assert anybody.get(reverse("public_tickets:survey", args=["forged.x"])).status_code == 404


def test_the_survey_in_the_portal(home, agent):
    browser, customer = home
    ticket = now_opened(customer)
    resolution.resolve(ticket=ticket, cause="FIXED", text="Done.", act=Act(agent, timezone.now()))
    assert "How was our help?" in page(browser, "portal:ticket", ticket.number)

    browser.post(reverse("portal:ticket-survey", args=[ticket.number]), {"stars": "2"})

    assert Survey.objects.get().stars == 2
    assert "How was our help?" not in page(browser, "portal:ticket", ticket.number)


def test_a_reseller_writes_for_the_own_customers_only():
    from resellers.models import Reseller
    from tests.factories.resellers import ResellerFactory

    reseller: Reseller = ResellerFactory()
    customer, stranger = CustomerFactory(reseller_id=reseller.pk), CustomerFactory()
    browser = Client()
    browser.force_login(reseller.user)

    sent = browser.post(
        reverse("reseller:add-ticket", args=[customer.number]),
        {"category": "billing", "text": "Billed twice."},
    )

    assert sent.status_code == 302
    assert "Billed twice." in page(browser, "reseller:tickets")
    assert "Billed twice." in page(browser, "reseller:ticket", Ticket.objects.get().number)
    page(browser, "reseller:add-ticket", stranger.number, status=404)


def test_the_inbox_holds_what_nobody_has_and_low_scores(client, agent):
    ticket = now_opened()
    shown = page(client, "staff:inbox-item", "ticket", ticket.pk)
    assert "Assign to me" in shown

    answer = client.post(reverse("staff:inbox-act", args=["ticket", ticket.pk, "take"]))
    ticket.refresh_from_db()
    assert answer.status_code in (200, 204, 302)
    assert ticket.assignee == agent
    assert not made.CannedReplyFactory().category_id
