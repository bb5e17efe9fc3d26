"""Who is left alone is drawn once and for all, about as often as was asked."""

import pytest

from churn.rules.drawing import is_held_out


@pytest.mark.parametrize("percent", [5, 10, 30])
def test_the_share_is_what_was_asked(percent):
    drawn = [
        is_held_out(salt="s", customer_id=one, number=1, percent=percent) for one in range(20_000)
    ]

    assert abs(sum(drawn) / len(drawn) - percent / 100) < 0.01
    assert drawn == [
        is_held_out(salt="s", customer_id=one, number=1, percent=percent) for one in range(20_000)
    ]


def test_another_salt_or_number_draws_anew():
    def drawn(salt, number):
        return [
            is_held_out(salt=salt, customer_id=one, number=number, percent=30) for one in range(200)
        ]

    assert drawn("a", 1) != drawn("b", 1)
    assert drawn("a", 1) != drawn("a", 2)
