"""Production knows none of the tools: not their apps, not their addresses, not their code."""

import base64
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
import django; django.setup()
from django.test import RequestFactory
from django.template.loader import get_template
from django.urls import Resolver404, resolve, get_resolver
get_resolver().url_patterns
for name in ("accounts/sign_in.html", "base.html"):
    get_template(name)
try:
    resolve("/sim/clock/"); print("there is a simulator")
except Resolver404:
    pass
print([name for name in sys.modules if name.startswith("ispbill.devtools")])
"""


def test_what_production_loads_holds_no_tool():
    key = base64.b64encode(b"thirty-two random bytes, or so!!").decode()
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "ispbill.settings",
        "ISPBILL_MODE": "production",
        "SECRET_KEY": "x" * 40,
        "FIELD_KEYS": f"k1:{key}",
    }

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_cookies_that_carry_a_right_bear_the_hosts_prefix():
    key = base64.b64encode(b"thirty-two random bytes, or so!!").decode()
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ispbill import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
            " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)",
        ],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "ISPBILL_MODE": "production",
            "SECRET_KEY": "x" * 40,
            "FIELD_KEYS": f"k1:{key}",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == [
        "__Host-ispbill_session",
        "__Host-csrftoken",
        "True",
        "True",
        "31536000",
    ]
