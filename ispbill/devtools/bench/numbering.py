"""Gap-free numbers against a plain sequence: one at a time, and in blocks."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from ispbill.core.models import NumberSequence
from ispbill.core.services import numbering
from ispbill.devtools.bench import measure, scratch
from ispbill.devtools.bench.measure import Pairs

CLIENTS = 8
EACH = 200
BLOCK = 10_000


def run(*, pairs: int) -> dict[str, Any]:
    """Measure numbers a second with eight clients, and in blocks of ten thousand."""
    with scratch.database("numbering"):
        with scratch.owner() as owner:
            owner.execute(
                "CREATE SEQUENCE bench_numbers; GRANT ALL ON SEQUENCE bench_numbers TO PUBLIC"
            )
        single, blocks = Pairs(), Pairs()
        for _pair in range(pairs):
            single.add(_clients(_take_one), _clients(_next_value))
            blocks.add(_blocks(_take_block), _blocks(_next_block))
        sequence = NumberSequence.objects.get(series="INV", year=2026)
        taken = pairs * (CLIENTS * EACH + 20 * BLOCK)
    return {
        "name": "numbering",
        "single": single.as_dict(),
        "blocks": blocks.as_dict(),
        "gaps": sequence.next_number - 1 - taken,
    }


def _take_one() -> None:
    with transaction.atomic():
        numbering.take(series="INV", year=2026)


def _take_block() -> None:
    with transaction.atomic():
        numbering.take(series="INV", year=2026, count=BLOCK)


def _next_value() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('bench_numbers')")


def _next_block() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT max(nextval('bench_numbers')) FROM generate_series(1, %s)", [BLOCK])


def _clients(work: Callable[[], None]) -> float:
    def client() -> None:
        for _number in range(EACH):
            work()
        connection.close()

    threads = [threading.Thread(target=client) for _client in range(CLIENTS)]
    with measure.timed() as result:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return CLIENTS * EACH / result.seconds


def _blocks(work: Callable[[], None]) -> float:
    with measure.timed() as result:
        for _number in range(20):
            work()
    return 20 * BLOCK / result.seconds
