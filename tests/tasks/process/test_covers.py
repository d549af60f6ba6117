"""Covers are settled once, found politely, and never betray the key.

The client is driven against a server on the loopback that behaves as Unsplash's
documentation says: https://unsplash.com/documentation
"""

import json
import logging
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tasks.errors import InputError
from tasks.process import covers
from tasks.process.covers import Cover, Covers, UnsplashOptions, settle_covers

KEY = "Zq7-secret_Access-Key-4711"
JAZZ = Cover("community", "blue-note-berlin", "live jazz")
CODE = Cover("event", "rust-night-1a2b", "Rust Night")
BERLIN = Cover("location", "berlin")
WANTED = [JAZZ, CODE, BERLIN]
HOUR_LIMIT = 50
STALL_SECONDS = 30.0  # far over the client's timeout where a request stalls
PATIENCE_SECONDS = 60.0  # for an answer of a busy machine
IMPATIENCE_SECONDS = 2.0  # where a request stalls, and others must still be answered


class Unsplash:
    """The API as documented, with knobs for what can go wrong."""

    def __init__(self) -> None:
        self.remaining = HOUR_LIMIT
        self.requests: list[tuple[str, dict[str, list[str]]]] = []
        self.faults: list[str] = []  # one per request to come; "" is none
        self.raw_urls: list[Any] | None = None
        self.released = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                service.answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent; the base class prints every request."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def options(self) -> UnsplashOptions:
        """Where this server answers; the client gives up only where one stalls."""
        port = self.server.server_address[1]
        stalls = "stall" in self.faults
        timeout = IMPATIENCE_SECONDS if stalls else PATIENCE_SECONDS
        return UnsplashOptions(f"http://127.0.0.1:{port}", timeout_seconds=timeout)

    @property
    def queries(self) -> list[str]:
        """What was asked for, in order."""
        return [query["query"][0] for _, query in self.requests]

    def stop(self) -> None:
        """Let stalled requests go, and end."""
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request, or fail as told."""
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        self.requests.append((request.path, query))
        if (
            request.headers["Authorization"] != f"Client-ID {KEY}"
            or request.headers["Accept-Version"] != "v1"
        ):
            invalid = {"errors": ["OAuth error: The access token is invalid"]}
            self.send(request, 401, json.dumps(invalid))
            return
        if self.remaining == 0:
            self.send(request, 403, "Rate Limit Exceeded")
            return
        self.remaining -= 1
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "stall":
            self.released.wait(STALL_SECONDS)
        elif fault.isdecimal():
            self.send(request, int(fault), json.dumps({"errors": ["fault"]}))
        elif fault:
            self.send(request, 200, fault)
        else:
            assert parts.path == "/search/photos"
            assert query["orientation"] == ["landscape"]
            assert query["content_filter"] == ["high"]
            self.send(request, 200, json.dumps(self.photos(query)))

    def photos(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Give a page of photos, as long as asked for."""
        count = int(query["per_page"][0])
        word = query["query"][0].replace(" ", "-")
        base = f"https://images.unsplash.com/photo-{word}"
        raw = [f"{base}-{n}?ixid=M3w{n}&ixlib=rb-4.0.3" for n in range(count)]
        urls = raw if self.raw_urls is None else self.raw_urls
        results = [
            {"id": str(n), "urls": {"raw": url, "regular": f"{url}&w=1080&q=80"}}
            for n, url in enumerate(urls)
        ]
        return {"total": 133, "total_pages": 7, "results": results}

    def send(self, request: BaseHTTPRequestHandler, status: int, body: str) -> None:
        """Send an answer with the rate limit's headers."""
        raw = body.encode()
        request.send_response(status)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(raw)))
        request.send_header("X-Ratelimit-Limit", str(HOUR_LIMIT))
        request.send_header("X-Ratelimit-Remaining", str(self.remaining))
        request.end_headers()
        request.wfile.write(raw)


@pytest.fixture
def unsplash(monkeypatch: pytest.MonkeyPatch) -> Iterator[Unsplash]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    service = Unsplash()
    yield service
    service.stop()


