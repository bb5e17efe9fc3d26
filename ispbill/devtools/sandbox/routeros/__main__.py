"""Run virtual routers until told to stop (SIGINT or SIGTERM).

The configuration is a JSON file `{"routers": [{"name": "sim-1", "port": 0, …}]}`; the keys of a
router are those of `RouterSpec`. The first line of output is one JSON object with the control
address and name, host, port, tls, username and password of each router.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from ispbill.devtools.sandbox.routeros.farm import Sandbox
from ispbill.devtools.sandbox.routeros.spec import RouterSpec

DEFAULT_CONFIG = {"routers": [{"name": "sim-1"}, {"name": "sim-2"}]}


def main(arguments: list[str] | None = None, also: Mapping[str, object] | None = None) -> int:
    """Return the exit status: 0 after a clean stop, 2 for a configuration that cannot be used.

    `also` holds the addresses of other simulators, to stand in the first line of output.
    """
    parser = argparse.ArgumentParser(
        prog="python -m ispbill.devtools.sandbox.routeros", description=__doc__
    )
    parser.add_argument("--config", type=Path, help="JSON file; without it two empty routers")
    parser.add_argument("--control", default="", help="unix socket path or host:port")
    parser.add_argument("--state", type=Path, help="directory that keeps the routers' set-up")
    options = parser.parse_args(arguments)
    try:
        config = json.loads(options.config.read_text("utf-8")) if options.config else DEFAULT_CONFIG
        specs = [RouterSpec.from_json(router) for router in config["routers"]]
        sandbox = Sandbox(specs, state_directory=options.state, control=options.control)
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"cannot start the router sandbox: {error}\n")
        return 2
    return asyncio.run(_run(sandbox, also or {}))


async def _run(sandbox: Sandbox, also: Mapping[str, object]) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        await sandbox.open()
    except OSError as error:
        sys.stderr.write(f"cannot start the router sandbox: {error}\n")
        await sandbox.close()
        return 2
    routers = [port.endpoint() for port in sandbox.ports.values()]
    first = {"control": sandbox.control_address, "routers": routers, **also}
    sys.stdout.write(json.dumps(first) + "\n")
    sys.stdout.flush()
    await stop.wait()
    await sandbox.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
