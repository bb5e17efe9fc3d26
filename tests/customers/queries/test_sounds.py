"""Names of Bangladesh are written in Latin letters as one hears them: each spelling finds all."""

from datetime import date
from itertools import permutations

import pytest
from django.db import connection

from customers.models import Customer
from customers.queries import directory, listing, search
from customers.queries.directory import Filters
from ispbill.accounts.models import User
from ispbill.portals import palette
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)
ALIKE = [
    ("roy", "rai", "ray", "roi"),
    ("choudhury", "chowdhury", "chaudhuri"),
    ("hossain", "husain", "hossen", "hussain", "hosen"),
    ("mohammad", "mohammed", "muhammad", "md"),
    ("begum", "begam"),
    ("rahman", "rehman", "rahaman"),
    ("sarkar", "sarker"),
    ("das", "dash"),
    ("khatun", "khatoon"),
    ("uddin", "uddeen"),
    ("akter", "aktar", "akhter", "akhtar"),
    ("islam", "eslam"),
    ("ahmed", "ahmad", "ahammed"),
    ("fatema", "fatima", "phatema"),
    ("jahid", "zahid"),
    ("yusuf", "yousuf", "eusuf"),
]
APART = [
    ("hossain", "hasan"), ("karim", "karima"), ("islam", "aslam"), ("rahman", "rumana"),
    ("roy", "raju"), ("das", "dina"), ("begum", "bagchi"), ("akter", "akash"),
]  # fmt: skip


def found(text):
    listed = listing.listed(Customer.objects.all(), Filters(q=text), on=ON)
    return [row["name"] for row in listed.page.rows]


def sound(word):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sound_of(%s)", [word])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("typed", "written"), [pair for names in ALIKE for pair in permutations(names, 2)]
)
def test_each_spelling_finds_the_others(typed, written):
    CustomerFactory(name=f"Tapan {written.title()}")
    CustomerFactory(name="Wahida Nargis")

    assert found(f"tapan {typed}") == [f"Tapan {written.title()}"]


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_names_sound_otherwise(one, other):
    assert sound(one) != sound(other)


def test_words_that_are_not_latin_have_no_sound():
    assert [sound("রায়"), sound("b-12"), sound("7")] == [None, None, None]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("chitta roi", "Chitra Ray"), ("Chitra Ray", "Chitta Roy"), ("chitro rai", "Chitra Roy")],
)
def test_a_slip_and_another_spelling_together(typed, written):
    CustomerFactory(name=written)
    CustomerFactory(name="Bimal Das")

    assert found(typed) == [written]


def test_a_slip_that_is_somebody_elses_name_still_finds():
    CustomerFactory(name="Chitra Ray")
    CustomerFactory(name="Chitta Das")

    assert found("chitta roi") == ["Chitra Ray"]


def test_who_is_spelt_as_typed_comes_first():
    for name in ("Abdul Rehman", "Zakir Rahman", "Babul Rahaman"):
        CustomerFactory(name=name)

    assert found("rahman") == ["Zakir Rahman", "Abdul Rehman", "Babul Rahaman"]


def test_among_many_who_are_spelt_as_typed_nobody_else_is_shown():
    for number in range(search.SOME):
        CustomerFactory(name=f"Rahman {number:03d}")
    CustomerFactory(name="Abdul Rehman")

    assert "Abdul Rehman" not in found("rahman")


def test_exports_take_whom_the_list_shows():
    for name in ("Abdul Rehman", "Zakir Rahman", "Babul Das"):
        CustomerFactory(name=name)

    taken = directory.everybody(Customer.objects.all(), Filters(q="rahman"), on=ON)

    assert sorted(taken.values_list("name", flat=True)) == ["Abdul Rehman", "Zakir Rahman"]


def test_the_palette_finds_them_too():
    CustomerFactory(name="Chitra Ray")
    user = UserFactory(role=User.Role.OWNER)

    groups = palette.answer(user, "chitta roi", on=ON).groups

    assert [hit.title for group in groups for hit in group.hits][:1] == ["Chitra Ray"]


def test_a_sound_is_looked_up_by_its_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT text FROM customers_word WHERE sound = sound_of('roy')")
        assert "word_sound" in "\n".join(row[0] for row in cursor.fetchall())