def _settle(
    home: Path,
    unsplash: Unsplash,
    wanted: list[Cover] | None = None,
    edition: str = "2026-W47",
    key: str | None = KEY,
) -> Covers:
    wanted = WANTED if wanted is None else wanted
    return settle_covers(home / edition, wanted, key, home / "cache", unsplash.options)


def _events(count: int) -> list[Cover]:
    return [Cover("event", f"event-{n}", f"topic {n}") for n in range(count)]


def _image(word: str, number: int = 0) -> str:
    return (
        f"https://images.unsplash.com/photo-{word}-{number}?ixid=M3w{number}"
        "&ixlib=rb-4.0.3&w=1200&h=630&fit=crop&crop=entropy&q=80"
    )


def test_without_a_key_all_are_stand_ins(tmp_path: Path, unsplash: Unsplash) -> None:
    """No key, no call: each slug has its own stable picture, and that is said."""
    settled = _settle(tmp_path, unsplash, key=None)
    assert settled.urls == {
        "community/blue-note-berlin": (
            "https://picsum.photos/seed/blue-note-berlin/1200/630"
        ),
        "event/rust-night-1a2b": "https://picsum.photos/seed/rust-night-1a2b/1200/630",
        "location/berlin": "https://picsum.photos/seed/berlin/1200/630",
    }
    assert (settled.stand_ins, settled.found, settled.asked) == (3, 0, 0)
    assert "no UNSPLASH_ACCESS_KEY" in settled.summary()
    assert unsplash.requests == []


def test_with_a_key_covers_are_found(tmp_path: Path, unsplash: Unsplash) -> None:
    """Communities and events get what fits their words, cities keep stand-ins."""
    settled = _settle(tmp_path, unsplash)
    assert settled.urls == {
        JAZZ.key: _image("live-jazz"),
        CODE.key: _image("rust-night"),
        BERLIN.key: covers.stand_in("berlin"),
    }
    assert (settled.asked, settled.found, settled.stand_ins) == (2, 2, 1)
    assert settled.reason is None


