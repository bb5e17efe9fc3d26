"""Help in the console: the books for people, their pictures, and what is found in them."""

import re

import pytest

from ispbill.accounts.models import User
from ispbill.portals.queries import handbook
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return user


def test_every_book_is_a_page_of_the_console(client, owner):
    names = [book.name for book in handbook.books()]

    assert names[0] == "start"
    assert len(names) == 8
    for name in names:
        page = client.get(f"/admin/help/{name}/")
        assert page.status_code == 200
        assert handbook.book(name).title in page.content.decode()


def test_links_between_the_books_and_their_pictures_lead_somewhere(client, owner):
    targets = {
        target
        for book in handbook.books()
        for target in re.findall(r'(?:href|src)="(/admin/help/[^"#]*)', book.html)
    }

    assert sum(target.endswith(".png") for target in targets) >= 6
    assert {client.get(target).status_code for target in targets} == {200}


def test_no_other_file_is_answered(client, owner):
    for name in ("..%2f..%2fREADME.md", "README.md", "nothing.png", "../user/owner.md"):
        assert client.get(f"/admin/help/pictures/{name}").status_code == 404
    assert client.get("/admin/help/secrets/").status_code == 404


def test_a_search_leads_to_the_paragraph_that_says_it(client, owner):
    page = client.get("/admin/help/", {"q": "close the shift"}).content.decode()

    places = re.findall(r'href="(/admin/help/cashier/)#(p\d+)"', page)
    assert places
    address, anchor = places[0]
    assert f'<p id="{anchor}">' in client.get(address).content.decode()


def test_a_word_in_the_title_comes_before_a_word_in_the_text():
    first = handbook.search("wallet")[0]

    assert "wallet" in first.title.lower()


@pytest.mark.parametrize("query", ["", "   ", "***", "zebra crossing", "x" * 500, "\x00"])
def test_what_is_nowhere_is_said_and_harms_nothing(client, owner, query):
    assert client.get("/admin/help/", {"q": query}).status_code == 200
    assert handbook.search("zebra crossing") == []


def test_the_search_box_of_the_console_finds_help_too(client, owner):
    page = client.get("/admin/search/", {"q": "hand over"}).content.decode()

    assert "/admin/help/cashier/#" in page


def test_whoever_is_no_staff_does_not_read_them(client):
    client.force_login(UserFactory(role=User.Role.RESELLER))

    assert client.get("/admin/help/").status_code in {302, 403, 404}
