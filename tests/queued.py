"""Tasks that are queued and do not reach the broker: a test says what happens instead."""

from ispbill.core import jobs


def instead_of(monkeypatch, name, act=lambda _kwargs: None):
    """Let calls of the task of this name go to `act(kwargs)`; other tasks are queued as ever."""
    publish = jobs.publish

    def caught(asked, kwargs):
        return act(kwargs) if asked == name else publish(asked, kwargs)

    monkeypatch.setattr(jobs, "publish", caught)
