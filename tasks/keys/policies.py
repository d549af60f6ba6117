"""The cache policy of the flow's tasks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prefect.cache_policies import CachePolicy
from prefect.context import TaskRunContext


@dataclass
class KeyedPolicy(CachePolicy):
    """Finds a task's result by the text that the caller gives as its `key`.

    The caller composes the key, so that whoever reads the call sees all of it.
    """

    def compute_key(
        self,
        task_ctx: TaskRunContext,
        inputs: Mapping[str, Any],
        flow_parameters: Mapping[str, Any],  # noqa: ARG002  Prefect's signature
        **kwargs: Any,  # noqa: ANN401, ARG002  Prefect's signature
    ) -> str:
        """Name the stored result: the task's name and its key."""
        return f"{task_ctx.task.name}-{inputs['key']}"
