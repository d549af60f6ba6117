"""The report as a browser shows it, and what must never stand in it."""

import base64
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from program import Program

from tasks.commands.made import read_world
from tasks.commands.reporting import SHOWN
from tasks.editions import edition_folder
from tasks.errors import InputError
from tasks.report.audit.results import (
    AuditResult,
    MetricResult,
    RuleResult,
    Severity,
    write_audit,
)
from tasks.report.page import REPORT_FILE
from tasks.report.page.account import read_account, write_account
from tasks.report.page.edition import Edition, read_edition
from tasks.report.page.pictures import pictures
from tasks.report.page.render import render

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# whom Chromium itself asks for updates and the time; none of them is reached here
BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com")
PATIENCE_S = 60
MOST_BYTES = 3_000_000
PHONE_PX = 390
HOSTILE = "<img src=//evil.example/x onerror=alert(1)>$x_{$ \"quoted\" & 'more'"
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


class Seeded(Protocol):
    """What of the seeded edition's fixture is read here."""

    home: Path


@pytest.fixture(scope="module")
def edition(seeded_edition: Seeded) -> Edition:
    """The full recorded edition, as the report reads it."""
    folder = edition_folder(seeded_edition.home, "full")
    world = read_world(folder)
    assert world is not None
    return read_edition(folder, world)


@pytest.fixture
def browser() -> str:
    """A headless Chromium; in CI a missing one fails, elsewhere it skips."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI has no Chromium: apt-get install chromium")
    return found or pytest.skip("no Chromium here")


def audited(edition: Edition, folder: Path) -> Edition:
    """Give the edition in a folder where an audit found something."""
    audit = AuditResult(
        edition=edition.world.edition,
        world_id=edition.world.world_id,
        as_of=edition.world.as_of,
        database="none",
        rules=(
            RuleResult(
                name="kept-rule",
                group="time",
                meaning="Nothing ends before it starts.",
                severity=Severity.ERROR,
                tolerance=0,
                violations=0,
            ),
            RuleResult(
                name="broken-rule",
                group="money",
                meaning=f"Nobody pays twice {HOSTILE}.",
                severity=Severity.ERROR,
                tolerance=0,
                violations=3,
                samples=("c0aaa1", "c0aaa2"),
            ),
        ),
        metrics=(
            MetricResult(
                name="same-city-share",
                group="friends",
                meaning="Friends in one city.",
                value=0.84,
                low=0.75,
                high=0.92,
            ),
        ),
        baselines={
            "links shuffled": {"same-city-share": 0.017},
            "faker": {"same-city-share": 0.8},
            "links at random": {"same-city-share": None},
        },
        seconds=1.5,
    )
    write_audit(folder, audit)
    account = read_account(edition.folder)
    assert account is not None
    write_account(folder, account)
    return replace(edition, folder=folder)


def hostile(edition: Edition) -> Edition:
    """Give the edition with every name and title out to break the page."""
    tables = dict(edition.tables)
    for table, columns in (
        ("User", ("name", "bio", "profession")),
        ("Event", ("title", "venueName")),
        ("Community", ("name", "description")),
        ("TicketTier", ("name",)),
        ("EventFeedback", ("comment",)),
    ):
        tables[table] = tables[table].with_columns(
            pl.lit(HOSTILE).alias(column) for column in columns
        )
    return replace(edition, tables=tables)


def opened(
    browser: str, page: Path, *options: str
) -> "subprocess.CompletedProcess[str]":
    """Open a page in a profile of its own; give what the browser said."""
    return subprocess.run(  # noqa: S603  the test's own browser
        [
            browser,
            "--headless",
            "--no-sandbox",  # CI runs as root in a container
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={page.parent / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )


def requested(log: Path) -> set[str]:
    """Every URL that a browser's network log says a page asked for."""
    kept: dict[str, Any] = json.loads(log.read_text())
    urls: set[str] = {
        event.get("params", {}).get("url", "")
        for event in kept["events"]
        if isinstance(event.get("params"), dict)
    }
    return {
        url
        for url in urls
        if url.startswith(("http", "ws", "ftp"))
        and not (urlsplit(url).hostname or "").endswith(BROWSERS_OWN)
    }


@pytest.mark.parametrize("names", ["as they are", "hostile"])
def test_it_opens_without_network_and_without_console_errors(
    edition: Edition, browser: str, tmp_path: Path, names: str
) -> None:
    """A browser asks for nothing, and complains of nothing, whatever the names."""
    shown = audited(edition, tmp_path)
    page = tmp_path / REPORT_FILE
    page.write_text(render(hostile(shown) if names == "hostile" else shown))
    log = tmp_path / "net.json"
    said = opened(browser, page, f"--log-net-log={log}", "--dump-dom")
    assert "CONSOLE" not in said.stderr
    assert requested(log) == set()
    assert "One life" in said.stdout
    assert "<script" not in said.stdout
    assert "<img" not in said.stdout


