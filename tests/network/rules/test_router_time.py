import pytest

from network.rules.router_time import parse_uptime


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1w2d3h4m5s", 604_800 + 2 * 86_400 + 3 * 3_600 + 4 * 60 + 5),
        ("4h20m11s", 15_611),
        ("2d01:15:03", 2 * 86_400 + 4_503),
        ("00:05:00", 300),
        ("1w3d02:00:00", 604_800 + 3 * 86_400 + 7_200),
        ("10ms", 0),
        ("1s500ms", 1),
        ("0s", 0),
    ],
)
def test_every_shape_of_a_length_of_time_is_read(text, seconds):
    assert parse_uptime(text) == seconds


@pytest.mark.parametrize("text", ["", " ", "never", "5", "5m4h", "-1s"])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="not a length of time"):
        parse_uptime(text)
