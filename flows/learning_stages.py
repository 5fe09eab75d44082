"""The learning as Prefect sees it. Parameters, results and artifacts stand in clear there: they hold counts, never a text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.learning import LearnReport, collect, put_into_use, trial_of
from pipeline.experience.labelled import Lessons
from pipeline.experience.learn import Trial
from pipeline.settings import Settings


@dataclass
class Learning:
    """What the tasks of one learning hand on inside this process."""

    settings: Settings
    found: Lessons = field(default_factory=lambda: Lessons((), {}))
    trial: Trial | None = None


_LEARNING: ContextVar[Learning] = ContextVar("learning")


@contextmanager
def learning_for(settings: Settings) -> Iterator[None]:
    """The flow that is called inside the block works on the home of `settings`."""
    token = _LEARNING.set(Learning(settings))
    try:
        yield
    finally:
        _LEARNING.reset(token)


@task(name="collect-corrections", cache_policy=NO_CACHE, persist_result=False)
def collect_task() -> int:
    """People's rows; how many there are."""
    learning = _LEARNING.get()
    learning.found = collect(learning.settings)
    return len(learning.found.examples)


@task(name="try-out", cache_policy=NO_CACHE, persist_result=False)
def trial_task() -> None:
    """The candidate against the model in use."""
    learning = _LEARNING.get()
    learning.trial = trial_of(learning.settings, learning.found)


@task(name="put-into-use", cache_policy=NO_CACHE, persist_result=False)
def use_task() -> LearnReport:
    """A better candidate takes the place of the model in use."""
    learning = _LEARNING.get()
    report = put_into_use(learning.settings, learning.found, learning.trial)
    table = [{"what": "rows of people", "now": report.rows, "candidate": report.rows}]
    if learning.trial is not None:
        pairs = {"test themes": learning.trial.clean, "test themes, misread": learning.trial.noisy, "new rows": learning.trial.rows}
        table += [{"what": f"{what}: right of {pair.number}", "now": pair.now, "candidate": pair.candidate} for what, pair in pairs.items()]
    create_table_artifact(table, key="learning-report", description="replaced" if report.replaced else ", ".join(report.objections))
    return report


@flow(name="learn", persist_result=False)
def learn() -> LearnReport:
    """One learning from everything people have decided up to now."""
    collect_task()
    trial_task()
    return use_task()
