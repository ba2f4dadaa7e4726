"""Where the data are, and how much disk they take."""

from pathlib import Path
from time import monotonic

import httpx

from retoma.storage.occupied import folder_bytes
from support.edge import Edge, running_edge


def test_it_tells_the_folder_and_what_each_part_takes(edge: Edge, client: httpx.Client) -> None:
    before = client.get("/api/storage").raise_for_status().json()
    data = Path(before["dataFolder"])
    assert data == edge.services.settings.data
    assert before["databaseBytes"] >= (data / "retoma.db").stat().st_size
    assert before["freeBytes"] > 0
    assert before["retentionDays"] == 30
    assert (before["runsBytes"], before["worktreesBytes"]) == (0, 0)

    for name, size in (("runs", 100_000), ("workspaces", 300_000)):
        folder = data / name / "one" / "deep"
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"x" * size)
    (data / "runs" / "link").symlink_to(data / "retoma.db")
    after = client.get("/api/storage").raise_for_status().json()
    assert 100_000 <= after["runsBytes"] < 150_000
    assert 300_000 <= after["worktreesBytes"] < 350_000
    assert after["isComplete"] is True


def test_on_postgresql_the_database_says_itself_what_it_takes(tmp_path: Path, postgres_url: str) -> None:
    with running_edge(tmp_path, postgres_url) as edge, edge.client() as client:
        empty = client.get("/api/storage").raise_for_status().json()
        execution = edge.start(edge.add_card(edge.add_project()))
        edge.run(execution)
        edge.write(execution, 1000, content="x" * 1000)
        filled = client.get("/api/storage").raise_for_status().json()
    assert empty["databaseBytes"] > 1_000_000
    assert filled["databaseBytes"] - empty["databaseBytes"] > 500_000
    assert filled["dataFolder"] == str(tmp_path)


def test_counting_ends_when_its_time_is_over(tmp_path: Path) -> None:
    for n in range(50):
        (tmp_path / f"file {n}").write_bytes(b"x" * 5000)
    counted, complete = folder_bytes(tmp_path, until=monotonic())
    assert (counted, complete) == (0, False)
    counted, complete = folder_bytes(tmp_path, until=monotonic() + 60)
    assert complete
    assert counted >= 50 * 5000
    assert folder_bytes(tmp_path / "gone", until=monotonic() + 60) == (0, True)
