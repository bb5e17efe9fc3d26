import pytest

from ispbill.notifications.rules.sms import Parts, foreign_letters, parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Parts("GSM-7", 0, 0)),
        ("a" * 160, Parts("GSM-7", 160, 1)),
        ("a" * 161, Parts("GSM-7", 161, 2)),
        ("a" * 306, Parts("GSM-7", 306, 2)),
        ("a" * 307, Parts("GSM-7", 307, 3)),
        ("€" * 80, Parts("GSM-7", 160, 1)),
        ("€" * 81, Parts("GSM-7", 162, 2)),
        # The escape of the 153rd septet goes to the next part together with its letter.
        ("a" * 152 + "€" + "a" * 152, Parts("GSM-7", 306, 3)),
        ("a" * 152 + "€" + "a" * 151, Parts("GSM-7", 305, 2)),
        ("ব" * 70, Parts("UCS-2", 70, 1)),
        ("ব" * 71, Parts("UCS-2", 71, 2)),
        ("ব" * 134, Parts("UCS-2", 134, 2)),
        ("ব" * 135, Parts("UCS-2", 135, 3)),
        ("a" * 71 + "–", Parts("UCS-2", 72, 2)),
        ("😀" * 35, Parts("UCS-2", 70, 1)),
        ("😀" * 36, Parts("UCS-2", 72, 2)),
        ("a" * 66 + "😀" + "a" * 66, Parts("UCS-2", 134, 3)),
        ("৳ 1,200", Parts("UCS-2", 7, 1)),
        ("Tk 1,200", Parts("GSM-7", 8, 1)),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text, expected):
    assert parts(text) == expected


def test_the_letters_that_make_a_text_dear_are_named():
    assert foreign_letters("Pay ৳ 5 – now – ৳") == "৳–"
