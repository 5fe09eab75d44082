"""Learning from people (`intake classify --learn`): corrections of the store -> a candidate -> a trial -> perhaps a new model.

The steps are plain functions; `learning_stages.py` makes Prefect tasks of them. Only counts travel: people's texts stay in the home.
"""

from __future__ import annotations

import fcntl
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from flows.intake import private_files
from flows.server import local_server, prefect_environment, wait_until_ready
from pipeline.errors import IntakeError
from pipeline.experience.classify import load_classifier
from pipeline.experience.corpus import read_corpus
from pipeline.experience.labelled import Choice, Lessons, labelled, replace_file
from pipeline.experience.learn import Knowledge, Trial, objections, try_out
from pipeline.experience.models import install, model_in_use
from pipeline.experience.train import save, train
from pipeline.experience.vectors import load_vectors
from pipeline.settings import Settings
from pipeline.store import open_store
from pipeline.store.judged import judged_rows

log = logging.getLogger(__name__)

TASKS = 3
"""Task runs of the flow: collect, try out, put into use."""


@dataclass(frozen=True)
class LearnReport:
    """What one learning did, in numbers.

    Attributes:
        rows: people's rows that can be learned from.
        left_out: choices that cannot, by reason.
        trial: figures of both models; None when there was nothing to learn from.
        objections: why the model in use stays; empty when it was replaced.
        before, after: names of the model in use.
    """

    rows: int
    left_out: dict[str, int]
    trial: Trial | None
    objections: tuple[str, ...]
    before: str
    after: str

    @property
    def replaced(self) -> bool:
        """Whether another model is in use now."""
        return self.before != self.after

    def document(self) -> dict[str, Any]:
        """As JSON; no text and no name of a person in it."""
        return {**asdict(self), "replaced": self.replaced}


def collect(settings: Settings) -> Lessons:
    """Everything people chose for rows, as the store has it now."""
    store = open_store(settings)
    try:
        with store.reading() as session:
            found = judged_rows(session)
    finally:
        store.close()
    return labelled(Choice(each.scan, f"{each.page}|{each.row}", each.chosen, each.duties) for each in found)


def trial_of(settings: Settings, found: Lessons) -> Trial | None:
    """The candidate held against the model in use; None when there is nothing to learn and nothing to forget."""
    in_use = model_in_use(settings.home)
    if not found.examples and not in_use.learned:
        return None
    knowledge = Knowledge(read_corpus(), in_use.learned, found.examples)
    return try_out(knowledge, load_classifier(in_use.path), load_vectors(), settings.max_error_fields)


def put_into_use(settings: Settings, found: Lessons, trial: Trial | None) -> LearnReport:
    """Train on everything and replace the model in use if the trial allows it; the report stands in the home as well."""
    before = after = model_in_use(settings.home).name
    against = ("nothing_new",) if trial is None else objections(trial, settings.max_error_fields)
    if not against:
        trained, _ = train([*read_corpus(), *found.examples])
        content = io.BytesIO()
        save(trained, content)
        after = install(settings.home, content.getvalue(), found.examples)
    report = LearnReport(len(found.examples), found.left_out, trial, against, before, after)
    replace_file(settings.home / "models" / "report.json", json.dumps(report.document(), indent=1).encode())
    return report


def learn_once(settings: Settings) -> LearnReport:
    """The steps in order, without Prefect."""
    found = collect(settings)
    return put_into_use(settings, found, trial_of(settings, found))


def run_learning(settings: Settings) -> LearnReport:
    """The flow, with a Prefect server for as long as it takes; batches may run meanwhile.

    Raises:
        IntakeError: another learning is at work on the same home, or something is missing on the machine.
    """
    with learning_lock(settings), private_files():
        home = settings.home / "prefect-learning"
        with local_server(home, log_level=settings.log_level, scheduler=False) as server, prefect_environment(server):
            from flows.history import mark_lost_runs, wait_until_recorded
            from flows.learning_stages import learn, learning_for

            wait_until_ready(server)
            mark_lost_runs()
            with learning_for(settings):
                state = learn(return_state=True)
            if not wait_until_recorded(state, TASKS):
                log.warning("the record of this learning is not complete")
    report = state.result()
    if not isinstance(report, LearnReport):
        raise IntakeError("学習が終わりませんでした。もう一度実行してください。")
    return report


@contextmanager
def learning_lock(settings: Settings) -> Iterator[None]:
    """Only one learning, or going back, at a time works on a home. Raises IntakeError."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "learning.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IntakeError("別の学習が動いています。終わってからもう一度実行してください。") from exc
        yield
