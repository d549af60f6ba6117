"""The estimate is near, cheap enough, and made without reading an answer."""

import builtins
import io
import json

import pytest

from matching.vocabulary import LOCATIONS
from tasks.errors import InputError
from tasks.generate.drafts import PassName
from tasks.generate.estimates import Estimate, answer_tokens, estimate
from tasks.generate.prices import DEFAULT_MODEL, cost_usd, price_of
from tasks.generate.prompts import MAX_TOKENS
from tasks.generate.recorded import recorded_answer
from tasks.generate.wire import compact

CITIES = [location.slug for location in LOCATIONS]
SMALL_MODEL = "claude-haiku-5-5"


def edition(model: str = DEFAULT_MODEL) -> list[Estimate]:
    return [estimate(pass_name, CITIES, model) for pass_name in PassName]


def yardstick(pass_name: PassName) -> float:
    """Measure the recorded edition, on the wire, by the notes' formula."""
    return sum(
        answer_tokens(compact(pass_name, json.loads(recorded_answer(pass_name, city))))
        for city in CITIES
    )


@pytest.mark.parametrize("pass_name", PassName)
def test_the_estimate_is_within_15_per_cent_of_the_yardstick(
    pass_name: PassName,
) -> None:
    """Each pass's output beside the recorded answers' characters on the wire."""
    expected = estimate(pass_name, CITIES, DEFAULT_MODEL).output_tokens
    assert expected == pytest.approx(yardstick(pass_name), rel=0.15)


def test_the_recorded_content_costs_what_it_may() -> None:
    """With the output that the recorded edition has: $1.58 at most, $1.40 the aim."""
    output = sum(yardstick(pass_name) for pass_name in PassName)
    asked = sum(found.input_tokens for found in edition())
    assert cost_usd(DEFAULT_MODEL, asked, round(output)) < 1.42


@pytest.mark.parametrize(
    ("model", "most_usd"), [(DEFAULT_MODEL, 1.58), (SMALL_MODEL, 0.40)]
)
def test_a_full_edition_is_cheap(model: str, most_usd: float) -> None:
    """Three passes over 69 cities at the true batch price."""
    found = edition(model)
    assert [each.requests for each in found] == [69, 69, 69]
    assert 0.1 < sum(each.usd for each in found) <= most_usd
    for each in found:
        assert each.usd_low < each.usd < each.usd_high


def test_no_file_is_read_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It cannot have looked at an answer: nothing can be opened while it is made."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened a file")

    estimate(PassName.COMMUNITIES, CITIES[:1], DEFAULT_MODEL)  # loads the vocabulary
    monkeypatch.setattr(io, "open", refuse)
    monkeypatch.setattr(builtins, "open", refuse)
    assert sum(each.usd for each in edition()) > 1


def test_the_formula_counts_prose_and_json_apart() -> None:
    """Twelve prose characters and 15 bytes of JSON, a slug among them."""
    found = answer_tokens({"n": "x" * 12, "k": "bar"})
    assert found == pytest.approx(1.2 * (12 / 4 + (len('{"n":"","k":"bar"}')) / 3))


@pytest.mark.parametrize("pass_name", PassName)
def test_the_longest_answer_fits_its_limit_twice(pass_name: PassName) -> None:
    """A cut answer is paid for nothing, with the model that needs most tokens too."""
    longest = max(
        answer_tokens(compact(pass_name, json.loads(recorded_answer(pass_name, city))))
        for city in CITIES
    )
    assert 2 * longest * price_of(SMALL_MODEL).token_share < MAX_TOKENS[pass_name]


def test_fewer_cities_cost_less() -> None:
    """What is missing is what is estimated; nothing missing costs nothing."""
    one = estimate(PassName.USERS, CITIES[:1], DEFAULT_MODEL)
    assert one.requests == 1
    assert one.usd < estimate(PassName.USERS, CITIES[:2], DEFAULT_MODEL).usd
    assert estimate(PassName.USERS, [], DEFAULT_MODEL).usd == 0


def test_an_unknown_model_has_no_estimate() -> None:
    """A price that nobody knows is no zero."""
    with pytest.raises(InputError, match=r"'claude-opus-9'.*prices"):
        estimate(PassName.USERS, CITIES[:1], "claude-opus-9")


def test_batch_price_is_half_the_list_price() -> None:
    """A million tokens each way of the default model: $0.50 and $2.50."""
    assert cost_usd(DEFAULT_MODEL, 10**6, 0) == 0.50
    assert cost_usd(DEFAULT_MODEL, 0, 10**6) == 2.50
    assert cost_usd(DEFAULT_MODEL, 10**6, 10**6, batch=False) == 6.00
    assert cost_usd(SMALL_MODEL, 10**6, 10**6) == pytest.approx(0.30)
