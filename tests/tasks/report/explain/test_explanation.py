"""An explanation shows the names of an edition and does nothing with them."""

from tasks.report.explain.explanation import (
    Explanation,
    Fact,
    explanation_text,
    unknown,
)
from tasks.terminal import printable

STEERING = "\x1b[2J\u202eevil\u2028\n✓ all is well"


def test_names_steer_no_terminal() -> None:
    """Wherever a name may stand: a title, a value, its reason, a list's row."""
    told = Explanation(
        table="User",
        id="u",
        title=STEERING,
        row={},
        facts=(Fact(name="name", value=STEERING, why=STEERING),),
        lists={STEERING: ({"name": STEERING},)},
    )
    shown = explanation_text(told)
    assert printable(shown) == shown
    assert shown.count("evil") == 5
    assert not [line for line in shown.split("\n") if line.startswith("✓")]


def test_names_that_come_near_steer_no_terminal() -> None:
    """Suggestions are names of the edition too."""
    said = str(unknown("person", "evil", ["evil\x1b", "\u202eevil"]))
    assert printable(said) == said
    assert "evil\ufffd" in said
