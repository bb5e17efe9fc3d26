from ipaddress import ip_address, ip_network

import pytest

from ispbill.core.addresses import Fence

API_PORTS = frozenset({8728, 8729})
POLICY = Fence(ports=API_PORTS, networks=(ip_network("10.20.0.0/16"), ip_network("fd00:20::/32")))


@pytest.mark.parametrize("address", ["10.20.0.1", "fd00:20::1", "103.4.5.6", "::ffff:10.20.0.1"])
def test_registered_networks_and_public_addresses_are_allowed(address):
    assert POLICY.refusal(ip_address(address), 8728) == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "0.0.0.1",
        "::",
        "169.254.169.254",
        "fe80::1",
        "224.0.0.1",
        "255.255.255.255",
        "10.21.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "fd00:21::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_everything_that_could_be_ourselves_is_refused(address):
    assert POLICY.refusal(ip_address(address), 8728) != ""


@pytest.mark.parametrize("port", [22, 80, 5432, 6379, 8000])
def test_only_the_ports_of_the_api_are_allowed(port):
    assert "is not one of 8728, 8729" in POLICY.refusal(ip_address("10.20.0.1"), port)


def test_loopback_is_never_a_router_even_when_somebody_registers_it():
    careless = Fence(ports=API_PORTS, networks=(ip_network("0.0.0.0/0"),))

    assert careless.refusal(ip_address("127.0.0.1"), 8728) != ""


def test_the_sandbox_is_allowed_by_its_exact_endpoint_only():
    policy = Fence(endpoints=frozenset({("127.0.0.1", 18_728)}))

    assert policy.refusal(ip_address("127.0.0.1"), 18_728) == ""
    assert policy.refusal(ip_address("127.0.0.1"), 6379) != ""


def test_public_addresses_may_be_forbidden():
    strict = Fence(ports=API_PORTS, networks=(ip_network("10.20.0.0/16"),), allows_public=False)

    assert strict.refusal(ip_address("103.4.5.6"), 8728) != ""
