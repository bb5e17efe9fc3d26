"""Calls made in a loop ask the system for no memory, however deep the loop stands."""

import subprocess
import sys

from ispbill import wsgi
from ispbill.core import stack_room

# A frame with many names is sure to find no room at the end of a piece. Depth by depth: how often
# the system was asked for a page of memory while a loop called 500 times.
PROGRAM = """
import resource, sys
from ispbill.core import stack_room

def called(a=0, b=0, c=0, d=0, e=0, f=0, g=0, h=0, i=0, j=0, k=0, l=0, m=0, n=0, o=0, p=0): pass

def loop(depth):
    if depth:
        return loop(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _one in range(500):
        called()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def deepest():
    return max(loop(depth) for depth in range(400))

if sys.argv[1] == "wide":
    stack_room.widen(deepest)
sys.setrecursionlimit(2000)
print(deepest())
"""


def asked(how):
    said = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, check=True)
    return int(said.stdout)


def test_a_loop_at_the_end_of_a_piece_asks_no_more_than_any_other():
    assert asked("plain") >= 500, (
        "this Python keeps its frames otherwise: is the room still needed?"
    )
    assert asked("wide") < 50


def test_pages_are_made_with_room():
    assert wsgi.application.__code__.co_stacksize == stack_room.SLOTS
