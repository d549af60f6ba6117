"""What goes into a batch and comes out of it, without the library that carries it.

That library takes seconds to import: whoever only looks at what is there needs none.
"""

from dataclasses import dataclass
from typing import Any

from tasks.editions import Manifest


class Marker(Manifest):
    """The newest batch there was before a create: one's own can only be newer."""

    batch_id: str
    created_at: str  # ISO 8601, as the API gives it


class BatchRequest(Manifest):
    """One request of a batch: a Messages API call under a name of ours."""

    custom_id: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Row:
    """The result of one request, as received."""

    custom_id: str
    line: str  # JSON, as it came
    succeeded: bool  # and so paid for
