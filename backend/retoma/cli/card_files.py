"""`retoma export` and `retoma import`: a card as a file."""

import argparse
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from retoma.cli.calls import find_card
from retoma.cli.server import Server
from retoma.core.errors import ConflictError, InvalidError


def export_card(server: Server, given: argparse.Namespace) -> int:
    """Write a card into a file, which is there whole or not at all, or to the standard output."""
    path = f"/api/cards/{find_card(server, given.card)}/export?format={given.form}"
    if given.output is None or str(given.output) == "-":
        for piece in server.download(path):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return 0
    size = _write(server, path, given.output)
    print(json.dumps({"file": str(given.output), "bytes": size}) if given.json else f"{given.output}: {size} bytes.")
    return 0


def import_card(server: Server, given: argparse.Namespace) -> int:
    """Take in a card."""
    query = f"?{urlencode({'projectId': given.project})}" if given.project else ""
    try:
        with given.file.open("rb") as stream:
            taken = server.upload(f"/api/import{query}", stream, os.fstat(stream.fileno()).st_size)
    except OSError as error:
        raise InvalidError(f"{given.file} can't be read: {error.strerror}.") from None
    if given.json:
        print(json.dumps(taken))
    elif taken["isNew"]:
        runs, entries = taken["executions"], taken["entries"]
        print(f"Card #{taken['number']} ({taken['cardId']}) is there, with {runs} executions and {entries} entries.")
    else:
        print(f"Card #{taken['number']} ({taken['cardId']}) was there already, the same; nothing was changed.")
    return 0


def _write(server: Server, path: str, file: Path) -> int:
    draft = file.with_name(f"{file.name}.unfinished")
    try:
        if file.exists():
            raise ConflictError(f"{file} is there already; name another file.")
        size = 0
        try:
            with draft.open("wb") as stream:
                for piece in server.download(path):
                    size += stream.write(piece)
            draft.rename(file)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except OSError as error:
        raise InvalidError(f"{file} can't be written: {error.strerror}.") from None
    return size
