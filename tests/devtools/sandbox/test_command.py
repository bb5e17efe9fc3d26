"""`manage.py sandbox`: what other programs are told about the simulators in its first line."""

import json
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

from ispbill.devtools.sandbox.gateways.client import Desk
from tests.devtools.sandbox.talker import Talker


@pytest.fixture
def program(tmp_path):
    command = [sys.executable, "manage.py", "sandbox"]
    environment = {
        **os.environ,
        "SANDBOX_DIR": str(tmp_path),
        "SIMULATORS": "1",
        "ISPBILL_BOOTSTRAP": "0",
    }
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program
        if program.poll() is None:
            program.kill()


def test_the_first_line_is_one_object_with_every_simulator_and_its_credentials(program, tmp_path):
    told = json.loads(program.stdout.readline())

    assert told.keys() == {"control", "routers", "messages", "gateways", "netcash", "interstellio"}
    with Talker(told["routers"][0]) as talker:
        talker.log_in(told["routers"][0])
    assert told["gateways"].keys() == {"sslcommerz", "bkash", "nagad", "control"}
    shown = {name: place.keys() for name, place in told["gateways"].items()}
    assert shown["sslcommerz"] >= {"base_url", "store_id", "store_passwd"}
    assert shown["bkash"] >= {"base_url", "app_key", "app_secret", "username", "password"}
    assert shown["nagad"] >= {"base_url", "merchant_id", "merchant_private_key", "nagad_public_key"}
    assert told["netcash"].keys() >= {"host", "port", "token"}
    assert Desk(tmp_path).sessions() == []  # and they answer

    program.send_signal(signal.SIGTERM)
    assert program.wait(20) == 0
    assert program.stdout.read() == ""
