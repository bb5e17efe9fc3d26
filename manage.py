#!/usr/bin/env python3
"""The one door: `python3 manage.py demo`, `python3 manage.py test`, and every other command.

Needs nothing but Python 3.11 or newer. Whatever else is missing (the environment, PostgreSQL,
Valkey) is made under `.local/` by `ispbill.devtools.local`, unless DATABASE_URL and REDIS_URL name
servers.
"""

import os
import shutil
import sys


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 — the message is for exactly those
        for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
            newer = shutil.which(name)
            if newer:
                os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])
        sys.stderr.write("ispbill needs Python 3.11 or newer; this one is %s.\n" % sys.version)  # noqa: UP031
        return 1
    from ispbill.devtools.local.entry import run

    return run(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
