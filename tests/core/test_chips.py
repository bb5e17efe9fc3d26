"""The filters in force, in words, each with the address that leaves it out."""

from django import forms
from django.http import QueryDict

from ispbill.core import chips, paging


class Find(forms.Form):
    q = forms.CharField(required=False)
    state = forms.ChoiceField(label="State", required=False, choices=[("NEW", "New")])
    kind = forms.MultipleChoiceField(
        label="Kind", required=False, choices=[("A", "Apple"), ("B", "Beer")]
    )
    since = forms.DateField(label="From", required=False)
    branch = forms.IntegerField(label="Branch", required=False)
    late = forms.BooleanField(label="Late", required=False)


def of(text, **options):
    query = QueryDict(text)
    return {
        (one["label"], one["value"]): one["remove_url"]
        for one in chips.of(Find(query), query, **options)
    }


def test_each_filter_is_said_in_words_and_can_be_left_out_alone():
    found = of("state=NEW&since=2026-01-05&late=1&after=x9&size=50")

    assert found == {
        ("State", "New"): "?since=2026-01-05&late=1&size=50",
        ("From", "05 Jan 2026"): "?state=NEW&late=1&size=50",
        ("Late", "yes"): "?state=NEW&since=2026-01-05&size=50",
    }


def test_of_several_values_one_is_left_out():
    assert of("kind=A&kind=B") == {("Kind", "Apple"): "?kind=B", ("Kind", "Beer"): "?kind=A"}


def test_what_cannot_be_read_is_no_filter():
    assert of("state=OLD&since=yesterday&branch=x") == {}


def test_what_is_seen_elsewhere_is_left_out_and_keys_of_rows_get_names():
    found = of("q=rahim&branch=7", but=("q",), words={"branch": lambda pk: f"Branch no. {pk}"})

    assert found == {("Branch", "Branch no. 7"): "?q=rahim"}


def test_a_list_that_asked_for_nothing_is_not_the_whole_one_asks_for_more():
    assert of("state=NEW", kept={"all": "1"}) == {("State", "New"): "?all=1"}


def test_tabs_keep_what_else_is_asked_for():
    tabs = paging.tabs(QueryDict("state=NEW&q=a&after=x"), "state", [("", "All"), ("NEW", "New")])

    assert [(one["url"], one["current"]) for one in tabs] == [
        ("?q=a", False),
        ("?q=a&state=NEW", True),
    ]


def test_tabs_that_ask_for_nothing_else_say_how_many_rows_there_are():
    tabs = paging.tabs(None, "state", [("", "All"), ("NEW", "New")], current="", counts={"NEW": 3})

    assert [(one["url"], one["current"], one["count"]) for one in tabs] == [
        ("?", True, None),
        ("?state=NEW", False, 3),
    ]


def test_a_list_asked_otherwise_begins_at_its_first_page():
    assert paging.asked_anew(QueryDict("page=4&a=1&a=2"), a=["2"]) == "?a=2"
