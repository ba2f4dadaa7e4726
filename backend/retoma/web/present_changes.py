"""What a card changed, from values to the wire."""

from retoma.projects.changes import Changes
from retoma.projects.patch import ChangedFile
from retoma.web import wire_changes


def diff(found: Changes, *, card_id: str, base: str, branch: str | None) -> wire_changes.Diff:
    """Present what a card changed."""
    return {
        "cardId": card_id,
        "source": found.source,
        "base": base,
        "branch": branch,
        "baseCommit": found.base_commit,
        "headCommit": found.head_commit,
        "fileCount": len(found.files) + found.left_out,
        "additions": found.additions,
        "deletions": found.deletions,
        "truncated": found.truncated,
        "files": [_file(file) for file in found.files],
    }


def _file(file: ChangedFile) -> wire_changes.DiffFile:
    return {
        "path": file.path,
        "oldPath": file.old_path,
        "status": file.status,
        "binary": file.binary,
        "additions": file.additions,
        "deletions": file.deletions,
        "truncated": file.truncated,
        "hunks": [
            {
                "oldStart": hunk.old_start,
                "oldLines": hunk.old_lines,
                "newStart": hunk.new_start,
                "newLines": hunk.new_lines,
                "section": hunk.section,
                "lines": list(hunk.lines),
            }
            for hunk in file.hunks
        ],
    }
