"""A package's speed becomes a profile's name and limit."""

import pytest

from network.rules import logins, profiles


def test_a_profile_is_named_after_download_and_upload():
    assert profiles.name_for(download_mbps=30, upload_mbps=5) == "ispbill-30M-5M"


def test_a_name_chosen_for_the_package_wins():
    assert profiles.name_for(download_mbps=30, upload_mbps=5, chosen="GOLD") == "GOLD"


def test_the_rate_limit_tells_the_upload_first():
    assert str(profiles.limit_of(download_mbps=30, upload_mbps=5)) == "5M/30M"


def test_a_burst_is_written_with_its_threshold_and_its_time():
    limit = profiles.limit_of(download_mbps=20, upload_mbps=5, burst_percent=150, burst_seconds=10)

    assert str(limit) == "5M/20M 7500k/30M 4M/16M 10/10"
    assert limit.burst_or_nothing == ("7500k/30M", "4M/16M", "10s/10s")


def test_a_speed_of_nothing_is_refused():
    with pytest.raises(ValueError, match="more than nothing"):
        profiles.limit_of(download_mbps=0, upload_mbps=5)


@pytest.mark.parametrize(
    ("name", "speed"),
    [("ispbill-30M-5M", (30, 5)), ("GOLD", None), ("ispbill-0M-5M", None), ("ispbill-30M", None)],
)
def test_a_name_of_ours_tells_its_speed(name, speed):
    assert profiles.speed_of(name) == speed


@pytest.mark.parametrize("name", ["12345", "rahim", "করিম", "a b", "<x>"])
def test_numbers_bangla_and_blanks_inside_are_names(name):
    assert logins.is_username(name)


@pytest.mark.parametrize("name", ["", " a", "a\r\nb", "a\x00", "a" * 61, "a\n"])
def test_line_pauses_and_outer_blanks_are_not(name):
    assert not logins.is_username(name)


def test_a_name_tells_the_packages_own_burst_and_any_other_has_the_routers():
    usual, own = profiles.Burst(120, 30), profiles.Burst(150, 10)
    name = profiles.name_for(download_mbps=30, upload_mbps=5, burst=own)

    assert (name, profiles.speed_of(name)) == ("ispbill-30M-5M-b150-10", (30, 5))
    assert profiles.burst_of(name, usual=usual) == own
    assert profiles.burst_of("ispbill-30M-5M", usual=usual) == usual
    assert profiles.burst_of("GOLD", usual=usual) == usual
