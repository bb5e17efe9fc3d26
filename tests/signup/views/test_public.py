"""/signup from the first step to the order's page, as somebody without a login goes through it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ispbill.core import sealed_files
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from signup.models import Order, OrderDocument
from signup.services import codes, documents
from tests.factories.customers import CustomerFactory, ReferralCodeFactory
from tests.factories.papers import pdf, picture
from tests.factories.signup import offered, placed_area

pytestmark = pytest.mark.django_db

# What differs from draft to draft: its word, the phone, tokens of the page.
OWN = re.compile(
    r"[0-9a-f]{32}|01711-?\d+|017•+\d+|value=\"\w{64}\"|nonce=\"[^\"]*\"|(?<=csrf)[^>]*>"
)
LAKE = {"name": "Shirin Akter", "address": "12 Lake Road", "email": "", "referral_code": ""}


@pytest.fixture
def area():
    return placed_area(name="Mirpur-10")


@pytest.fixture
def package():
    return offered()


def begun(client, area, **headers):
    """The address of a draft, up to its steps."""
    answer = client.post("/signup", {"area": area.pk}, **headers)
    assert answer.status_code == 302, answer.content
    return answer["Location"].removesuffix("package/")


def told(client, area, package, phone="01711000055", **more):
    start = begun(client, area)
    client.post(f"{start}package/", {"package": package.pk, "billing_day": 5})
    answer = client.post(f"{start}person/", {**LAKE, "phone": phone, **more})
    assert answer.status_code == 302, answer.content
    return start


def sent_code():
    return Message.objects.filter(event="signup_code").order_by("-pk")[0].context["code"]


def test_four_steps_and_a_code_make_an_order(client, area, package):
    start = told(client, area, package)
    shown = client.get(f"{start}check/").content.decode()
    assert "Shirin Akter" in shown
    assert "first bill" in shown

    assert client.post(f"{start}check/")["Location"].endswith("check/?sent")
    done = client.post(f"{start}check/", {"code": sent_code()})

    order = Order.objects.get()
    assert (done.status_code, order.state, order.billing_day) == (302, "SUBMITTED", 5)
    page = client.get(done["Location"])
    assert order.number in page.content.decode()
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert client.get(f"{start}person/")["Location"] == done["Location"]


def test_a_wrong_code_makes_nothing(client, area, package):
    start = told(client, area, package)
    client.post(f"{start}check/")
    wrong = "000000" if sent_code() != "000000" else "111111"

    assert client.post(f"{start}check/", {"code": wrong}).status_code == 422
    assert Order.objects.get().is_draft


def test_before_the_code_a_customers_phone_gets_the_same_answers(client, area, package):
    CustomerFactory(phone="+8801711000066")

    def answers(phone):
        start = told(client, area, package, phone=phone)
        pages = [client.get(f"{start}check/"), client.post(f"{start}check/")]
        pages.append(client.get(f"{start}check/?sent"))
        texts = [page.content.decode() + page.get("Location", "") for page in pages]
        return start, [OWN.sub("", one) for one in texts]

    _free, of_nobody = answers("01711000055")
    start, of_customer = answers("01711000066")
    assert of_customer == of_nobody

    known = client.post(f"{start}check/", {"code": sent_code()})
    assert "our customer already" in known.content.decode()
    assert Order.objects.filter(phone="+8801711000066").count() == 0


def test_the_own_open_order_is_shown_after_the_code(client, area, package):
    for _again in range(2):
        start = told(client, area, package)
        client.post(f"{start}check/")
        done = client.post(f"{start}check/", {"code": sent_code()})

    assert Order.objects.count() == 1
    assert client.get(done["Location"]).status_code == 200


def test_codes_go_to_the_companys_country_only(client, area, package):
    start = begun(client, area)
    client.post(f"{start}package/", {"package": package.pk, "billing_day": 5})

    answer = client.post(f"{start}person/", {**LAKE, "phone": "+442071838750"})

    assert answer.status_code == 422
    assert not Message.objects.exists()


def test_ten_codes_an_hour_from_one_address(client, area, package):
    answers = []
    for number in range(11):
        order = Order.objects.first()
        if order is None:
            start = told(client, area, package)
            order = Order.objects.get()
        Order.objects.update(phone=f"+88017110001{number:02d}")
        answers.append(client.post(f"{start}check/").status_code)

    assert answers == [302] * 10 + [429]


def test_ten_orders_an_hour_from_one_address(client, area):
    answers = [client.post("/signup", {"area": area.pk}).status_code for _each in range(11)]

    assert answers == [302] * 10 + [429]


def test_the_last_code_of_the_hour_tells_the_owner(client, area, package, monkeypatch):
    monkeypatch.setattr(codes, "IN_ALL", 1)
    heard = []
    from ispbill.accounts import signals

    signals.codes_used_up.connect(listener := lambda **told: heard.append(told["count"]))
    try:
        start = told(client, area, package)
        assert client.post(f"{start}check/").status_code == 302
        assert client.post(f"{start}check/").status_code == 429
    finally:
        signals.codes_used_up.disconnect(listener)
    assert heard == [1]


def test_a_machine_gets_a_polite_answer_and_nothing_is_kept(client, area, package):
    answer = client.post("/signup", {"area": area.pk, "website": "https://spam.example"})
    assert b"Thank you" in answer.content
    assert not Order.objects.exists()

    start = begun(client, area)
    answer = client.post(f"{start}person/", {**LAKE, "phone": "01711000055", "website": "x"})
    assert b"Thank you" in answer.content
    assert not Order.objects.exists()


def test_the_last_invitation_wins(client, area, package, settings):
    Company.current()
    Company.objects.update(rewards_referrals=True)
    Company.forget_cached()
    first, last = ReferralCodeFactory(), ReferralCodeFactory()
    for code in (first.code, last.code, "nothing"):
        client.get(f"/r/{code}")

    start = begun(client, area)

    assert Order.objects.get().referral_code == last.code
    assert last.code in client.get(f"{start}person/").content.decode()


def test_papers_are_written_anew_and_sealed(client, area, package, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = SimpleUploadedFile("id.jpg", picture("JPEG"), "image/jpeg")
    paper = SimpleUploadedFile("bill.pdf", pdf(), "application/pdf")

    told(client, area, package, national_id=[photo], proof=[paper])

    kept = OrderDocument.objects.order_by("kind")
    assert [one.kind for one in kept] == ["ADDRESS", "NATIONAL_ID"]
    assert documents.content_of(kept[0]).startswith(b"%PDF")
    assert not (tmp_path / kept[1].path).read_bytes().startswith(b"\xff\xd8")
    assert sealed_files.exists(kept[1].path)


@pytest.mark.parametrize("content", [b"MZ\x90\x00 a program", b"<svg onload=x>", b""])
def test_what_is_no_paper_is_refused_whatever_it_is_called(client, area, package, content):
    start = begun(client, area)
    client.post(f"{start}package/", {"package": package.pk, "billing_day": 5})
    file = SimpleUploadedFile("id.jpg", content, "image/jpeg")

    answer = client.post(f"{start}person/", {**LAKE, "phone": "01711000055", "national_id": [file]})

    assert answer.status_code == 422
    assert not OrderDocument.objects.exists()


def test_seven_papers_are_one_too_many(client, area, package):
    start = begun(client, area)
    files = [SimpleUploadedFile(f"{n}.pdf", pdf(), "application/pdf") for n in range(7)]

    answer = client.post(f"{start}person/", {**LAKE, "phone": "01711000055", "national_id": files})

    assert b"6 files at most" in answer.content


def test_a_word_nobody_made_opens_nothing(client):
    assert client.get(f"/signup/{'0' * 32}").status_code == 404


def test_coverage_is_told_on_the_packages_page(client, area, package):
    assert "We serve Mirpur-10" in client.get(f"/packages?area={area.pk}").content.decode()

    block = placed_area(name="Block C", parent=placed_area(name="Zone", coverage="NONE"))
    page = client.get(f"/packages?area={block.pk}").content.decode()
    assert "We do not serve Block C yet" in page
    assert f"/signup?area={block.pk}" in page


def test_the_landing_page_leads_to_it(client, area, package):
    page = client.get("/").content.decode()

    assert 'href="/signup"' in page
    assert "Mirpur-10" in page
