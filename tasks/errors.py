"""The errors a person sees.

Every message says what is wrong, the value found (`!r`), and the next step. None can
steer a terminal or a log, whatever names stand in it.
"""

from tasks.terminal import printable


class SeedError(Exception):
    """Something stopped the run; nothing was lost, the message says what to do."""

    def __init__(self, message: str) -> None:
        """Keep the message in the form in which it may be shown."""
        super().__init__(printable(message))


class InputError(SeedError):
    """A parameter or a setting is unusable; nothing was written."""


class DatabaseError(SeedError):
    """The database cannot be used as asked."""


class RefusedError(SeedError):
    """Going on could harm rows that the seeder did not make, or mix two worlds."""


class NotReadyError(SeedError):
    """Another service is not done or not to be had; the same run goes on later."""
