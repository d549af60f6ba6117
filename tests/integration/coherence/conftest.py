"""Lets the tests here import their siblings: tests is no package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
