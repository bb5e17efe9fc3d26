"""The fixture company of the journeys: made once by its own verbs, then put back row by row."""

from django.core.management import call_command

from ispbill.core import clock, remaking
from ispbill.core.models import Company
from ispbill.devtools.demo import e2e, simulators
from ispbill.devtools.demo.management.commands.seed_demo import wake
from tests.kept_rows import KeptRows


class Town:
    """Lets the company stand as on its first day, as often as it is asked to."""

    def __init__(self):
        self.rows = KeptRows()

    def stand(self):
        if self.rows:
            self._again()
        else:
            self._first()
        Company.forget_cached()

    def _first(self):
        # Kept before a worker has told a router anything: the first day is one of lines untold.
        with remaking.alone() as is_mine:
            assert is_mine, "somebody else makes a company"
            call_command("seed_demo", profile="e2e", reset=True)
            self.rows.keep()
        wake()

    def _again(self):
        with remaking.alone() as is_mine:
            assert is_mine, "somebody else makes a company"
            self.rows.put_back()
            simulators.forget()
            simulators.remove_files()
            simulators.drop_tasks()
            clock.set_simulated(e2e.moment(e2e.BUSINESS_DATE))
        wake()
