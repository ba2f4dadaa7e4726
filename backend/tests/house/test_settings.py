"""Every setting is documented, in the words of the program itself, and no setting is documented that is not there."""

import re

from house.sources import ROOT, python_files
from retoma.settings import Settings

OTHER = re.compile(r"\"(RETOMA_[A-Z_]+)\"")


def test_docs_settings_names_every_setting_with_its_description() -> None:
    text = " ".join((ROOT / "docs/settings.md").read_text("utf-8").split())
    missing = [
        name
        for name, field in Settings.model_fields.items()
        if f"`RETOMA_{name.upper()}`" not in text or " ".join((field.description or "?").split()) not in text
    ]
    assert missing == []


def test_docs_settings_names_nothing_else() -> None:
    documented = set(re.findall(r"`(RETOMA_[A-Z_]+)`", (ROOT / "docs/settings.md").read_text("utf-8")))
    outside = [*python_files("backend/retoma"), *python_files("backend/tests"), ROOT / "hatch_build.py"]
    known = {name for path in outside for name in OTHER.findall(path.read_text("utf-8"))}
    assert documented - known - {f"RETOMA_{name.upper()}" for name in Settings.model_fields} == set()
