"""Text goes out compressed, in lengths that say nothing; what is packed already goes as it is."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from ispbill.core.middleware import CompressedPages

TEXT = "<p>A page of ours.</p>" * 100


def answer(content_type, *, accepts="gzip, deflate, br"):
    request = RequestFactory().get("/", headers={"Accept-Encoding": accepts})
    return CompressedPages(lambda _request: HttpResponse(TEXT, content_type))(request)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/csv", "application/json"])
def test_text_is_compressed_for_who_takes_it(kind):
    found = answer(kind)

    assert found["Content-Encoding"] == "gzip"
    assert found["Vary"] == "Accept-Encoding"
    assert gzip.decompress(found.content).decode() == TEXT


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/zip"])
def test_what_is_packed_already_goes_as_it_is(kind):
    found = answer(kind)

    assert "Content-Encoding" not in found
    assert found.content.decode() == TEXT


def test_who_takes_nothing_compressed_gets_it_plain():
    found = answer("text/html", accepts="identity")

    assert found.content.decode() == TEXT


def test_the_same_page_is_not_always_as_long():
    lengths = {len(answer("text/html").content) for _time in range(40)}

    assert len(lengths) > 5


@pytest.mark.django_db
def test_the_sign_in_page_is_compressed_and_its_token_is_masked_anew(client):
    def sent():
        found = client.get(reverse("accounts:login"), headers={"Accept-Encoding": "gzip"})
        assert found["Content-Encoding"] == "gzip"
        page = gzip.decompress(found.content).decode()
        return page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    assert sent() != sent()
