import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.notifications.models import MessageSettings, Wording
from ispbill.notifications.rules import wording
from ispbill.notifications.rules.events import EVENTS
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
RECEIPT = ("payment_received", "SMS", "en")


@pytest.fixture(autouse=True)
def owner(client):
    owner = UserFactory(phone="+8801711000001", email="owner@demo.test")
    client.force_login(owner)
    return owner


def address(name="wording", place=RECEIPT):
    return reverse(f"staff_notifications:{name}", args=place)


def test_every_event_is_listed_for_a_channel_and_language(client, django_assert_num_queries):
    url = address("wordings", ())
    client.get(url)
    Wording.objects.create(event="welcome", channel="SMS", language="bn", body="স্বাগতম")
    Wording.objects.create(event="welcome", channel="SMS", language="en", body="")

    # user, texts in force, own texts, settings
    with django_assert_num_queries(4):
        english = client.get(url).content.decode().partition("<tbody>")[2]
    bangla = client.get(url, {"language": "bn"}).content.decode().partition("<tbody>")[2]

    assert english.count('href="/admin/messages/templates/') == len(EVENTS)
    assert (english.count("Own text, "), english.count(">Off<")) == (0, 1)
    assert (bangla.count("Own text, "), bangla.count(">Off<")) == (1, 0)
    assert "স্বাগতম" in bangla


def test_templates_are_searched_by_their_words(client):
    page = client.get(address("wordings", ()), {"q": "wELCOMe"}).content.decode()

    assert page.count("data-row=") == 1


def test_an_own_text_is_kept_with_its_trail_and_the_shipped_one_comes_back(client, owner):
    assert client.post(address(), {"body": "Got {amount}\r\nThanks"}).status_code == 302
    assert Wording.objects.values_list("body", "is_active").get() == ("Got {amount}\nThanks", True)

    assert client.post(address("wording-reset")).status_code == 302
    assert Wording.objects.count() == 0

    shipped = wording.shipped(*RECEIPT).body
    assert list(AuditEvent.objects.order_by("pk").values_list("action", "before", "after")) == [
        ("wording.changed", {"body": shipped}, {"body": "Got {amount}\nThanks"}),
        ("wording.reset", {"body": "Got {amount}\nThanks"}, {"body": shipped}),
    ]


@pytest.mark.parametrize(("language", "name"), [("en", "English"), ("bn", "বাংলা")])
def test_the_editor_says_which_language_it_edits(client, language, name):
    page = client.get(address(place=("welcome", "SMS", language))).content.decode()
    badges = page.partition("<h1>")[2].partition("</header>")[0]

    assert [word for word in ("English", "বাংলা") if f"<span>{word}</span>" in badges] == [name]


def test_an_empty_text_turns_the_message_off(client):
    client.post(address(), {"body": "  "})

    assert Wording.objects.values_list("body", "is_active").get() == ("", False)
    assert "This message is off" in client.get(address()).content.decode()


def test_a_placeholder_the_event_does_not_know_is_refused(client):
    response = client.post(address(), {"body": "Due {due_date}, {oops}"})

    assert response.status_code == 422
    assert "This event does not know {due_date}, {oops}." in response.content.decode()
    assert (Wording.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_an_e_mail_needs_a_subject(client):
    place = ("payment_received", "EMAIL", "en")

    assert client.post(address(place=place), {"body": "Hello", "subject": ""}).status_code == 422
    assert client.post(address(place=place), {"body": "Hello", "subject": "Hi"}).status_code == 302


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "{x.__class__}", "{% now 'Y' %}", "{{ request.user }}"]
)
def test_what_looks_like_a_programme_stays_text(client, text):
    assert client.post(address(), {"body": text}).status_code == 302

    assert Wording.objects.get().body == text
    for page in (
        client.get(address()).content.decode(),
        client.post(address("wording-preview"), {"body": text}).content.decode(),
    ):
        assert text.replace("'", "&#x27;") in page
        assert "49" not in page.partition("data-text")[2][:200]


def test_the_preview_has_sample_values_parts_and_warnings(client):
    page = client.post(
        address("wording-preview"), {"body": "Got {amount} – {nope}"}
    ).content.decode()

    assert "Got Tk 1,725.00 –" in page
    assert 'data-parts="1"' in page
    assert "These signs make the SMS longer: –" in page
    assert "This event does not know {nope}." in page
    assert "<html" not in page


def test_a_text_that_tries_to_be_markup_is_shown_as_text(client):
    page = client.post(address("wording-preview"), {"body": "<script>x</script>"}).content.decode()

    assert ("<script>" in page, "&lt;script&gt;" in page) == (False, True)


def test_a_test_goes_to_the_person_who_asks(client, sandbox, tmp_path):
    sms = client.post(address("wording-test"), {"body": "Got {amount}"})
    mail_place = ("welcome", "EMAIL", "en")
    mail = client.post(
        address("wording-test", mail_place), {"subject": "Hello {name}", "body": "Welcome"}
    )

    assert (sms.status_code, mail.status_code) == (200, 200)
    sent = [(row["recipient"], row["subject"], row["body"]) for row in Inbox(tmp_path).newest()]
    assert sent == [
        ("owner@demo.test", "Hello Amina Begum", "Welcome"),
        ("+8801711000001", "", "Got Tk 1,725.00"),
    ]


def test_a_test_without_an_address_or_a_provider_says_so(client, owner, settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    down = client.post(address("wording-test"), {"body": "x"})
    owner.phone = ""
    owner.save()
    nowhere = client.post(address("wording-test"), {"body": "x"})

    assert (down.status_code, nowhere.status_code) == (422, 422)
    assert "The sandbox is not running." in down.content.decode()
    assert "no address for this channel" in nowhere.content.decode()


@pytest.mark.parametrize(
    "place", [("nothing", "SMS", "en"), ("welcome", "PIGEON", "en"), ("welcome", "SMS", "fr")]
)
def test_a_text_that_does_not_exist_is_not_found(client, place):
    assert client.get(address(place=place)).status_code == 404


def test_choices_are_kept_with_their_trail(client):
    url = address("settings", ())
    values = {
        "uses_sms": "on",
        "uses_web_push": "on",
        "falls_back_to_sms": "on",
        "quiet_from_hour": "22",
        "quiet_until_hour": "7",
    }

    assert client.post(url, {**values, "quiet_from_hour": "24"}).status_code == 422
    assert client.post(url, values).status_code == 302

    row = MessageSettings.current()
    assert (row.channels, row.quiet_from_hour, row.quiet_until_hour) == (("SMS",), 22, 7)
    assert AuditEvent.objects.values_list("action", "before", "after").get() == (
        "message_settings.changed",
        {"uses_email": True, "quiet_from_hour": 21, "quiet_until_hour": 8},
        {"uses_email": False, "quiet_from_hour": 22, "quiet_until_hour": 7},
    )
