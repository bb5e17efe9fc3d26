"""Answers of the real gateways (README.md): what reader and simulator are held against."""

import json
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def recorded(gateway):
    """Return a gateway's answers, each with name, operation, source and answer."""
    return json.loads((HERE / f"{gateway}.json").read_text("utf-8"))


def every(gateway, *, with_key=""):
    """Return them as parameters of a test, named by what they are."""
    found = [one for one in recorded(gateway) if one.get(with_key or "name")]
    return [pytest.param(one, id=one["name"].replace(" ", "-")) for one in found]
