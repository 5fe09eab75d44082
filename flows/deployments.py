"""What runs by schedule: one batch, without anybody there. Deployed by `intake serve` or, on several machines, by prefect.yaml."""

from __future__ import annotations

import os
import threading
import time

from prefect import flow
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows.batch import BatchReport
from flows.intake import PRIVATE, open_batch, run_lock
from flows.stages import intake, working_on
from pipeline import log
from pipeline.settings import Settings

DEPLOYMENT = "nightly"
ORPHAN_CHECK_SECONDS = 1.0
"""How often a run looks whether the process that started it is still there."""


@flow(name="nightly", persist_result=False)
def nightly() -> BatchReport:
    """One batch with the settings of the environment. Waits for a batch that is under way to end."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    os.umask(PRIVATE)  # a worker of somebody else's Prefect may have started us with another one
    settings = Settings()
    log.configure(settings.log_level)
    with run_lock(settings, wait=True), open_batch(settings) as batch, working_on(batch):
        return intake()


def deployment(settings: Settings) -> RunnerDeployment:
    """`nightly` on the schedule of `settings`; what a stopped machine missed is made up for when it is back."""
    return RunnerDeployment.from_flow(
        nightly,
        name=DEPLOYMENT,
        schedule=Cron(settings.schedule, timezone=settings.timezone),
        description="夜間の一括読み取り",
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _end_with_parent(parent: int) -> None:
    """A run whose runner was killed would go on unseen and stay "running" for ever."""
    while os.getppid() == parent:
        time.sleep(ORPHAN_CHECK_SECONDS)
    os._exit(1)
