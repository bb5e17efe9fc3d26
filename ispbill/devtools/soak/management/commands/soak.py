"""An hour of people and faults on the demo that runs beside it (M17)."""

import json
import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections

from ispbill.accounts.models import User
from ispbill.api.rules import scopes
from ispbill.api.services import tokens
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.local.supervisor import LOCK
from ispbill.devtools.soak import ending, faults, programs
from ispbill.devtools.soak.people import Diary, People

HEALS_IN = 45.0  # seconds after a fault in which people may still meet it


class Command(BaseCommand):
    help = "Use the running demo and break it, for so long; then prove that nothing was lost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=float, default=60)
        parser.add_argument("--readers", type=int, default=8, help="people who open pages")
        parser.add_argument("--seed", type=int, default=1, help="the order of the faults")
        parser.add_argument("--calm", type=float, default=5, help="minutes without faults after it")
        parser.add_argument("--hours", type=float, default=24, help="by the business clock")

    def handle(self, *args: Any, **options: Any) -> None:
        address = urlsplit(LOCK.read_text() if LOCK.exists() else "")
        if not address.port or not programs.running():
            raise CommandError("Start the demo first: manage.py demo")
        people = People(
            str(address.hostname), address.port, readers=options["readers"], seed=options["seed"]
        )
        people.start(_token())
        connections.close_all()
        ends = time.monotonic() + 60 * options["minutes"]
        step = timedelta(hours=options["hours"]) / max(options["minutes"], 1)
        struck, memory = self._break(ends, random.Random(options["seed"]), step)
        self.stdout.write(f"Calm for {options['calm']:.0f} minutes")
        _until(time.monotonic() + 60 * options["calm"], memory, step / 10)
        people.stop()
        for _hour in range(24):  # what nobody came back from is asked for within a day
            _until(time.monotonic() + 20, memory, timedelta(hours=1))
            if not ending.awaited(people.diary):
                break
        self._tell(people.diary, struck, memory)

    def _break(
        self, ends: float, chance: random.Random, step: timedelta
    ) -> tuple[list[tuple[float, float, str]], list[tuple[float, dict[str, float]]]]:
        struck, memory, bag = [], [(time.monotonic(), programs.held())], list[faults.Fault]()
        while time.monotonic() < ends:
            _until(min(ends, time.monotonic() + 60), memory, step)
            bag = bag or chance.sample(faults.MIX, len(faults.MIX))
            fault, began = bag.pop(), time.monotonic()
            self.stdout.write(f"{clock.real_now():%H:%M:%S} {fault.name}")
            faults.strike(fault, chance, self.stdout.write)
            connections.close_all()
            struck.append((began, time.monotonic(), fault.name))
        return struck, memory

    def _tell(
        self,
        diary: Diary,
        struck: list[tuple[float, float, str]],
        memory: list[tuple[float, dict[str, float]]],
    ) -> None:
        beside = [
            words
            for at, words in diary.troubles
            if not any(start <= at <= end + HEALS_IN for start, end, _name in struck)
        ]
        broken = ending.findings(diary)
        told = {
            "faults": Counter(name for _start, _end, name in struck),
            "pages": diary.pages,
            "slowest_page_s": round(diary.slowest, 1),
            "cash_payments": len(diary.asked),
            "online_payments": len(diary.begun),
            "online_credited": str(ending.credited(diary)),
            "troubles_in_faults": len(diary.troubles) - len(beside),
            "troubles_beside": beside[:10],
            "memory_mb": _grown(memory),
            "broken": broken,
        }
        self.stdout.write(json.dumps(told, indent=2))
        if broken or beside:
            raise CommandError("A promise was broken.")


def _token() -> str:
    owner = User.objects.get(login="owner@demo.test")
    act = Act(owner, clock.now())
    return tokens.issue(name="Soak", scopes=[scopes.PAYMENTS_WRITE], days=1, act=act)[1]


def _until(ends: float, memory: list[tuple[float, dict[str, float]]], step: timedelta) -> None:
    """Wait; meanwhile note each program's memory, and move the business clock on by a step."""
    for _try in range(10):
        try:
            clock.set_simulated(clock.now() + step)
            break
        except Exception:
            connection.close()
            time.sleep(1)
    while time.monotonic() < ends:
        memory.append((time.monotonic(), programs.held()))
        time.sleep(min(10, max(0.0, ends - time.monotonic())))


def _grown(memory: list[tuple[float, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Return each program's most megabytes in the second and in the last quarter of the time."""
    quarter = max(len(memory) // 4, 1)
    early, late = memory[quarter : 2 * quarter], memory[-quarter:]
    names = {name for _at, sums in memory for name in sums}
    return {
        name: {
            "second_quarter": round(max(sums.get(name, 0) for _at, sums in early or memory), 1),
            "last_quarter": round(max(sums.get(name, 0) for _at, sums in late), 1),
        }
        for name in sorted(names)
    }
