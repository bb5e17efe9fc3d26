"""Others' machines are asked outside of transactions: a slow one must never hold a row's lock."""

from django.db import connection


class InsideTransaction(RuntimeError):
    """Somebody else's machine was about to be asked while rows were locked: a defect."""


def refuse_transaction(whom: str) -> None:
    """Raise InsideTransaction when a transaction is open; `whom` is who was about to be asked."""
    if connection.in_atomic_block:
        raise InsideTransaction(f"{whom} is never called inside a transaction")
