"""The words of the commands that look at what was made, and change nothing of it.

Commands are imported when they are called, as in tasks.commands.line.
"""
# Hence:
# ruff: noqa: PLC0415

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tasks.commands.kinds import count, day, port, positive

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]

COMMANDS: Final = ("status", "serve", "accounts", "report", "explain", "audit")
SAMPLES_SHOWN: Final = 5  # offending rows of a broken rule
LOGINS_SHOWN: Final = 10  # what fits a screen beside its heading


def add_commands(add: AddCommand, program: str) -> None:
    """Add the commands to the parser.

    Args:
        add: Takes a command's name, its summary and its examples.
        program: How the program is called, for the examples.
    """
    status = add(
        "status",
        "what an edition has done, and why more is due",
        f"""\
examples:
  {program} status                  the editions, and the latest one's steps
  {program} status --edition 2026-W47
""",
    )
    status.add_argument("--edition", metavar="NAME", help="by default the latest")
    serve = add(
        "serve",
        "keep the embedded database up for the app",
        f"""\
examples:
  {program} serve                   on a free port of this machine
  {program} serve --port 54320      then set the printed URL as the app's DATABASE_URL
""",
    )
    serve.add_argument(
        "--port", type=port, metavar="N", help="by default one that is free"
    )
    accounts = add(
        "accounts",
        "logins of the people made",
        f"""\
examples:
  {program} accounts                the demo user and some people
  {program} accounts --city lisbon --limit 3
""",
    )
    accounts.add_argument("--edition", metavar="NAME", help="by default the latest")
    accounts.add_argument("--city", metavar="SLUG", help="people of this city only")
    accounts.add_argument(
        "--limit",
        type=positive,
        default=LOGINS_SHOWN,
        metavar="N",
        help=f"how many to print, by default {LOGINS_SHOWN}",
    )
    report = add(
        "report",
        "one HTML file that shows an edition",
        f"""\
examples:
  {program} report                  write the latest edition's report.html
  {program} report --person inesduarte --open
""",
    )
    report.add_argument("--edition", metavar="NAME", help="by default the latest")
    report.add_argument(
        "--person", metavar="USERNAME", help="whose life to tell, by default Alex's"
    )
    report.add_argument("--open", action="store_true", help="show it in the browser")
    _add_explain(
        add(
            "explain",
            "why a row is what it is",
            f"""\
examples:
  {program} explain person alexdemo
  {program} explain friendship alexdemo inesduarte
  {program} explain event SLUG      a slug or an id as the person's lists give it
  {program} explain rsvp ID --json
""",
        )
    )
    _add_audit(
        add(
            "audit",
            "what contradicts what",
            f"""\
examples:
  {program} audit                   every rule and figure, on the embedded database
  {program} audit --baseline        beside worlds that lack coherence
  {program} audit --rule nobody-in-two-places --sample 20 --show-values
  DATABASE_URL=postgresql://… {program} audit --json audit.json

exit code: 0 clean, 1 something contradicts something, 2 it could not be told
""",
        )
    )


def carry_out(words: argparse.Namespace) -> int:
    """Carry out one of these commands; give the process's exit code."""
    if words.command == "status":
        from tasks.commands.status import status

        return status(words.edition)
    if words.command == "serve":
        from tasks.commands.serve import serve

        return serve(words.port)
    if words.command == "accounts":
        from tasks.commands.accounts import accounts

        return accounts(words.edition, words.city, words.limit)
    if words.command == "report":
        from tasks.commands.report import report

        return report(words.edition, words.person, is_opened=words.open)
    if words.command == "explain":
        from tasks.commands.explain import explain

        return explain(words.what, words.names, words.edition, as_json=words.json)
    from tasks.commands.audit import AuditRequest, audit

    return audit(
        AuditRequest(
            edition=words.edition,
            as_of=words.as_of,
            rules=tuple(words.rule),
            samples=words.sample,
            baseline=words.baseline,
            show_values=words.show_values,
            json=words.json,
        )
    )


def _add_explain(explain: argparse.ArgumentParser) -> None:
    what = explain.add_subparsers(dest="what", metavar="what", required=True)
    for name, words, summary in (
        ("rsvp", ("ID",), "why somebody is at an event, with this ticket"),
        ("friendship", ("PERSON", "PERSON"), "why two people are friends"),
        ("event", ("SLUG",), "why an event is then, there and so full"),
        ("person", ("USERNAME",), "what a person does, and why"),
    ):
        kind = what.add_parser(
            name, help=summary, description=summary, allow_abbrev=False
        )
        for word in words:
            kind.add_argument("names", action="append", metavar=word)
        kind.add_argument("--edition", metavar="NAME", help="by default the latest")
        kind.add_argument("--json", action="store_true", help="print it as JSON")


def _add_audit(audit: argparse.ArgumentParser) -> None:
    audit.add_argument(
        "--edition", metavar="NAME", help="refuse unless the database holds this one"
    )
    audit.add_argument(
        "--as-of",
        type=day,
        metavar="DAY",
        help="the day to judge a database by that the seeder did not fill",
    )
    audit.add_argument(
        "--rule",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="only these rules, and no figures",
    )
    audit.add_argument(
        "--sample",
        type=count,
        default=SAMPLES_SHOWN,
        metavar="N",
        help=f"offending rows shown of a rule, by default {SAMPLES_SHOWN}",
    )
    audit.add_argument(
        "--baseline",
        action="store_true",
        help="measure three worlds without coherence too (about a minute)",
    )
    audit.add_argument(
        "--show-values",
        action="store_true",
        help="print the offending rows' values, on a terminal only; ids otherwise",
    )
    audit.add_argument(
        "--json", type=Path, metavar="PATH", help="write the result there too"
    )
