"""Try every rule and band on a seeded database and print what breaks them.

python tests/integration/coherence/check.py postgresql://localhost/rsvped
"""

import argparse
import sys

import psycopg
from measures import load_bands
from rulebook import find_offences, load_rules, open_audit

SAMPLES = 3  # offending rows shown for a rule


def main() -> int:
    """Print the offences and the bands; 1 if anything is off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url", help="URL or conninfo of a seeded database")
    parser.add_argument("--only", default="", help="names that contain this")
    arguments = parser.parse_args()
    try:
        with open_audit(arguments.database_url) as audit:
            broken = _print_offences(audit, arguments.only)
            off = _print_bands(audit, arguments.only)
    except (psycopg.Error, LookupError) as error:
        print(f"Not audited: {error}", file=sys.stderr)  # noqa: T201  a script's output
        return 2
    print(f"{broken} rules broken, {off} bands missed")  # noqa: T201  a script's output
    return 1 if broken or off else 0


def _print_offences(audit: psycopg.Connection[dict[str, object]], only: str) -> int:
    """Print each broken rule with its first rows; return how many there are."""
    broken = 0
    for rule in load_rules():
        if only not in rule.name:
            continue
        offences = find_offences(audit, rule)
        if offences:
            broken += 1
            lines = [f"{rule.group}/{rule.name}: {len(offences)} rows", rule.meaning]
            for offence in offences[:SAMPLES]:
                lines.append(  # noqa: PERF401  reads better than a nested expression
                    ", ".join(f"{key}={value}" for key, value in offence.items())
                )
            print("\n    ".join(lines))  # noqa: T201  a script's output
    return broken


def _print_bands(audit: psycopg.Connection[dict[str, object]], only: str) -> int:
    """Print every band with its value; return how many are missed."""
    missed = 0
    for band in load_bands():
        if only not in band.name:
            continue
        value = band.measure(audit)
        holds = band.holds(value)
        missed += not holds
        shown = "none" if value is None else f"{value:.4g}"
        print(  # noqa: T201  a script's output
            f"{'ok ' if holds else 'OFF'} {band.name:38} {shown:>9}"
            f"   {band.least:g} to {band.greatest:g}"
        )
    return missed


if __name__ == "__main__":
    sys.exit(main())
