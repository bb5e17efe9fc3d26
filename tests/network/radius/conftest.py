import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from ispbill.core.acts import Act
from ispbill.devtools.sandbox.radius_nas import RadiusNas
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from network.radius.services import files
from tests.factories.network import AccessFactory
from tests.factories.radius import RadiusNasFactory, RadiusUserFactory

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
SECRET = "nas-secret"


@pytest.fixture
def nas_box():
    """The router's own side of dynamic authorization."""
    with RadiusNas(secret=SECRET) as box:
        yield box


@pytest.fixture
def nas(nas_box):
    """The same router in our books."""
    return RadiusNasFactory(address="127.0.0.1", coa_port=nas_box.port)


@pytest.fixture
def line(nas):
    """A line on line's side: open, confirmed, with its password where FreeRADIUS reads it."""
    line = AccessFactory(
        router=nas.router,
        username="rahim",
        generation=1,
        confirmed_generation=1,
        confirmed_state="OPEN",
        confirmed_profile="ispbill-30M-30M",
    )
    RadiusUserFactory(line=line)
    return line


@pytest.fixture
def act():
    return Act(None, AT, reason="Moved to RADIUS today")


class Server:
    """A real FreeRADIUS on ports of its own, with the files the product writes."""

    def __init__(self, place: files.Place, process: subprocess.Popen[bytes]) -> None:
        self.place, self.process = place, process

    def sent(self, kind: str, attributes: str, *, secret: str = SECRET) -> str:
        """Send one packet with radclient and return what it printed of the answer."""
        port = self.place.acct_port if kind == "acct" else self.place.auth_port
        found = subprocess.run(
            ["radclient", "-x", "-r", "1", "-t", "5", f"127.0.0.1:{port}", kind, secret],
            input=attributes,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return found.stdout + found.stderr


def free_port() -> int:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def server(tmp_path, transactional_db):
    program = shutil.which("freeradius", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("radclient") is None:
        pytest.skip("FreeRADIUS is not installed (packages freeradius, -postgresql, -utils)")
    place = files.Place(
        directory=tmp_path / "raddb",
        logs=tmp_path,
        run=tmp_path,
        listen="127.0.0.1",
        auth_port=free_port(),
        acct_port=free_port(),
        account="",
    )
    database = {**settings.DATABASES["default"], "USER": "ispbill_radius", "PASSWORD": ""}
    files.write(place, database=files.connection_string(database))
    with (tmp_path / "out.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-f", "-d", str(place.directory)], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _await_ready(process, tmp_path)
            yield Server(place, process)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _await_ready(process: subprocess.Popen[bytes], place: Path) -> None:
    for _try in range(100):
        said = "".join(
            path.read_text(errors="replace") for path in place.glob("*.log") if path.exists()
        )
        if "Ready to process requests" in said:
            return
        if process.poll() is not None:
            pytest.fail(f"FreeRADIUS did not start:\n{said[-3000:]}")
        time.sleep(0.1)
    pytest.fail(f"FreeRADIUS is not ready:\n{said[-3000:]}")


@pytest.fixture
def farm():
    with RouterFarm([RouterSpec(name="r1", dial_delay=(0.0, 0.0))]) as farm:
        yield farm
