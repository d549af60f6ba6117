"""A run among poisoned results: nothing of them runs, and the work is done again."""

import base64
import json
from pathlib import Path

from program import Program

SMALL = ("--source", "recorded", "--edition", "small", "--as-of", "2026-11-16")
CITIES = ("--cities", "lisbon", "--stop-after", "match")
WORLD = Path("editions") / "small" / "world.json"


def poisoned(record: bytes, mark: Path) -> tuple[bytes, bytes]:
    """The record made to call a command, once by pickle, once by JSON alone."""
    command = f"mkdir {mark}"
    # a pickle in its text form: os.system(command)
    pickle = f"cos\nsystem\n(V{command}\ntR.".encode()
    by_pickle = json.loads(record)
    by_pickle["metadata"]["serializer"] = {"type": "pickle", "picklelib": "pickle"}
    by_pickle["result"] = base64.encodebytes(pickle).decode()
    by_json = json.loads(record)
    call = {"__class__": "subprocess.getoutput", "data": {"cmd": command}}
    by_json["result"] = json.dumps(call)
    return json.dumps(by_pickle).encode(), json.dumps(by_json).encode()


def test_poisoned_results_are_made_anew(program: Program, tmp_path: Path) -> None:
    """No payload runs, in no task; the same world comes of it, stored anew."""
    program.run(*SMALL, *CITIES)
    world = (program.home / WORLD).read_bytes()
    results = program.home / "results"
    stored = {path.name: path.read_bytes() for path in results.iterdir()}
    (match,) = (name for name in stored if name.startswith("match-"))
    (process,) = (name for name in stored if name.startswith("process-"))
    mark = tmp_path / "payload-ran"
    by_pickle, by_json = poisoned(stored[match], mark)
    for name in stored:
        (results / name).write_bytes(by_pickle if name != process else by_json)

    program.run(*SMALL, *CITIES)

    assert not mark.exists()
    assert (program.home / WORLD).read_bytes() == world
    assert (results / match).read_bytes() == stored[match]
    assert b"subprocess" not in (results / process).read_bytes()
