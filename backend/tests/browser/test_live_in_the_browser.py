"""What goes on is on the page at once, however much it is and whatever happens to the connection."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, WebSocket, expect

from support.board import Board
from support.edge import Edge, running_edge
from support.frames import Frames
from support.page import PATIENCE, CardPage, sign_in
from support.repositories import make_repository
from support.running_cards import running_cards
from support.silent_network import SilentNetwork

pytestmark = pytest.mark.timeout(120)

_RUNS = 500
_PROJECTS = 70  # more than one socket may have topics
_TURNS = 20
_BURSTS = 10


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Edge]:
    """Give the running application; what its workers do, the test does."""
    with running_edge(tmp_path) as edge:
        yield edge


class _Traffic:
    """What a page asks the server for."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.sockets = 0
        self.topics: set[str] = set()  # of the newest socket
        page.on("request", self._note)
        page.on("websocket", self._opened)

    def _note(self, request: Request) -> None:
        # Parts of the page itself are fetched for later, once it has nothing else to do.
        if "/assets/" not in request.url:
            self.requests.append(f"{request.method} {request.url}")

    def _opened(self, socket: WebSocket) -> None:
        self.sockets += 1
        self.topics.clear()
        socket.on("framesent", lambda text: self._sent(json.loads(text)))

    def _sent(self, message: dict[str, str]) -> None:
        if message["op"] == "subscribe":
            self.topics.add(message["topic"])
        elif message["op"] == "unsubscribe":
            self.topics.discard(message["topic"])


# Where the focus is, and how far everything is scrolled.
_PLACE = """() => [document.activeElement.dataset.card, document.activeElement.getBoundingClientRect().top,
  ...[...document.querySelectorAll("[data-column]")].map(({scrollTop}) => scrollTop)]"""


def test_five_hundred_running_cards_leave_the_page_fluid_and_where_it_was(edge: Edge, page: Page) -> None:
    board = running_cards(edge, _RUNS, idle=3 * _RUNS)
    traffic, opening = _Traffic(page), Frames(page)
    sign_in(page, edge.url + edge.services.access.new_link(seconds=60))
    expect(page.get_by_text("500 running")).to_be_visible(timeout=PATIENCE)
    column = page.locator('[data-column="implement"]')
    column.hover()
    page.mouse.wheel(0, 3000)
    column.get_by_role("link", name=re.compile("number 171,")).focus()
    # What is fetched for later (dialogs, palette) is there.
    page.wait_for_load_state("networkidle")
    opened, frames, place = opening.script(), Frames(page), page.evaluate(_PLACE)

    traffic.requests.clear()
    page.wait_for_timeout(1000)
    quiet = frames.cost()
    assert traffic.requests == [], "nobody asks whether anything is new"

    for turn in range(_TURNS):
        board.work(turn)
        page.wait_for_timeout(100)
    each_turn = frames.cost().script / _TURNS
    expect(page.get_by_text(f"{_RUNS - _TURNS} running")).to_be_visible()
    frames.cost()
    for _ in range(_BURSTS):
        board.print_line(board.runs)
        expect(column.get_by_text(f"line {board.step} of").first).to_be_visible()
    burst = frames.cost().script / _BURSTS
    print(f"script: opening {opened:.0f} ms, quiet {quiet.script:.1f}, a turn {each_turn:.1f}, all at once {burst:.1f}")
    # In a turn a fifth of the cards changes: these are drawn together, and no others.
    assert each_turn <= 0.8 * burst
    # All of them at once are one frame, the whole board: applied and drawn once.
    assert burst <= 0.1 * opened
    assert page.evaluate(_PLACE) == place
    assert traffic.requests == []
    assert traffic.sockets == 1
    assert traffic.topics == {"runs", f"board:{board.project.id}"}


