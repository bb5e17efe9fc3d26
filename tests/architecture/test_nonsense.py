"""Whatever stands in an address, a page answers: filters, searches and cursors take nonsense.

The pages are all addresses there are, in a world with one of everything (`samples`); each field of
each of their filters is given what only looks like a number, a day or a cursor.
"""

from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.architecture import addresses, samples
from tests.pages import forms_of

NONSENSE = ["1.5", "²", "0001-01-01", "9999-12-31"]
# What pages read from their address beside their forms.
OTHERS = [
    *("after", "before", "from", "size", "sort", "dir", "page", "tab"),
    *("view", "show", "month", "week", "day", "days", "year"),
]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("audience", addresses.OPENED_BY)
def test_no_page_fails_whatever_its_address_asks_for(audience, caplog):
    caplog.set_level("CRITICAL")
    world, client = samples.build(), Client(raise_request_exception=False)
    if addresses.OPENED_BY[audience]:
        client.force_login(world.users[addresses.OPENED_BY[audience]])
    wrong, asked = [], set()

    def ask(path, query):
        if client.get(path, query).status_code >= 500:
            wrong.append((path, query))

    for path in pages(audience, world):
        page = client.get(path)
        if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
            continue
        for text in ("²", "0001-01-01", "999999999"):
            ask(path, dict.fromkeys(OTHERS, text))
        for target, name in fields(path, page):
            if (target, name) not in asked:
                asked.add((target, name))
                for text in NONSENSE:
                    ask(target, {name: text})

    assert asked or audience in ("signed-in", "technician")
    assert wrong == []


def pages(audience, world):
    """The paths of an audience; /health says what is amiss by its answer."""
    for address in addresses.ours():
        if address.view.audience == audience and address.name not in ("accounts:logout", "health"):
            yield samples.path(address, world)


def fields(path, page):
    """Where the forms of a page send what is filtered by, and by which names."""
    for form in forms_of(page):
        told = form.attributes
        if (told.get("method") or "get").lower() == "get" and "hx-post" not in told:
            target = urlsplit(urljoin(path, told.get("action") or path)).path
            for name in form.values:
                yield target, name
