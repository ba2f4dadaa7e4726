"""Tokens, one-time links and cookies."""

import json
import os
from pathlib import Path

import httpx
import pytest

from retoma.core.errors import InvalidError
from retoma.web.access import Access, read_token
from support.edge import TOKEN, Edge


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestToken:
    def test_it_is_made_once_for_its_owner_only(self, tmp_path: Path) -> None:
        token = read_token(tmp_path)
        assert len(token) >= 43  # 256 bits
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
        assert read_token(tmp_path) == token

    def test_a_file_that_others_can_read_is_closed_to_them(self, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("x" * 40)
        (tmp_path / "token").chmod(0o644)
        assert read_token(tmp_path) == "x" * 40
        assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("content", ["", "short", " \n"])
    def test_a_file_without_a_usable_one_is_said_to_be_so(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "token").write_text(content)
        with pytest.raises(InvalidError, match="delete it"):
            read_token(tmp_path)

    def test_the_given_one_wins_and_is_not_written(self, tmp_path: Path) -> None:
        assert read_token(tmp_path, "y" * 20) == "y" * 20
        assert not (tmp_path / "token").exists()


class TestCookie:
    def test_it_survives_a_restart_and_dies_with_the_token(self, tmp_path: Path) -> None:
        cookie = Access(tmp_path, "one token").new_cookie()
        assert Access(tmp_path, "one token").is_cookie(cookie)
        assert not Access(tmp_path, "another token").is_cookie(cookie)

    def test_it_does_not_contain_the_token(self, tmp_path: Path) -> None:
        assert TOKEN not in Access(tmp_path, TOKEN).new_cookie()

    def test_two_installations_on_one_host_do_not_share_its_name(self, tmp_path: Path) -> None:
        assert Access(tmp_path / "a", TOKEN).cookie_name != Access(tmp_path / "b", TOKEN).cookie_name


class TestLink:
    def test_it_is_good_once(self, tmp_path: Path) -> None:
        access = Access(tmp_path, TOKEN)
        code = access.new_link(seconds=None).removeprefix("/launch/")
        assert not access.redeem(code + "x")
        assert access.redeem(code)
        assert not access.redeem(code)

    def test_it_is_good_for_its_time_only(self, tmp_path: Path) -> None:
        clock = Clock()
        access = Access(tmp_path, TOKEN, clock)
        early, late, patient = (access.new_link(seconds=s).rpartition("/")[2] for s in (600.0, 600.0, None))
        clock.now += 600
        assert access.redeem(early)
        clock.now += 1
        assert not access.redeem(late)
        clock.now += 1e9
        assert access.redeem(patient)


class TestLaunch:
    def test_a_link_lets_one_browser_in_for_good(self, edge: Edge, client: httpx.Client) -> None:
        made = client.post("/api/links")
        assert made.status_code == 201
        url = made.json()["url"]
        assert url.startswith(f"{edge.url}/launch/")
        with edge.client(token=None) as browser:
            entered = browser.get(url)
            assert (entered.status_code, entered.headers["location"]) == (303, "/")
            cookie = entered.headers["set-cookie"].lower()
            for part in ("httponly", "samesite=strict", "path=/", "max-age=31536000"):
                assert part in cookie
            assert TOKEN not in str(entered.headers)
            assert browser.get("/api/session").status_code == 200
            again = browser.get(url)
        assert again.status_code == 401
        assert "retoma link" in again.text
        assert "set-cookie" not in again.headers

    def test_the_token_stands_in_no_answer(self, edge: Edge, client: httpx.Client) -> None:
        for path in (
            "/",
            "/api/session",
            "/api/health",
            "/api/docs",
            "/api/openapi.json",
            "/api/agents",
            "/api/nothing",
        ):
            answer = client.get(path)
            assert TOKEN not in answer.text + json.dumps(dict(answer.headers))


def test_the_token_is_not_in_the_environment_of_this_test() -> None:
    # Else the tests above would prove nothing about files.
    assert "RETOMA_TOKEN" not in os.environ
