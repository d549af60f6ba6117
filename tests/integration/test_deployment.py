"""The deployment on a real server, with a real worker, and as a browser shows it."""

import os
import re
import shutil
from collections.abc import Callable, Generator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from deployed import (
    Deployed,
    deploying,
    example_settings,
    kill_group,
    kill_processes,
    processes_of,
    wait_until,
)
from halts import loaded_at
from playwright.sync_api import Locator, Page, expect, sync_playwright
from program import SECRET

from tasks.commands.automation import NAME, describe_automation
from tasks.commands.parameters import STAGE_STEPS
from tasks.commands.upkeep_line import SILENCE_S

if TYPE_CHECKING:
    from tasks.database.connect import Target

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
# what the shell that deploys may hold, and what no deployment may show
SECRETS: Final = {
    "ANTHROPIC_API_KEY": "sk-of-the-deploying-shell",
    "DATABASE_URL": "postgresql://me:word-of-the-deploying-shell@127.0.0.1:1/app",
    "SEED_SECRET": "secret-of-the-deploying-shell",
    "UNSPLASH_ACCESS_KEY": "key-of-the-deploying-shell",
}
CITIES: Final = ("lisbon", "tokyo", "nairobi")
FAILING: Final = "create-friendships"  # stage 7
BEFORE_IT: Final = STAGE_STEPS[: STAGE_STEPS.index(FAILING)]
REASON: Final = "friendships are closed today"
BREAK: Final = f"""
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RAISE '{REASON}'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON "Friendship" EXECUTE FUNCTION refuse();
"""
MEND: Final = 'DROP TRIGGER refuse ON "Friendship"'
STEP_MS: Final = 60_000  # what a person would wait for a page on a busy machine
RUN_MS: Final = 240_000


@pytest.fixture(scope="module")
def filled(new_lasting_database: Callable[..., "Target"]) -> "Target":
    """The database that the worker's runs fill."""
    return new_lasting_database()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worker's SEED_HOME."""
    return tmp_path_factory.mktemp("worker") / "home"


@pytest.fixture(scope="module")
def deployed(
    filled: "Target", home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Deployed]:
    """The deployment, made from a shell that holds secrets and another SEED_HOME."""
    folder = tmp_path_factory.mktemp("prefect")
    shell = {**SECRETS, "SEED_HOME": str(folder / "not-this-home")}
    worker = {
        "DATABASE_URL": filled.url,
        "SEED_HOME": str(home),
        "SEED_SECRET": SECRET,
        "ANTHROPIC_API_KEY": "",
        "UNSPLASH_ACCESS_KEY": "",
    }
    with deploying(folder, shell, worker) as made:
        yield made


@pytest.fixture(scope="module")
def worker(deployed: Deployed) -> Generator[None]:
    """A worker that the module's runs share."""
    with deployed.working():
        yield


@pytest.fixture
def page(tmp_path: Path) -> Generator[Page]:
    """A page of a headless Chromium; in CI a missing one fails, elsewhere it skips."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no Chromium: apt-get install chromium")
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox"],  # CI runs as root in a container
        )
        opened = browser.new_page()
        opened.set_default_timeout(STEP_MS)
        expect.set_options(timeout=STEP_MS)
        yield opened
        opened.screenshot(path=tmp_path / "last.png", full_page=True)
        browser.close()


def field(page: Page, name: str) -> Locator:
    """Find a parameter in the form."""
    label = page.get_by_text(f"{name} (Optional)", exact=True)
    return page.locator(".schema-form-property").filter(has=label)


def choose(page: Page, name: str, *values: str) -> None:
    """Choose in a parameter's drop-down, as the keyboard opens it."""
    field(page, name).locator(".p-select-button button").focus()
    page.keyboard.press("Space")
    for value in values:
        page.get_by_role("combobox").last.fill(value)
        page.get_by_role("option", name=value, exact=True).click()
    page.get_by_text("Parameters", exact=True).first.click()  # which closes it
    expect(page.get_by_role("listbox")).to_have_count(0)


