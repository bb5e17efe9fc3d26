import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.rules.rate_limit import RateLimit, is_same


@pytest.mark.parametrize(
    ("text", "upload", "download"),
    [
        ("128k", 128_000, 128_000),
        ("64k/128M", 64_000, 128_000_000),
        ("5M/20M", 5_000_000, 20_000_000),
        ("10000000/50000000", 10_000_000, 50_000_000),
    ],
)
def test_the_customer_s_upload_comes_first(text, upload, download):
    limit = RateLimit.parse(text)

    assert (limit.upload, limit.download) == (upload, download)


def test_a_burst_without_threshold_starts_at_the_speed_and_lasts_a_second():
    limit = RateLimit.parse("64k 256k")

    assert (limit.burst_upload, limit.burst_download) == (256_000, 256_000)
    assert limit.thresholds == (64_000, 64_000)
    assert limit.burst_seconds == 1


def test_the_manual_s_full_example_is_read():
    limit = RateLimit.parse("64k/64k 256k/256k 128k/128k 10/10")

    assert limit == RateLimit(
        upload=64_000,
        download=64_000,
        burst_upload=256_000,
        burst_download=256_000,
        threshold_upload=128_000,
        threshold_download=128_000,
        burst_seconds=10,
    )


def test_a_package_with_burst_and_priority_is_written_for_the_router():
    limit = RateLimit(
        upload=5_000_000,
        download=20_000_000,
        burst_upload=8_000_000,
        burst_download=30_000_000,
        threshold_upload=4_000_000,
        threshold_download=16_000_000,
        burst_seconds=10,
        priority=8,
    )

    assert str(limit) == "5M/20M 8M/30M 4M/16M 10/10 8"


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (RateLimit(upload=2_000_000, download=10_000_000), "2M/10M"),
        (RateLimit(upload=512_000, download=1_500_000), "512k/1500k"),
        (RateLimit(upload=1, download=1_001), "1/1001"),
        (RateLimit(upload=1_000, download=1_000, priority=3), "1k/1k 0/0 0/0 0/0 3"),
        (
            RateLimit(upload=1_000, download=2_000, least_upload=500, least_download=500),
            "1k/2k 0/0 0/0 0/0 8 500/500",
        ),
    ],
)
def test_speeds_are_written_in_the_largest_whole_unit(limit, text):
    assert str(limit) == text


@pytest.mark.parametrize("text", ["", "fast", "10M/", "10M/20M/30M", "-1/2", "1 2 3 4 5 6 7", "٣M"])
def test_what_is_no_rate_limit_is_refused(text):
    with pytest.raises(ValueError, match="."):
        RateLimit.parse(text)


@pytest.mark.parametrize(
    "values",
    [
        {"upload": 0},
        {"burst_upload": 2_000_000},
        {"burst_upload": 1, "burst_download": 1},
        {"burst_seconds": 5},
        {"priority": 9},
    ],
)
def test_what_a_router_would_refuse_cannot_be_made(values):
    with pytest.raises(ValueError, match="."):
        RateLimit(**{"upload": 1_000_000, "download": 1_000_000, **values})


speeds = st.integers(min_value=1, max_value=10**10)


@given(upload=speeds, download=speeds, more=speeds, seconds=st.integers(1, 60))
def test_what_was_written_is_read_back(upload, download, more, seconds):
    limit = RateLimit(
        upload=upload,
        download=download,
        burst_upload=upload + more,
        burst_download=download + more,
        threshold_upload=upload,
        threshold_download=download,
        burst_seconds=seconds,
    )

    assert RateLimit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("10M/30M", "10000k/30000000", True),
        ("10M", "10M/10M", True),
        ("1M/2M 4M/4M", "1M/2M 4M/4M 1M/2M 1/1", True),
        ("10M/30M", "30M/10M", False),
        ("", "10M/30M", False),
        ("", "", True),
    ],
)
def test_two_ways_of_writing_one_limit_are_the_same(left, right, same):
    assert is_same(left, right) is same
