"""What a service refuses stands at the form; what is wrong otherwise is not held back."""

import pytest
from django import forms

from ispbill.accounts import responses
from ispbill.core.errors import DomainError


class Name(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("field", "place"), [(None, "__all__"), ("name", "name")])
def test_a_refusal_stands_above_the_form_or_at_its_field(field, place):
    form = Name({"name": "x"})

    with responses.refusals_in(form, field):
        raise DomainError("It is taken.")

    assert form.errors == {place: ["It is taken."]}


def test_what_is_no_refusal_is_not_held_back():
    with pytest.raises(ZeroDivisionError), responses.refusals_in(Name({})):
        raise ZeroDivisionError
