"""Measure the product's own services against references in the same run (docs/performance.md)."""

import json
import platform
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ispbill.core import statements
from ispbill.devtools.bench import measure, registry


class Command(BaseCommand):
    help = "Run one benchmark on a throw-away database and print one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(registry.BENCHES))
        parser.add_argument("--scale", default="", help="customers: 5k, 20k, 100k, 1m")
        parser.add_argument("--pairs", type=int, default=0, help="measured pairs")
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Benchmarks are not run on a production installation.")
        before = measure.load()
        result = registry.BENCHES[options["name"]](
            scale=_number(options["scale"]), pairs=options["pairs"] or None
        )
        server = statements.first("SHOW server_version")[0]
        result |= {
            "load_before": before,
            "load_after": measure.load(),
            "rss_mb": measure.rss_mb(),
            "versions": {
                "python": platform.python_version(),
                "django": django.get_version(),
                "postgresql": server,
                "ispbill": settings.VERSION,
            },
        }
        self.stdout.write(json.dumps(result, indent=None if options["json"] else 2))


def _number(text: str) -> int | None:
    """Read `20k` or `1m` as a number of customers."""
    if not text:
        return None
    units = {"k": 1_000, "m": 1_000_000}
    unit = units.get(text[-1].lower(), 1)
    return int(text[:-1] if unit > 1 else text) * unit