def test_a_page_that_reaches_out_would_be_noticed(browser: str, tmp_path: Path) -> None:
    """The check above can fail: a page with an image elsewhere and an error shows."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<img src='http://evil.example/x'><script>console.error('oh')</script>"
    )
    log = tmp_path / "net.json"
    said = opened(browser, page, f"--log-net-log={log}", "--dump-dom")
    assert "CONSOLE" in said.stderr
    assert any("evil" in url for url in requested(log))


def test_it_fits_a_phone(edition: Edition, browser: str, tmp_path: Path) -> None:
    """At 390 pixels nothing makes the page scroll sideways."""
    shown = audited(edition, tmp_path)
    report = tmp_path / REPORT_FILE
    report.write_text(render(shown))
    frame = tmp_path / "frame.html"
    # headless windows are at least 500 pixels wide: a frame is as narrow as a phone
    frame.write_text(
        f"<iframe id=f width={PHONE_PX} height=900 src={REPORT_FILE}></iframe>"
        "<script>addEventListener('load', () => { document.title = "
        "document.getElementById('f').contentDocument.documentElement.scrollWidth"
        "})</script>"
    )
    said = opened(browser, frame, "--allow-file-access-from-files", "--dump-dom")
    width = re.search(r"<title>(\d+)</title>", said.stdout)
    assert width is not None
    assert int(width[1]) <= PHONE_PX


def test_it_is_one_small_file_the_same_each_time(
    edition: Edition, tmp_path: Path
) -> None:
    """The same files give the same bytes, well under three megabytes."""
    shown = audited(edition, tmp_path)
    first = render(shown)
    assert first == render(shown)
    assert len(first.encode()) < MOST_BYTES


def test_every_id_on_the_page_is_unique(edition: Edition, tmp_path: Path) -> None:
    """Drawings share a page: no id stands twice, and every reference has its id."""
    text = render(audited(edition, tmp_path))
    ids = re.findall(r'\bid="([^"]+)"', text)
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', text)
    assert len(ids) == len(set(ids))
    assert set(used) <= set(ids)


def test_it_tells_what_the_audit_found(edition: Edition, tmp_path: Path) -> None:
    """Violations stand with their samples, and the three foils side by side."""
    text = render(audited(edition, tmp_path))
    for word in ("broken-rule", "c0aaa1", "links shuffled", "links at random", "0.017"):
        assert word in text
    other = edition.world.model_copy(update={"world_id": "another"})
    stale = render(replace(audited(edition, tmp_path), world=other))
    assert "audit was of another world" in stale
    assert "broken-rule" not in stale


def test_it_is_honest_about_faker(edition: Edition) -> None:
    """A world of Faker's says what is lost, and a recorded one does not."""
    faked = edition.world.model_copy(update={"source": "faker"})
    assert "nothing that they say hangs" in render(replace(edition, world=faked))
    assert "Faker: names" not in render(edition)


def test_it_holds_no_address_and_no_password(edition: Edition) -> None:
    """No e-mail address, hash or login stands in a file that may be sent around."""
    text = render(edition)
    assert ADDRESS.findall(text) == []
    assert "$2b$" not in text
    assert "DemoUser" not in text


def test_a_run_wrote_it_with_its_own_times(edition: Edition) -> None:
    """The run that loaded the edition left the report behind, and its steps in it."""
    text = (edition.folder / REPORT_FILE).read_text()
    assert edition.world.world_id in text
    assert "Seconds per step of the last run" in text
    assert "create-orders" in text


def test_the_command_tells_the_life_of_whoever_is_named(
    seeded_edition: Seeded, edition: Edition
) -> None:
    """`report --person` writes that person's life; an unknown one is refused."""
    home = seeded_edition.home
    program = Program(home, home.parent / "prefect")
    someone = edition["User"].filter(~pl.col("isDemo")).sort("username")
    name, username = someone["name"][0], someone["username"][0]
    printed = program.run("report", "--person", username)
    assert printed.strip() == str(edition.folder / REPORT_FILE)
    assert f"One life: {name}" in (edition.folder / REPORT_FILE).read_text()
    refused = program.run("report", "--person", "nobody", code=2)
    assert "nobody in edition 'full' has the user name 'nobody'" in refused
    with pytest.raises(InputError, match="'nobody'"):
        render(edition, "nobody")


def test_charts_stand_alone_as_pictures(edition: Edition) -> None:
    """Taken out of the page, each chart is a whole SVG that has its own colours."""
    drawn = pictures(render(edition))
    assert {*SHOWN} <= drawn.keys()
    for title, image in drawn.values():
        kind, encoded = image.split(",", 1)
        assert kind == "data:image/svg+xml;base64"
        svg = base64.b64decode(encoded).decode()
        assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314  our own
        assert "var(" not in svg
        assert title