def test_a_page_has_one_socket_and_only_the_topics_of_what_it_shows(edge: Edge, page: Page) -> None:
    projects = [edge.add_project(f"Project {n}") for n in range(_PROJECTS)]
    card = edge.add_card(projects[-1], "The card")
    run = edge.start(card)
    edge.run(run)
    edge.write(run, 3)
    traffic = _Traffic(page)
    sign_in(page, edge.url + edge.services.access.new_link(seconds=60))
    page.goto(f"{edge.url}/projects/{projects[-1].id}")
    page.get_by_role("link", name=re.compile("The card")).click()
    CardPage(page).expect_entry("line 3")
    assert traffic.topics == {"runs", f"board:{projects[-1].id}", f"execution:{run}"}

    page.get_by_role("link", name="History", exact=True).click()
    row = page.locator(f'[data-run="{run}"]')
    expect(row.get_by_text("Running")).to_be_visible()
    assert traffic.topics == {"runs"}
    edge.ask(run)
    expect(row.get_by_text("Needs you")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(1\) History"))
    edge.finish(run)
    expect(row.get_by_text("Succeeded")).to_be_visible()
    expect(page).to_have_title(re.compile("^History"))
    later = edge.start(card)
    expect(page.locator(f'[data-run="{later}"]').get_by_text("Queued")).to_be_visible()
    assert traffic.topics == {"runs"}


def _gated(gate: Path, *more: str) -> tuple[str, ...]:
    """Return a script that says something, and goes on when the test makes the file `gate`."""
    return ("lines 60", f"run until [ -e {gate} ]; do sleep 0.05; done", *more)


def _assert_whole(card: CardPage, board: Board, run: str) -> None:
    """The log on the page is the stored one, each entry once and in order."""
    head = int(str(board.execution(run)["headSequence"]))
    shown = card.read_from_first_to_last(head)
    assert [sequence for sequence, _ in shown] == list(range(1, head + 1))
    stored = {int(str(entry["sequence"])): str(entry["content"]) for entry in board.log(run)}
    lines = [(sequence, text) for sequence, text in shown if text.startswith("line ")]
    assert lines == [(sequence, text) for sequence, text in stored.items() if text.startswith("line ")]
    assert len(lines) == 120


def test_nothing_is_missing_after_a_kill_of_the_server_on_pages_that_stay_open(
    board: Board, page: Page, tmp_path: Path
) -> None:
    board.project(make_repository(tmp_path / "shop"))
    gate = tmp_path / "gate"
    scripts = {"Long": ("lines 60", "exit 0"), "Asking": ("ask Go on?", "exit 0"), "Failing": ("exit 3",)}
    runs = {name: board.run(board.script(name, *_gated(gate, *more))) for name, more in scripts.items()}
    for run in runs.values():
        board.follow(run, until="line 000060")
    sign_in(page, board.link)
    faces = {name: page.get_by_role("article").filter(has_text=name) for name in scripts}
    for face in faces.values():
        expect(face.get_by_text("Running")).to_be_visible(timeout=PATIENCE)
    log = page.context.new_page()
    log.goto(f"{board.url}/cards/{board.execution(runs['Long'])['cardId']}")
    card = CardPage(log)
    card.expect_entry("line 000060")
    head = int(str(board.execution(runs["Long"])["headSequence"]))

    board.kill()
    expect(log.get_by_text(f"Reconnecting, resuming at line {head + 1}")).to_be_visible()
    expect(page.get_by_text(re.compile("^(Reconnecting|Offline)")).filter(visible=True).first).to_be_visible()
    gate.touch()
    board.start()

    card.expect_status("Succeeded")
    for name, status in {"Long": "Succeeded", "Asking": "Needs you", "Failing": "Failed"}.items():
        expect(faces[name].get_by_text(status, exact=True)).to_be_visible(timeout=PATIENCE)
    for each in (page, log):
        expect(each).to_have_title(re.compile(r"^\(1\) "))
    _assert_whole(card, board, runs["Long"])


def test_a_page_that_slept_notices_that_its_connection_is_dead_and_catches_up(
    board: Board, page: Page, tmp_path: Path
) -> None:
    board.project(make_repository(tmp_path / "shop"))
    gate = tmp_path / "gate"
    run = board.run(board.script("Long", *_gated(gate, "lines 60", "exit 0")))
    board.follow(run, until="line 000060")
    with SilentNetwork(board.port) as network:
        page.clock.install()
        sign_in(page, board.link.replace(f":{board.port}", f":{network.port}"))
        page.get_by_role("link", name=re.compile("Long")).click()
        card = CardPage(page)
        card.expect_entry("line 000060")
        head = int(str(board.execution(run)["headSequence"]))
        expect(page.get_by_text(f"Live, line {head}")).to_be_visible()

        # The lid is closed: the network forgets the connection, no timer runs, and the page is told nothing.
        network.fall_silent()
        gate.touch()
        board.finish(run)
        page.clock.fast_forward("01:00:00")
        expect(page.get_by_text(f"Reconnecting, resuming at line {head + 1}")).to_be_visible(timeout=8_000)
        # An attempt hangs in the silence; the network's return ends that.
        network.speak_again()
        page.evaluate("window.dispatchEvent(new Event('online'))")
        card.expect_status("Succeeded")
        _assert_whole(card, board, run)

        # Without a network the page says so at once, and what it missed is there when it is back.
        page.context.set_offline(True)
        expect(page.get_by_text(re.compile("^Offline since")).filter(visible=True).first).to_be_visible()
        again = board.run(str(board.execution(run)["cardId"]))
        board.finish(again)
        page.context.set_offline(False)
        expect(page.get_by_role("tab", name=re.compile(r"^History\s*2$"))).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(re.compile("^Live")).filter(visible=True).first).to_be_visible()
