"""A form asks for as many words as the trail does, so that nobody is refused after the form."""

import pytest

from ispbill.audit.forms import ReasonForm
from ispbill.audit.services import trail
from ispbill.core.errors import ReasonMissing


@pytest.mark.parametrize(
    "typed", ["", "short", "a  b  c  d  e", "ten letter", "ten  letters", " padded with blanks "]
)
def test_a_form_and_the_trail_judge_a_reason_alike(typed: str) -> None:
    try:
        trail.required_reason(typed)
    except ReasonMissing:
        is_enough = False
    else:
        is_enough = True

    assert ReasonForm({"reason": typed}).is_valid() is is_enough


def test_the_form_returns_the_words_without_the_blanks_around_them() -> None:
    form = ReasonForm({"reason": "  the line was never used  "})

    assert form.is_valid()
    assert form.cleaned_data["reason"] == "the line was never used"
