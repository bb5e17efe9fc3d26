"""Tasks are queued by their registered names: every name in the code is one that exists."""

import ast
import inspect
from dataclasses import dataclass

import pytest
from django.conf import settings

from ispbill.celery import app
from ispbill.schedule import TIMETABLE
from tests.architecture.test_house import CODE, relative

QUEUEING = ("after_commit", "enqueue", "wake", "publish")
# They queue what the timetable names; its names are looked at as they are.
BY_THE_TIMETABLE = {
    "ispbill/audit/services/timekeeper.py": {"_TASKS[due.job]"},
    "ispbill/audit/services/run_now.py": {"row.task"},
}
SENDING = ("send_task", "apply_async", "delay", "signature")
# The only one who speaks to Celery.
SENDER = "ispbill/core/jobs.py"


@dataclass(frozen=True)
class Call:
    """One place that queues a task."""

    where: str
    name: str
    given: tuple[str, ...]
    is_spread: bool  # has **more; which of them there are is not to be seen here


@pytest.fixture(scope="module", autouse=True)
def _all_tasks_are_known():
    app.loader.import_default_modules()


def queued(source, *, where):
    """Return the calls that queue tasks, and what cannot be read as one."""
    tree = ast.parse(source)
    names = _names_of_the_queue(tree)
    calls, odd = [], []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        given = list(node.args)
        if ast.unparse(node.func) == "partial" and given:  # a call that is put off
            func = given.pop(0)
        else:
            func = node.func
        if ast.unparse(func) not in names:
            continue
        name = given[0] if given else None
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            keywords = tuple(word.arg for word in node.keywords if word.arg)
            spread = any(word.arg is None for word in node.keywords)
            if len(given) > 1:  # publish has them as a mapping
                spread = True
            calls.append(Call(f"{where}:{node.lineno}", name.value, keywords, spread))
        elif name is None or ast.unparse(name) not in BY_THE_TIMETABLE.get(where, ()):
            odd.append(f"{where}:{node.lineno}: {ast.unparse(node)}")
    return calls, odd


def _names_of_the_queue(tree):
    """Return how a module calls the functions that queue: `jobs.enqueue`, or `enqueue` alone."""
    names = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for one in node.names:
            if node.module == "ispbill.core" and one.name == "jobs":
                names |= {f"{one.asname or one.name}.{verb}" for verb in QUEUEING}
            if node.module == "ispbill.core.jobs" and one.name in QUEUEING:
                names.add(one.asname or one.name)
    return names


def wrong(call):
    """Return what is wrong with a call, or nothing."""
    task = app.tasks.get(call.name)
    if task is None:
        return f"{call.where}: there is no task {call.name!r}"
    taken = {
        name: one
        for name, one in inspect.signature(task.run).parameters.items()
        if one.kind is not inspect.Parameter.VAR_KEYWORD and name != "progress"
    }
    unknown = set(call.given) - set(taken)
    needed = {name for name, one in taken.items() if one.default is one.empty}
    missing = set() if call.is_spread else needed - set(call.given)
    if unknown or missing:
        return f"{call.where}: {call.name} takes {sorted(taken)}, is given {sorted(call.given)}"
    return ""


def all_calls():
    calls, odd = [], []
    for path in CODE:
        if relative(path) == SENDER:
            continue
        found, strange = queued(path.read_text(), where=relative(path))
        calls += found
        odd += strange
    return calls, odd


def test_every_task_that_is_queued_exists_and_takes_what_it_is_given():
    calls, odd = all_calls()

    assert odd == []
    assert [words for call in calls if (words := wrong(call))] == []
    assert len(calls) > 40


def test_every_name_of_the_timetable_and_of_the_routes_is_a_task():
    beats = {row["task"] for row in app.conf.beat_schedule.values()}
    named = {row.task for row in TIMETABLE} | beats
    named |= {name for name in settings.CELERY_TASK_ROUTES if not name.endswith("*")}

    assert named - set(app.tasks) == set()


def test_tasks_are_named_after_their_app():
    ours = {name: task for name, task in app.tasks.items() if task.__module__.endswith(".tasks")}

    named = {f"{task.__module__.split('.')[-2]}.{task.run.__name__}" for task in ours.values()}
    assert set(ours) == named
    assert len(ours) > 50


def test_nobody_else_speaks_to_celery():
    assert [
        f"{relative(path)}:{node.lineno}"
        for path in CODE
        if relative(path) != SENDER
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SENDING
        and not ast.unparse(node.func).startswith("inspect.")
    ] == []


@pytest.mark.parametrize(
    "planted",
    [
        'jobs.enqueue("billing.make_documents", document_id=1)',
        'jobs.enqueue("billing.make_document", document=1)',
        'jobs.enqueue("billing.make_document")',
        'later = partial(jobs.enqueue, "billing.make_document", document=1)',
        'wake("notifications.send_message")',
    ],
)
def test_a_wrong_name_or_argument_is_found(planted):
    source = f"from ispbill.core import jobs\nfrom ispbill.core.jobs import wake\n{planted}\n"

    calls, odd = queued(source, where="planted.py")

    assert odd == []
    assert [bool(wrong(call)) for call in calls] == [True]


@pytest.mark.parametrize("planted", ["jobs.enqueue(name)", "jobs.after_commit(tasks.make)"])
def test_a_name_that_is_not_written_out_is_found(planted):
    calls, odd = queued(f"from ispbill.core import jobs\n{planted}\n", where="planted.py")

    assert calls == []
    assert odd == [f"planted.py:2: {planted}"]
