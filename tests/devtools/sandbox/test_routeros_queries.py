import pytest

from ispbill.devtools.sandbox.routeros.queries import QueryError, matcher

AMINA = {"name": "amina", "profile": "Home 30", "disabled": "false", "bytes": "900"}


@pytest.mark.parametrize(
    ("words", "matches"),
    [
        (["?name"], True),
        (["?comment"], False),
        (["?-comment"], True),
        (["?name=amina"], True),
        (["?=name=amina"], True),
        (["?=name=babul"], False),
        (["?disabled=no"], True),
        (["?disabled=false"], True),
        (["?disabled=yes"], False),
        (["?<bytes=1000"], True),
        (["?>bytes=1000"], False),
        (["?name=amina", "?profile=Home 50"], False),
        (["?name=babul", "?name=amina", "?#|"], True),
        (["?name=amina", "?#!"], False),
        (["?name=a", "?name=b", "?name=amina", "?#||"], True),
        (["?name=amina", "?name=b", "?#1"], True),
        (["?name=amina", "?#.&"], True),
        ([], True),
    ],
)
def test_query_words_are_judged_in_reverse_polish_order(words, matches):
    assert matcher(words)(AMINA) is matches


@pytest.mark.parametrize("words", [["?#|"], ["?name=a", "?#&"], ["?#5"], ["?name", "?#x"]])
def test_a_senseless_query_is_refused(words):
    with pytest.raises(QueryError):
        matcher(words)(AMINA)