def test_a_rerun_makes_no_call_and_changes_nothing(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """What is settled is read, even without a key or with another answer on offer."""
    first = _settle(tmp_path, unsplash)
    text = (tmp_path / "2026-W47" / covers.IMAGES_FILE).read_bytes()
    unsplash.raw_urls = []
    for key in (KEY, None):
        again = _settle(tmp_path, unsplash, key=key)
        assert (again.urls, again.digest) == (first.urls, first.digest)
        assert (again.settled, again.asked, again.reason) == (3, 0, None)
    assert len(unsplash.requests) == 2
    assert (tmp_path / "2026-W47" / covers.IMAGES_FILE).read_bytes() == text


def test_the_next_edition_asks_only_what_is_new(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """Look-ups outlive an edition, in a file that its owner alone may read."""
    _settle(tmp_path, unsplash)
    rock = Cover("event", "rock-night", "Rock Night")
    later = _settle(tmp_path, unsplash, [JAZZ, rock], "2026-W48")
    assert unsplash.queries == ["live jazz", "rust night", "rock night"]
    assert (later.cached, later.asked, later.found) == (1, 1, 2)
    mode = (tmp_path / "cache" / covers.LOOKUP_CACHE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_new_covers_join_and_old_ones_stay(tmp_path: Path, unsplash: Unsplash) -> None:
    """A stand-in settled without a key stays; a cover added later may be found."""
    before = _settle(tmp_path, unsplash, [JAZZ], key=None)
    after = _settle(tmp_path, unsplash, [CODE, JAZZ])
    assert list(after.urls) == [CODE.key, JAZZ.key]
    assert after.urls[JAZZ.key] == before.urls[JAZZ.key]
    assert after.urls[CODE.key] == _image("rust-night")
    assert after.digest != before.digest
    assert (after.settled, after.found, after.stand_ins) == (1, 1, 1)


def test_covers_of_one_query_share_a_request_not_an_image(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """Ten covers of the same words get ten images of one answer; the 11th repeats."""
    wanted = [Cover("event", f"jazz-{n}", f" Live  JAZZ{' ' * n}") for n in range(11)]
    settled = _settle(tmp_path, unsplash, wanted)
    assert unsplash.queries == ["live jazz"]
    assert len(set(settled.urls.values())) == 10
    assert settled.found == 11


def test_the_limit_ends_the_asking_and_keeps_what_was_found(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """At remaining 0 no further request is made; the rest are stand-ins, and said."""
    unsplash.remaining = 3
    settled = _settle(tmp_path, unsplash, _events(8))
    assert len(unsplash.requests) == 3
    assert (settled.found, settled.stand_ins) == (3, 5)
    assert settled.reason == "Unsplash's requests for this hour are used up"
    unsplash.remaining = HOUR_LIMIT
    later = _settle(tmp_path, unsplash, _events(8), "2026-W48")
    assert (later.cached, later.asked, later.found) == (3, 5, 8)


def test_the_last_request_of_the_hour_is_no_shortage(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """Where the limit just suffices, there is nothing to complain of."""
    unsplash.remaining = 2
    assert _settle(tmp_path, unsplash).reason is None


@pytest.mark.parametrize("status", ["401", "403", "429"])
def test_a_refusal_ends_the_asking_at_once(
    tmp_path: Path, unsplash: Unsplash, status: str
) -> None:
    """After a refusal the next request would be refused as well."""
    unsplash.faults = ["", status]
    settled = _settle(tmp_path, unsplash, _events(5))
    assert (len(unsplash.requests), settled.found, settled.stand_ins) == (2, 1, 4)
    assert status in str(settled.reason)


GARBAGE = ["<html>", "[]", '{"results": 1}', '{"results": [{"urls": null}]}', "\x00"]


@pytest.mark.parametrize("fault", ["500", "503", "302", "stall", *GARBAGE])
def test_one_failure_costs_one_cover(
    tmp_path: Path, unsplash: Unsplash, fault: str
) -> None:
    """One bad answer leaves a stand-in and a reason; the others are still found."""
    unsplash.faults = ["", fault]
    settled = _settle(tmp_path, unsplash, _events(4))
    assert (settled.asked, settled.found, settled.stand_ins) == (4, 3, 1)
    assert settled.urls["event/event-1"] == covers.stand_in("event-1")
    assert settled.reason is not None
    assert settled.reason in settled.summary()
    later = _settle(tmp_path, unsplash, _events(4), "2026-W48")
    assert (later.cached, later.asked, later.found) == (3, 1, 4)


def test_three_failures_in_a_row_end_the_asking(
    tmp_path: Path, unsplash: Unsplash
) -> None:
    """A service that is down is left in peace, and costs no long wait."""
    unsplash.faults = ["500", "", "500", "stall", "<html>"]
    settled = _settle(tmp_path, unsplash, _events(9))
    assert (settled.asked, settled.found, settled.stand_ins) == (5, 1, 8)
    assert settled.reason == "Unsplash's answer is not as documented"


def test_a_service_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    """Offline, the run goes on with stand-ins and names the failure."""
    options = UnsplashOptions("http://127.0.0.1:9", timeout_seconds=0.3)
    settled = settle_covers(tmp_path / "e", _events(5), KEY, tmp_path / "c", options)
    assert (settled.asked, settled.stand_ins) == (3, 5)
    assert settled.reason == "Unsplash does not answer (ConnectError)"


def test_no_result_is_an_answer(tmp_path: Path, unsplash: Unsplash) -> None:
    """Words that find nothing are remembered, and not asked again."""
    unsplash.raw_urls = []
    assert _settle(tmp_path, unsplash, [JAZZ]).reason is None
    later = _settle(tmp_path, unsplash, [JAZZ], "2026-W48")
    assert (later.asked, later.cached, later.stand_ins) == (0, 1, 1)


@pytest.mark.parametrize(
    "address",
    [
        "http://images.unsplash.com/photo-1",
        "https://images.unsplash.com.evil.example/photo-1",
        "https://evil.example/images.unsplash.com/photo-1",
        "https://user@images.unsplash.com/photo-1",
        "https://images.unsplash.com:8443/photo-1",
        "https://plus.unsplash.com/premium_photo-1",
        "https://images.unsplash.com",
        'https://images.unsplash.com/photo"><script>',
        "javascript:alert(1)",
        "https://[images.unsplash.com/photo-1",
        "",
        None,
        7,
    ],
)
def test_foreign_addresses_are_not_taken(
    tmp_path: Path, unsplash: Unsplash, address: object
) -> None:
    """An address elsewhere than at Unsplash's image host is passed over."""
    assert covers.image_url(address) is None
    good = "https://images.unsplash.com/photo-9?ixid=a&evil=1#part"
    unsplash.raw_urls = [address, good]
    (url,) = _settle(tmp_path, unsplash, [JAZZ]).urls.values()
    assert url == (
        "https://images.unsplash.com/photo-9?ixid=a&w=1200&h=630&fit=crop&crop=entropy"
        "&q=80"
    )


def test_the_key_is_never_shown(
    tmp_path: Path, unsplash: Unsplash, caplog: pytest.LogCaptureFixture
) -> None:
    """No URL, log line, file, repr or reason holds the key, whatever goes wrong."""
    unsplash.faults = ["", "500", "stall", "<html>"]
    with caplog.at_level(logging.DEBUG):
        settled = _settle(tmp_path, unsplash, _events(6))
    assert len(unsplash.requests) == 4
    shown = [repr(settled), settled.summary(), caplog.text]
    shown += [path for path, _ in unsplash.requests]
    shown += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert "search/photos" in caplog.text
    assert [text for text in shown if KEY in text] == []


@pytest.mark.parametrize("key", ["short", f"{KEY}\n", "schlüssel-schlüssel", f" {KEY}"])
def test_what_is_no_key_is_refused_unsaid(
    tmp_path: Path, unsplash: Unsplash, key: str
) -> None:
    """A mangled key is named by its length alone, and nothing is asked or written."""
    with pytest.raises(InputError, match="UNSPLASH_ACCESS_KEY has") as caught:
        _settle(tmp_path, unsplash, key=key)
    assert key.strip() not in str(caught.value)
    assert unsplash.requests == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"[]", b'{"{base}": 1}', b'{"{base}": {"live jazz": ["http://x"]}}'],
)
def test_a_corrupt_cache_is_asked_anew(
    tmp_path: Path, unsplash: Unsplash, content: bytes
) -> None:
    """A spoilt look-up costs a request, never a wrong address or a crash."""
    cache_file = tmp_path / "cache" / covers.LOOKUP_CACHE
    cache_file.parent.mkdir()
    cache_file.write_bytes(
        content.replace(b"{base}", unsplash.options.base_url.encode())
    )
    assert _settle(tmp_path, unsplash, [JAZZ]).urls[JAZZ.key] == _image("live-jazz")
    later = _settle(tmp_path, unsplash, [JAZZ], "2026-W48")
    assert (later.cached, later.asked) == (1, 0)


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"event/a": 1}', b"\xff"])
def test_spoilt_images_stop_the_edition(
    tmp_path: Path, unsplash: Unsplash, content: bytes
) -> None:
    """Images settled once cannot be guessed again, so a person decides."""
    path = tmp_path / "2026-W47" / covers.IMAGES_FILE
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"images\.json"):
        _settle(tmp_path, unsplash)
    assert path.read_bytes() == content


def test_found_images_survive_an_interrupt(tmp_path: Path, unsplash: Unsplash) -> None:
    """Ctrl-C amid the asking loses no look-up, and settles nothing by halves."""

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        settle_covers(
            tmp_path / "e",
            _events(4),
            KEY,
            tmp_path / "cache",
            unsplash.options,
            interrupt,
        )
    assert not (tmp_path / "e").exists()
    later = _settle(tmp_path, unsplash, _events(4))
    assert (later.cached, later.asked) == (2, 2)


def test_slugs_cannot_bend_a_stand_ins_address() -> None:
    """Whatever a slug holds stays one segment of the path."""
    assert covers.stand_in("a/../b?c#d é") == (
        "https://picsum.photos/seed/a%2F..%2Fb%3Fc%23d%20%C3%A9/1200/630"
    )
