"""What becomes of two people's changes to one form, as plain values."""

import pytest
from django import forms
from django.http import QueryDict

from ispbill.core import merging

BEFORE = {"phone": "1", "note": "a", "tags": ["x"], "sms": True}


@pytest.mark.parametrize(
    ("theirs", "mine", "values", "asked"),
    [
        ({}, {}, {}, ()),
        ({"phone": "2"}, {}, {"phone": "2"}, ()),
        ({}, {"phone": "3"}, {"phone": "3"}, ()),
        ({"phone": "2"}, {"note": "b"}, {"phone": "2", "note": "b"}, ()),
        ({"phone": "2"}, {"phone": "2"}, {"phone": "2"}, ()),
        ({"phone": "2"}, {"phone": "3"}, {"phone": "3"}, ("phone",)),
        ({"sms": False}, {"tags": []}, {"sms": False, "tags": []}, ()),
        ({"tags": []}, {"tags": ["x", "y"]}, {"tags": ["x", "y"]}, ("tags",)),
    ],
)
def test_a_field_one_person_touched_is_theirs_and_one_both_touched_is_asked(
    theirs, mine, values, asked
):
    merged = merging.merge(BEFORE, BEFORE | theirs, BEFORE | mine)

    assert (merged.values, merged.asked) == (BEFORE | values, asked)


def test_a_field_the_page_did_not_show_is_not_touched():
    merged = merging.merge({"a": "1", "b": "1"}, {"a": "1", "b": "2"}, {"a": "5"})

    assert merged.values == {"a": "5", "b": "2"}


class Sample(forms.Form):
    name = forms.CharField()
    kind = forms.ChoiceField(choices=[("A", "a"), ("B", "b")])
    days = forms.MultipleChoiceField(choices=[("1", "one"), ("2", "two")], required=False)
    sms = forms.BooleanField(required=False)
    text = forms.CharField(widget=forms.Textarea)
    password = forms.CharField(widget=forms.PasswordInput, required=False)


START = {"name": "Karim", "kind": "B", "days": ["2", "1"], "sms": True, "text": "a\nb"}


def test_an_untouched_form_comes_back_as_it_was_shown():
    form = Sample(initial=START)
    data = QueryDict("name=Karim&kind=B&days=1&days=2&sms=on&text=a%0D%0Ab&password=")

    assert merging.sent(form, data) == merging.shown(form)


def test_a_secret_is_told_from_the_next_without_being_shown():
    form, old, new = Sample(initial=START), {"password": "sealed-1"}, {"password": "sealed-2"}
    empty, typed = QueryDict("password="), QueryDict("password=mine")

    untouched = merging.merge(
        merging.shown(form, old), merging.shown(form, new), merging.sent(form, empty, new)
    )
    both = merging.merge(
        merging.shown(form, old), merging.shown(form, new), merging.sent(form, typed, new)
    )

    assert untouched.only_theirs == ("password",)
    assert both.asked == ("password",)
    data = QueryDict("password=mine", mutable=True)
    merging.write(form, data, {"password": untouched.values["password"]})
    assert data["password"] == ""


@pytest.mark.parametrize(
    ("text", "before", "parts"),
    [
        ("01711 000202", "01711 000002", ("01711 000", "2", "02")),
        ("Call, after 16:00", "Call", ("Call", ", after 16:00", "")),
        ("New", "", ("", "New", "")),
        ("aa", "aaa", ("aa", "", "")),
    ],
)
def test_what_differs_is_marked(text, before, parts):
    assert merging.differing(text, before) == parts


@pytest.mark.parametrize(
    ("before", "theirs", "mine", "both"),
    [
        ("", "Dog in the yard", "Call first", "Dog in the yard. Call first"),
        ("Call.", "Call. Dog.", "Call. Late.", "Call. Dog. Late."),
        ("a", "b\nc", "d", "b\nc\nd"),
    ],
)
def test_both_holds_what_two_people_wrote(before, theirs, mine, both):
    assert merging.both(before, theirs, mine) == both
