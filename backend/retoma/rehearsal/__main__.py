"""The rehearsal agent. Started as `python -I -S …/rehearsal/__main__.py --session ID [--resume]` in the worktree.

It says who it is, waits for a prompt, plays the script of the card for the command, tells the end of its turn and
exits: with the script's exit code, 130 when it was interrupted, 2 after a script that cannot be played.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# Without site-packages, and with nothing of ours installed: the package is found by its place.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from retoma.rehearsal.builtin import SCRIPTS
from retoma.rehearsal.channel import Channel, InterruptedByUserError
from retoma.rehearsal.place import Place
from retoma.rehearsal.player import Player
from retoma.rehearsal.script import ScriptError, Step, find_script, parse_script, steps_of

VERSION = "1"
INTERRUPTED = 130  # what a shell tells of SIGINT
NOT_PLAYABLE = 2


def main(arguments: Sequence[str]) -> int:
    """Play one card's script; return the exit code."""
    parser = argparse.ArgumentParser(prog="rehearsal")
    parser.add_argument("--session", required=True)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args(arguments)
    channel = Channel()
    player = Player(channel, Path.cwd())
    channel.emit("start", version=VERSION, session=options.session, resumed=options.resume)
    try:
        while not channel.prompts:
            if not channel.open:
                sys.stderr.write("rehearsal: the input ended before a prompt came\n")
                return 1
            channel.listen(3600)
        prompt = channel.prompts.popleft()
        command = prompt.get("command", "")
        script = find_script(prompt.get("description", "")) or SCRIPTS.get(command, "")
        place = Place(Path.cwd(), options.session, command, script)
        steps = steps_of(parse_script(script), command)
        code = play_from(player, place, steps, place.load() if options.resume else 0)
    except ScriptError as error:
        channel.emit("end", outcome="refused", text=f"The script can't be played: {error}", failed=0, denied=0)
        return NOT_PLAYABLE
    except (InterruptedByUserError, KeyboardInterrupt):
        count = player.count
        channel.emit("end", outcome="interrupted", text="Interrupted.", failed=count.failed, denied=count.denied)
        return INTERRUPTED
    end(channel, player, command, code)
    return code


def play_from(player: Player, place: Place, steps: Sequence[Step], first: int) -> int:
    """Play the steps from the one with index `first`, remembering each before it is played; return the exit code."""
    for index, step in enumerate(steps[first:], start=first):
        place.store(index + 1)
        player.hear_follow_ups()
        code = player.play(step)
        if code is not None:
            return code
    place.store(0)
    player.hear_follow_ups()
    return 0


def end(channel: Channel, player: Player, command: str, code: int) -> None:
    """Tell the end of the turn: the last words, and what went wrong."""
    count = player.count
    text = count.said or f"The rehearsal of {command} is over."
    if count.failed:
        text += f"\n\n{count.failed} {'step' if count.failed == 1 else 'steps'} failed."
    if count.denied:
        text += f"\n\n{count.denied} {'question was' if count.denied == 1 else 'questions were'} denied."
    outcome = "success" if code == 0 else "error"
    channel.emit("end", outcome=outcome, text=text, failed=count.failed, denied=count.denied)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
