"""One built world of a few cities, read back from its files."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for build_small.py

from build_small import Built, build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The world of five recorded cities."""
    folder = tmp_path_factory.mktemp("built")
    return Built(folder, build(folder))
