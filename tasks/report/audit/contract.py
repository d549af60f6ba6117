"""The coherence contract: the bands in which a truthful world's figures lie."""

import tomllib
from typing import Final

from tasks.editions import Manifest
from tasks.report.audit.catalogue import PACKAGE

CONTRACT_FILE: Final = "contract.toml"


class Band(Manifest):
    """The least and greatest value of a figure, ends included; None is open."""

    low: float | None = None
    high: float | None = None
    source: str  # where it comes from
    only: str | None = None  # the source of worlds that the band is for


def read_contract() -> dict[str, Band]:
    """Read the band of every figure that has one, by its name."""
    text = PACKAGE.joinpath(CONTRACT_FILE).read_text(encoding="utf-8")
    return {
        name: Band.model_validate(band) for name, band in tomllib.loads(text).items()
    }
