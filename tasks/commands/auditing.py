"""The flow's last step: audit what was loaded, by the rules alone."""

from pathlib import Path
from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.commands.runs import Run
from tasks.database.connect import Target, open_database
from tasks.errors import SeedError
from tasks.report.audit.catalogue import load_rules
from tasks.report.audit.checking import SHOWN_SAMPLES, begin_reading
from tasks.report.audit.conduct import Scope, conduct
from tasks.report.audit.references import read_answers
from tasks.report.audit.results import AuditResult, Severity, write_audit
from tasks.report.audit.show import publish_audit, verdict
from tasks.report.audit.subject import read_subject

# Rules that rows break which the app's own users made; the run cannot answer for those.
OTHERS_ROWS: Final = frozenset({"one-world-tag", "login-tables-empty"})
NAMED: Final = 5  # broken rules in an error message; audit.json has them all


def audit(run: Run) -> AuditResult | None:
    """Audit a run's database once all of its stages are through."""
    if run.target is None:
        return None
    with run.progress.step("audit") as note:
        result = audit_task(run.target, run.folder)
        note.text = verdict(result)
    return result


def insist(run: Run, audited: AuditResult | None) -> None:
    """Fail a run whose audit found a contradiction, once its report is written.

    Raises:
        SeedError: Rows of this world contradict each other. They stay for a look.
    """
    found = audited.broken if audited else ()
    broken = [rule for rule in found if rule.severity is Severity.ERROR]
    if not broken:
        return
    if OTHERS_ROWS & {rule.name for rule in broken}:
        run.progress.tell(
            "the database holds rows that the seeder did not make; what the audit "
            f"found may be theirs: python flows/seed.py audit --edition {run.edition}"
        )
        return
    names = ", ".join(
        f"{rule.name} ({rule.violations} rows)" for rule in broken[:NAMED]
    )
    more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
    raise SeedError(
        f"the loaded edition {run.edition!r} breaks {names}{more}; look at the rows: "
        f"python flows/seed.py audit --edition {run.edition} --rule {broken[0].name} "
        "--show-values"
    )


@task(name="audit", task_run_name="audit", cache_policy=NO_CACHE)
def audit_task(target: Target, folder: Path) -> AuditResult:
    """Try every rule on the loaded edition; keep and publish what was found."""
    with open_database(target) as connection:
        begin_reading(connection)
        subject = read_subject(connection, None)
        scope = Scope(load_rules(), SHOWN_SAMPLES, measures=False)
        answers = read_answers(folder)
        found = conduct(connection, subject, answers, scope, target.display)
    write_audit(folder, found.result)
    publish_audit(found.result)
    return found.result
