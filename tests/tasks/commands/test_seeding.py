"""A stage is tried again for a lost connection, and for nothing else."""

import psycopg
import pytest
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed

from tasks.commands.seeding import is_worth_retrying, load_stage_task
from tasks.database.connect import Target, open_database
from tasks.errors import DatabaseError, RefusedError

NOWHERE = Target("host=127.0.0.1 port=1 dbname=none connect_timeout=2", "nowhere")


def worth(error: Exception) -> bool:
    state = Failed(data=error)
    run = TaskRun(task_key="load", dynamic_key="0")
    return is_worth_retrying(load_stage_task, run, state)


def test_a_lost_connection_is_worth_retrying() -> None:
    """A server that went away comes out as our error, and is still recognised."""
    with pytest.raises(DatabaseError) as caught, open_database(NOWHERE):
        pass

    assert worth(caught.value)


def test_other_failures_are_not() -> None:
    """A refusal, a wrong statement or a bug fails at once: waiting mends nothing."""
    wrong = DatabaseError("wrong")
    wrong.__cause__ = psycopg.errors.UndefinedColumn("no such column")

    assert not worth(wrong)
    assert not worth(RefusedError("another world"))
    assert not worth(ValueError("a bug"))
