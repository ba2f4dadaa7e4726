"""`retoma verify`: prints what was compared, and every difference."""

import json
import sys
from dataclasses import asdict

from retoma.cli.data_folder import is_locked
from retoma.core.errors import NotFoundError
from retoma.settings import Settings
from retoma.verification.report import Finding, Report
from retoma.verification.verify import Verification

_WRONG_USE = 2


def verify(settings: Settings, execution: str | None, *, speaks_json: bool) -> int:
    """Verify all, or one execution. Returns 1 where something differs, 2 where there is no such execution."""
    try:
        report = Verification(settings, served=is_locked(settings.data)).run(execution)
    except NotFoundError as error:
        print(json.dumps({"error": error.detail}) if speaks_json else f"retoma: {error.detail}", file=sys.stderr)
        return _WRONG_USE
    if speaks_json:
        found = [asdict(finding) for finding in report.differences]
        remarks = [asdict(finding) for finding in report.remarks]
        checked = {"".join(_camel(name)): count for name, count in report.counts.items()}
        print(json.dumps({"checked": checked, "found": report.found, "differences": found, "remarks": remarks}))
    else:
        _print(report)
    return 1 if report.found else 0


def _print(report: Report) -> None:
    counts = report.counts
    print(
        f"Compared {counts['executions']} executions on {counts['cards']} cards: {counts['entries']} entries "
        f"({counts['own_entries']} of them Retoma's own) with {counts['journal_bytes']} bytes of journals."
    )
    if counts["removed_logs"]:
        print(f"Of {counts['removed_logs']} of them the log was removed because of its age.")
    for finding in report.remarks:
        print(f"note    {_line(finding)}")
    for finding in report.differences:
        print(f"DIFFERS {_line(finding)}")
    if report.found > len(report.differences):
        print(f"… and {report.found - len(report.differences)} more.")
    print(f"{report.found} differences." if report.found else "No difference.")


def _line(finding: Finding) -> str:
    return f"{finding.execution or '-':<16} {finding.check:<8} {finding.sentence}"


def _camel(name: str) -> list[str]:
    first, *rest = name.split("_")
    return [first, *(word.title() for word in rest)]
