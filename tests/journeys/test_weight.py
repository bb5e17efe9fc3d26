"""What a first view weighs over the wire, of what the demo's own web server really sends."""

from dataclasses import dataclass, field

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
LIGHT, STAFF = 90_000, 200_000  # bytes with headers, fonts and icons, at an empty cache
TEXT = ("text/", "application/javascript", "application/json", "image/svg")


@dataclass
class Answer:
    url: str = ""
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    connection: int = 0
    size: int = 0


@pytest.fixture
def weighed(chromium, served):
    """Open a page as somebody with an empty cache; return the answers that came over the wire."""
    contexts = []

    def page_for(viewport, cookies=()):
        context = chromium.new_context(viewport=viewport, base_url=served)
        contexts.append(context)
        context.add_cookies(list(cookies))
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    def weigh(path, *, viewport=PHONE, login=None, door="/login"):
        cookies = _signed_in(page_for(viewport), login, door) if login else ()
        page = page_for(viewport, cookies)
        answers = _listened(page)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        expect(page.locator("main")).to_be_visible()
        return [answer for answer in answers.values() if answer.url.startswith("http")]

    yield weigh
    for context in contexts:
        context.close()


def _signed_in(page, login, door):
    page.goto(door)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: door not in url)
    return page.context.cookies()


def _listened(page):
    answers = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")

    def begun(event):
        answer = answers.setdefault(event["requestId"], Answer())
        said = event["response"]
        answer.url, answer.kind = said["url"], said["mimeType"]
        answer.headers = {name.lower(): value for name, value in said["headers"].items()}
        answer.connection = said["connectionId"]

    def ended(event):
        answers.setdefault(event["requestId"], Answer()).size = event["encodedDataLength"]

    wire.on("Network.responseReceived", begun)
    wire.on("Network.loadingFinished", ended)
    return answers


def weight(answers):
    return sum(answer.size for answer in answers)


def uncompressed(answers):
    """Texts of more than a packet that came as they are."""
    return [
        answer.url
        for answer in answers
        if answer.kind.startswith(TEXT)
        and answer.size > 1_500
        and answer.headers.get("content-encoding") not in ("br", "gzip")
    ]


def not_kept(answers):
    """Files of ours that a browser would ask for once more."""
    return [
        answer.url
        for answer in answers
        if "/static/" in answer.url and "immutable" not in answer.headers.get("cache-control", "")
    ]


def test_a_first_view_on_a_phone_weighs_at_most_ninety_kilobytes(weighed):
    """The first two speak Bangla, and this Chromium has no face of its own for it."""
    seen = {
        "portal home": weighed("/portal/", login="01711000001", door="/portal/login"),
        "bills": weighed("/portal/bills/", login="01711000001", door="/portal/login"),
        "portal in English": weighed("/portal/", login="01711000003", door="/portal/login"),
        "pay": weighed("/pay"),
        "packages": weighed("/packages"),
        "technician": weighed("/technician/", login="tech1@demo.test"),
    }

    assert {name: weight(found) for name, found in seen.items() if weight(found) > LIGHT} == {}
    many = {name: len(one) for name, one in seen.items() if len(one) > 14}
    assert many == {}
    assert [url for found in seen.values() for url in uncompressed(found)] == []
    assert [url for found in seen.values() for url in not_kept(found)] == []
    assert "bangla." in " ".join(answer.url for answer in seen["portal home"])


def test_a_first_view_of_the_console_weighs_at_most_two_hundred_kilobytes(weighed):
    seen = {
        path: weighed(path, viewport=DESK, login="owner@demo.test")
        for path in (
            "/admin/",
            "/admin/customers/",
            "/admin/settings/",
            "/admin/messages/templates/",
        )
    }

    assert {path: weight(found) for path, found in seen.items() if weight(found) > STAFF} == {}
    assert len(seen["/admin/customers/"]) <= 24
    assert [url for found in seen.values() for url in uncompressed(found)] == []
    assert [url for found in seen.values() for url in not_kept(found)] == []


def test_one_connection_carries_several_files(weighed):
    found = weighed("/pay")

    assert len({answer.connection for answer in found}) <= 6 < len(found)