def fill_in_and_submit(page: Page, deployed: Deployed, edition: str) -> str:
    """Start a run from the deployment's page by its form; give the run's id."""
    identity = deployed.deployment()["id"]
    page.goto(f"{deployed.ui}/deployments/deployment/{identity}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    for name, kind in (("edition", "str"), ("as_of", "date"), ("source", "Source")):
        field(page, name).get_by_text(kind, exact=True).click()
    field(page, "edition").get_by_role("textbox").fill(edition)
    field(page, "as_of").get_by_text("Select date").click()
    page.locator(".p-date-picker input[type=date]").fill("2026-11-16")
    page.locator(".p-date-picker").get_by_role("button", name="Apply").click()
    choose(page, "cities", *CITIES)
    choose(page, "source", "recorded")
    choose(page, "wipe", "none")
    while True:
        with page.expect_response(re.compile("/create_flow_run$")) as answer:
            page.get_by_role("button", name="Submit").click()
        if answer.value.status != HTTPStatus.SERVICE_UNAVAILABLE:
            run: str = answer.value.json()["id"]
            return run


@pytest.mark.usefixtures("worker")
def test_a_failed_stage_is_retried_in_the_ui(
    deployed: Deployed, filled: "Target", page: Page
) -> None:
    """Started by the form, failed at stage 7, retried by the button: 7 to 10 run."""
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    with psycopg.connect(filled.conninfo) as connection:
        connection.execute(BREAK.encode())
    run = fill_in_and_submit(page, deployed, "live")
    page.goto(f"{deployed.ui}/runs/flow-run/{run}")
    badge = page.locator(".state-badge").first
    expect(badge).to_have_text("Failed", timeout=RUN_MS)
    expect(page.get_by_text(REASON).first).to_be_visible()
    expect(page.get_by_text("live", exact=True).first).to_be_visible()
    before = loaded_at(filled)
    assert tuple(before) == BEFORE_IT

    with psycopg.connect(filled.conninfo) as connection:
        connection.execute(MEND.encode())
    retry = page.get_by_role("button", name="Retry")
    retry.click()
    expect(retry).to_have_count(2)  # the page's, and the one that asks again
    retry.last.click()
    expect(badge).to_have_text("Completed", timeout=RUN_MS)

    after = loaded_at(filled)
    assert tuple(after) == STAGE_STEPS
    assert before.items() <= after.items()
    tasks = deployed.ask("task_runs/filter", task_runs={"flow_run_id": {"any_": [run]}})
    second = {
        task["name"]: task["state_name"]
        for task in tasks
        if task["flow_run_run_count"] == 2
    }
    states = {stage: second[stage] for stage in STAGE_STEPS}
    assert states == {
        stage: "Cached" if stage in BEFORE_IT else "Completed" for stage in STAGE_STEPS
    }
    own = ("data:", "blob:", deployed.ui, deployed.ui.replace("http", "ws"))
    assert not {url for url in asked if not url.startswith(own)}


@pytest.mark.usefixtures("worker")
def test_two_runs_take_turns_where_the_worker_says(
    deployed: Deployed, home: Path
) -> None:
    """A second run waits; both work in the worker's SEED_HOME, untracked."""
    words = {"edition": "turns", "cities": ["lisbon"], "dry_run": True}
    runs = [deployed.start(**words) for _ in range(2)]
    seen: dict[int, dict[str, str]] = {}

    def has_begun() -> bool:
        for run in runs:
            seen.update(processes_of(run))
        return bool(seen) or not Path("/proc").is_dir()

    wait_until(has_begun)
    for run in runs:
        deployed.wait_for(run, "Completed")
    first, second = sorted(map(deployed.read, runs), key=lambda run: run["start_time"])
    assert first["end_time"] <= second["start_time"]
    states = [name for run in runs for name in deployed.states_of(run)]
    assert "AwaitingConcurrencySlot" in states
    assert (home / "editions" / "turns" / "world.json").is_file()
    assert not (deployed.folder / "not-this-home").exists()
    for environ in seen.values():
        assert environ["DO_NOT_TRACK"] == "1"
        assert environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_a_deployment_holds_no_secret_and_deploys_again(deployed: Deployed) -> None:
    """No secret of the deploying shell is stored; deploying again changes nothing."""
    first = deployed.deployment()
    deployed.run("prefect", "--no-prompt", "deploy", "--all")
    again = deployed.deployment()
    shown = str(again) + str(deployed.ask("work_pools/filter"))
    assert not [name for name in SECRETS if SECRETS[name] in shown]
    assert "SEED_HOME" not in shown
    assert first["id"] == again["id"]
    (schedule,) = again["schedules"]
    assert schedule["schedule"]["cron"] == "0 3 * * 1"
    assert schedule["schedule"]["timezone"] == "UTC"
    assert again["concurrency_options"]["collision_strategy"] == "ENQUEUE"
    assert again["global_concurrency_limit"]["limit"] == 1
    assert again["tags"] == ["rsvped", "seed"]
    assert again["description"].startswith("Makes this week's world")
    assert again["parameters"] == {"wipe": "seeded", "keep_editions": 8}


def test_the_weekly_run_comes(deployed: Deployed) -> None:
    """The server's scheduler lays the coming Mondays' runs ahead."""
    coming = {"state": {"type": {"any_": ["SCHEDULED"]}}}
    found: list[datetime] = []

    def are_there() -> bool:
        runs = deployed.ask("flow_runs/filter", flow_runs=coming)
        found[:] = [
            datetime.fromisoformat(run["expected_start_time"])
            for run in runs
            if run["auto_scheduled"]
        ]
        return bool(found)

    wait_until(are_there)
    assert {(day.isoweekday(), day.hour, day.minute) for day in found} == {(1, 3, 0)}


def test_the_server_is_told_when_a_run_is_dead(deployed: Deployed) -> None:
    """The automation's command makes one, however often it is given."""
    for _ in range(2):
        assert NAME in deployed.run("python", "flows/seed.py", "automation")
    (made,) = deployed.ask("automations/filter")
    wanted = describe_automation(SILENCE_S)
    assert made["name"] == NAME
    assert made["enabled"]
    assert made["trigger"]["within"] == SILENCE_S
    assert set(made["trigger"]["expect"]) == wanted.trigger.model_dump()["expect"]
    assert made["actions"][0]["state"] == "CRASHED"


def test_the_example_keeps_everything_at_home() -> None:
    """The example's settings are those under which the browser asked nobody else."""
    assert example_settings() == {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
    }


@pytest.mark.whole
def test_a_dead_run_becomes_crashed_and_goes_on(
    deployed: Deployed,
) -> None:
    """Run and worker killed at once: the automation ends the run, a retry completes it.

    It comes last, where no other test's worker is up to report the end.
    """
    command = ("python", "flows/seed.py", "automation", "--within-seconds", "45")
    deployed.run(*command)
    with deployed.working() as worker:
        run = deployed.start(edition="dead", cities=["lisbon"], dry_run=True)
        deployed.wait_for(run, "Running")
        wait_until(lambda: deployed.has_heartbeat(run))
        kill_group(worker.pid)
        kill_processes(run)
    assert deployed.read(run)["state"]["name"] == "Running"
    deployed.wait_for(run, "Crashed")
    assert "No heartbeat for 45 s" in deployed.read(run)["state"]["message"]
    with deployed.working():
        deployed.retry(run)
        deployed.wait_for(run, "Completed")
