"""Pages of lists: by the id at the edge, and by number where a list is short."""

import pytest
from django.forms import ValidationError
from django.http import QueryDict

from customers.models import Customer
from ispbill.core import keyset, paging
from ispbill.core.fields import LastDigitsField
from tests.factories.customers import CustomerFactory


@pytest.mark.django_db
def test_one_gets_to_the_last_row_and_back_whatever_is_added_meanwhile():
    ids = [CustomerFactory().pk for _ in range(5)][::-1]
    rows = Customer.objects.filter(pk__in=ids)
    first = keyset.page(rows, size=2)
    second = keyset.page(rows, size=2, after=first.older)
    last = keyset.page(rows, size=2, after=second.older)
    back = keyset.page(rows, size=2, before=last.newer)

    shown = [[one.pk for one in page.rows] for page in (first, second, last, back)]
    assert shown == [ids[:2], ids[2:4], ids[4:], ids[2:4]]
    assert (first.newer, last.older) == ("", "")
    assert (back.newer, back.older) == (str(ids[2]), str(ids[3]))


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["²", "-1", "1e3", "9" * 40, "x", "1;"])
def test_a_cursor_that_makes_no_sense_leads_to_the_first_page(cursor):
    only = CustomerFactory()
    rows = Customer.objects.filter(pk=only.pk)
    assert keyset.page(rows, size=2, after=cursor).rows == [only]
    assert keyset.page(rows, size=2, before=cursor).rows == [only]


@pytest.mark.parametrize(
    ("asked", "start"),
    [("", 0), ("after=50", 50), ("before=50", 50), ("after=²", 0), ("after=999", 120)],
)
def test_a_short_list_is_paged_by_number(asked, start):
    assert paging.start_of(QueryDict(asked), total=120) == start


def test_the_foot_of_a_short_list_says_where_one_is():
    first, middle, last = (paging.numbered(one, size=50, total=120) for one in (0, 50, 100))
    assert (first.newer, first.older, first.first, first.shown) == ("", "50", 1, 50)
    assert (middle.newer, middle.older) == ("0", "100")
    assert (last.newer, last.older, last.first, last.shown) == ("50", "", 101, 20)


@pytest.mark.parametrize("typed", ["4821", " 48 21 ", "৪৮২১"])
def test_last_digits_are_read_in_either_script(typed):
    assert LastDigitsField().clean(typed) == "4821"


@pytest.mark.parametrize("typed", ["", "482", "48211", "48a1", "²²²²", "½½½½"])
def test_what_are_no_four_digits_is_refused(typed):
    with pytest.raises(ValidationError):
        LastDigitsField().clean(typed)
