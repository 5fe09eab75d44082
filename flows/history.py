"""Prefect's record of our runs: complete when a batch ends, and true after one that was killed."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.events.worker import EventsWorker
from prefect.states import Crashed

ENDED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]
UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
CATCH_UP_SECONDS = 60
"""How long the recorder may need for the last task runs; 1 s for 500 as measured."""
LOST = "the process that ran this was killed"


def wait_until_recorded(ended: State[Any], tasks: int) -> bool:
    """Return when all `tasks` task runs of the run that ended in this state are on record; False when they are not in time."""
    flow_run = ended.state_details.flow_run_id
    if flow_run is None:
        return False
    EventsWorker.drain_all(timeout=CATCH_UP_SECONDS, at_exit=False)  # the next batch of this process has another server
    until = time.monotonic() + CATCH_UP_SECONDS
    with get_client(sync_client=True) as client:
        while (recorded := ended_tasks(client, flow_run)) < tasks and time.monotonic() < until:
            time.sleep(0.1)
    return recorded >= tasks


def ended_tasks(client: SyncPrefectClient, flow_run: UUID) -> int:
    """Task runs of `flow_run` that are on record as ended."""
    filters = {
        "flow_runs": FlowRunFilter(id=FlowRunFilterId(any_=[flow_run])).model_dump(mode="json"),
        "task_runs": TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=ENDED))).model_dump(mode="json"),
    }
    return int(client.request("POST", "/task_runs/count", json=filters).raise_for_status().json())


def mark_lost_runs() -> int:
    """Mark runs as crashed that are on record as under way. Call it when none can be: before the first one. Returns their number."""
    under_way = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNDER_WAY)))
    tasks = TaskRunFilter(state=TaskRunFilterState(type=TaskRunFilterStateType(any_=UNDER_WAY)))
    lost = 0
    with get_client(sync_client=True) as client:
        while runs := client.read_flow_runs(flow_run_filter=under_way):
            for run in runs:
                for task_run in client.read_task_runs(
                    flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run.id])), task_run_filter=tasks
                ):
                    client.set_task_run_state(task_run.id, Crashed(message=LOST), force=True)
                client.set_flow_run_state(run.id, Crashed(message=LOST), force=True)
            lost += len(runs)
    return lost
