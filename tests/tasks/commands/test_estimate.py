"""`estimate`, by the command line: both models, a range, and clear refusals."""

import re

import pytest

from tasks.commands.estimate import estimate_lines, show_estimate
from tasks.errors import InputError
from tasks.generate.prices import DEFAULT_MODEL


def test_it_prints_both_models_with_a_total_and_a_range(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The default model's edition for $1.58 at most, the smaller one's for $0.40."""
    assert show_estimate([], None) == 0
    said = capsys.readouterr().out
    totals = re.findall(
        r"together +207 .* (\d\.\d\d) +\((\d\.\d\d) to (\d\.\d\d)\)", said
    )
    assert len(totals) == 2
    for (usd, low, high), most in zip(totals, (1.58, 0.40), strict=True):
        assert float(low) < float(usd) < float(high)
        assert float(usd) <= most
    assert "Yardstick" in said
    assert "no answer was read" in said


def test_it_can_be_asked_for_some_cities() -> None:
    """Named twice, a city is asked once."""
    lines = list(estimate_lines(("lisbon",), DEFAULT_MODEL))
    assert lines[-1].split()[:2] == ["together", "3"]


def test_it_refuses_what_it_does_not_know() -> None:
    """A city or model that is mistyped, with what comes near."""
    with pytest.raises(InputError, match="'berlin'"):
        show_estimate(["berln"], None)
    with pytest.raises(InputError, match="'gpt'"):
        show_estimate(["lisbon", "lisbon"], "gpt")
