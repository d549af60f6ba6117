"""The report: one HTML file that shows what an edition holds, without a network."""

from typing import Final

REPORT_FILE: Final = "report.html"
