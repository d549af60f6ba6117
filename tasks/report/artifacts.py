"""The account of one run as Prefect artifacts, for whoever watches the UI."""

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from tasks.report.summary import RunSummary, summary_facts


def publish_summary(summary: RunSummary) -> None:
    """Leave a run's account in Prefect: a page, and the rows per table."""
    facts = "\n".join(f"- {line}" for line in summary_facts(summary))
    steps = "\n".join(
        f"| {done.step} | {done.seconds:.1f} | {done.note} |" for done in summary.steps
    )
    create_markdown_artifact(
        key="seed-summary",
        description=f"What the run of edition {summary.edition} did",
        markdown=f"# Edition {summary.edition}\n\n{facts}\n\n"
        f"| step | seconds | |\n|---|---:|---|\n{steps}\n",
    )
    create_table_artifact(
        key="seed-rows",
        description=f"Rows per table of edition {summary.edition}",
        table=[{"table": row.table, "rows": row.rows} for row in summary.tables],
    )
