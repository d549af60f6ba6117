"""Write a report in a process of its own: `python -m tasks.report.page FOLDER`.

Drawing takes memory that the flow's process would keep until it ends.
"""

import sys
from pathlib import Path

from tasks.editions import World, read_model
from tasks.errors import SeedError
from tasks.report.page.render import write_report


def main(folder: Path) -> int:
    """Write the report of the world in an edition's folder."""
    world = read_model(folder / "world.json", World)
    try:
        write_report(folder, world)
    except SeedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
