"""docs/admin/rsyslog-*.conf as they stand: lines reach the log machine by TLS, and wait for it.

Two rsyslogd on the loopback; only where one with RELP is installed.
"""

import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs" / "admin"
RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin")
HAS_RELP = any(Path("/usr/lib").glob("*/rsyslog/omrelp.so"))
pytestmark = pytest.mark.skipif(
    RSYSLOGD is None or not HAS_RELP, reason="rsyslog with RELP is not installed"
)


@pytest.fixture
def place(tmp_path_factory):
    """A folder with a short name (a socket's path has 107 bytes), an authority and two of its."""
    folder = tmp_path_factory.mktemp("logs")
    _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -subj /CN=CA -keyout ca.key -out ca.pem")
    for name in ("isp.internal", "logs.internal"):
        certify(folder, name)
    return folder


def certify(folder, name, *, authority="ca"):
    _openssl(folder, f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {name}.key -out csr")
    (folder / "names").write_text(f"subjectAltName=DNS:{name}\n")
    _openssl(
        folder,
        f"x509 -req -in csr -CA {authority}.pem -CAkey {authority}.key -CAcreateserial -days 2"
        f" -extfile names -out {name}.crt",
    )


def _openssl(folder, words):
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def configured(place, port, which):
    """Write the page's file with this folder's paths below a main file of its own."""
    text = (DOCS / f"rsyslog-{which}.conf").read_text(encoding="utf-8")
    for old, new in {
        "/etc/ispbill/": f"{place}/",
        "/var/log/ispbill": f"{place}/arrived",
        'target="logs.internal"': 'target="127.0.0.1"',
        'port="6514"': f'port="{port}"',
        'resumeInterval="10"': 'resumeInterval="1"',
    }.items():
        text = text.replace(old, new)
    part, main = place / f"{which}.part", place / f"{which}.conf"
    part.write_text(text)
    (place / which).mkdir(exist_ok=True)
    lines = [f'global(workDirectory="{place / which}")']
    if which == "send":
        lines += [
            'module(load="imuxsock" SysSock.Use="off")',
            f'input(type="imuxsock" socket="{place}/log" createPath="on")',
        ]
    main.write_text("\n".join([*lines, f'include(file="{part}")', ""]))
    return main


@contextmanager
def running(place, main):
    pid = place / f"{main.stem}.pid"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([RSYSLOGD, "-n", "-f", str(main), "-i", str(pid)], **quiet) as process:
        try:
            yield process
        finally:
            process.kill()


def say(place, *texts):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        until(lambda: _connected(line, f"{place}/log"))
        for text in texts:
            line.send(f"<14>gunicorn[1]: {text}".encode())


def _connected(line, path):
    try:
        line.connect(path)
    except OSError:
        return False
    return True


def arrived(place):
    return "".join(one.read_text() for one in (place / "arrived").glob("*/*.log"))


def until(is_so):
    for _try in range(300):
        if is_so():
            return
        time.sleep(0.1)
    pytest.fail("it did not come about")


def test_both_files_are_accepted(place, port):
    for which in ("send", "receive"):
        main = configured(place, port, which)
        told = subprocess.run([RSYSLOGD, "-N1", "-f", main], capture_output=True, check=False)
        assert told.returncode == 0, told.stderr


def test_lines_arrive_and_those_said_while_nobody_took_them_too(place, port):
    send, receive = (configured(place, port, which) for which in ("send", "receive"))
    with running(place, send):
        with running(place, receive):
            say(place, "first")
            until(lambda: "first" in arrived(place))
        say(place, *(f"while away {n};" for n in range(300)))
        until(lambda: any((place / "send").glob("to-the-log-machine.0*")))
        with running(place, receive):
            until(lambda: all(f"while away {n};" in arrived(place) for n in range(300)))


def test_nobody_else_is_listened_to(place, port):
    send, receive = (configured(place, port, which) for which in ("send", "receive"))
    with running(place, receive):
        with running(place, send):
            say(place, "the truth")
            until(lambda: "the truth" in arrived(place))
        _openssl(place, "req -x509 -newkey rsa:2048 -nodes -subj /CN=X -keyout x.key -out x.pem")
        certify(place, "isp.internal", authority="x")  # the right name, by an unknown authority
        with running(place, send):
            say(place, "a lie")
            time.sleep(2)
    assert "a lie" not in arrived(place)
