"""Rivals: the same thing done by several threads at once, each on its own connection."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from ispbill.core.errors import DomainError


def at_once(count, *deeds):
    """Do the deeds in `count` threads that start together; return results, or names of refusals."""
    barrier = Barrier(count)

    def one(number):
        barrier.wait(timeout=20)
        try:
            return deeds[number % len(deeds)]()
        except DomainError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
