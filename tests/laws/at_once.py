"""All proofs in one prepared question: what a machine asks after each of its many steps.

`check_ledger` asks one question a proof and gives each its time; here the server plans them once
for a whole run and answers them together, ten times as quick. Anything found is asked for again
the product's own way, so that the report says what is wrong.
"""

from django.db import connection

from ispbill.core.models import Company
from ispbill.reports.queries import figure_proofs, guard_proofs, proofs

_STATE = {
    "built": "built_until",
    "built_at": "built_at",
    "last_entry": "last_entry_id",
    "last_version": "last_version_id",
    "last_subscription": "last_subscription_id",
}


def names():
    """Return the names of the proofs that are asked, in no order."""
    return {*proofs.CHECKS, *guard_proofs.CHECKS, *figure_proofs.CHECKS}


def broken():
    """Return the findings of `proofs.check_all`, asked all at once; [] when everything holds."""
    name = f"every_proof {Company.current().time_zone}"  # tests after one another have their own
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_prepared_statements WHERE name = %s)", [name])
        if not cursor.fetchone()[0]:
            cursor.execute(f'PREPARE "{name}" AS {question()}')
        cursor.execute(f'EXECUTE "{name}"')
        if not cursor.fetchall():
            return []
        cursor.execute(f'DEALLOCATE "{name}"')
    return proofs.check_all()


def question():
    """Return one query that gives the names of the proofs that fail."""
    asked = [(name, _plain(query)) for name, (_why, query) in _always().items()]
    asked += [
        (name, f"SELECT * FROM ({_filled(query)}) q WHERE EXISTS (SELECT FROM reports_figurestate)")
        for name, (_why, query) in figure_proofs.CHECKS.items()
    ]
    parts = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM ({query}) w)" for name, query in asked]
    return " UNION ALL ".join(parts)


class Watch:
    """Tells whether anything was written since it was asked last: what holds goes on holding."""

    def __init__(self):
        self._seen = None

    def has_changed(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            now = cursor.fetchone()[0]
        before, self._seen = self._seen, now
        return now != before


def _always():
    return proofs.CHECKS | guard_proofs.CHECKS


def _plain(query):
    return query.replace("%%", "%")


def _filled(query):
    for name, column in _STATE.items():
        query = query.replace(f"%({name})s", f"(SELECT {column} FROM reports_figurestate)")
    return _plain(query.replace("%(zone)s", f"'{Company.current().time_zone}'"))
