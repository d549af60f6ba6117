"""Cover images: found through Unsplash's search when a key is set, stand-ins otherwise.

An image, once settled for an edition, never changes: the world's identity depends on
it. Unsplash asks that its images be shown from the addresses its API returns; so
addresses are kept, never pictures. https://unsplash.com/documentation
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx

from matching.draws import key_of
from tasks.editions import digest_json, read_json, write_json
from tasks.errors import InputError
from tasks.process.private_files import read_private, write_private

IMAGES_FILE: Final = "images.json"
LOOKUP_CACHE: Final = "unsplash.json"
WIDTH: Final = 1200  # pixels; with HEIGHT the ratio of link previews
HEIGHT: Final = 630
UNSPLASH: Final = "https://api.unsplash.com"

_IMAGE_HOST: Final = "images.unsplash.com"
_STAND_IN: Final = "https://picsum.photos/seed/{seed}/{width}/{height}"
_STAND_IN_PREFIX: Final = "https://picsum.photos/"
_PER_PAGE: Final = 10  # one request serves ten covers that share a query
_MAX_QUERY: Final = 80  # characters; a longer title finds nothing
_TIMEOUT_SECONDS: Final = 10.0
_MAX_FAILURES: Final = 3  # in a row: then the service, not one answer, is at fault
_SAVE_EVERY: Final = 20  # look-ups; what a kill can cost of an hour's 50
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TRACKING: Final = ("ixid", "ixlib")  # by which Unsplash counts views; must be kept
_CROP: Final = {"w": WIDTH, "h": HEIGHT, "fit": "crop", "crop": "entropy", "q": 80}
_SAFE_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]+")
_REFUSALS: Final = {
    401: "Unsplash does not accept the key (401); check UNSPLASH_ACCESS_KEY",
    403: "Unsplash's requests for this hour are used up (403)",
    429: "Unsplash's requests for this hour are used up (429)",
}
_USED_UP: Final = "Unsplash's requests for this hour are used up"


@dataclass(frozen=True)
class Cover:
    """One image to be had: for what, and by which words to look for it."""

    kind: str  # "community", "event" or "location"
    slug: str
    query: str = ""  # empty: a stand-in

    @property
    def key(self) -> str:
        """Name the cover within its edition."""
        return f"{self.kind}/{self.slug}"


@dataclass(frozen=True)
class UnsplashOptions:
    """Where the API answers, and how long to wait for each step of an answer."""

    base_url: str = UNSPLASH
    timeout_seconds: float = _TIMEOUT_SECONDS


@dataclass(frozen=True)
class Covers:
    """The images of an edition, and how they came about.

    Attributes:
        urls: Address by `Cover.key`, in the order wanted.
        digest: Of the addresses; part of the world's identity.
        settled: Covers that the edition had already.
        asked: Requests made.
        cached: Queries that an earlier run had asked.
        found: Covers newly given an image from Unsplash.
        stand_ins: Wanted covers that show a stand-in, new and old.
        reason: Why some query has no answer, the last reason if several; None if all
            have one.
    """

    urls: Mapping[str, str]
    digest: str
    settled: int
    asked: int
    cached: int
    found: int
    stand_ins: int
    reason: str | None

    def summary(self) -> str:
        """Say in one line what a person should know of the images."""
        line = (
            f"{len(self.urls)} images: {self.settled} settled before, "
            f"{self.found} found ({self.asked} requests, {self.cached} look-ups from "
            f"the cache), {self.stand_ins} stand-ins"
        )
        return f"{line}; {self.reason}" if self.reason else line


def settle_covers(
    folder: Path,
    wanted: Sequence[Cover],
    key: str | None,
    cache: Path,
    options: UnsplashOptions | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Covers:
    """Give every cover its image, the one it had before if it had one.

    Args:
        folder: The edition's folder; its images.json holds what is settled.
        wanted: The covers; where Unsplash's requests run out, the first were served.
        key: UNSPLASH_ACCESS_KEY; None: stand-ins only.
        cache: The folder where look-ups are kept between runs and editions.
        options: Where and how to ask.
        progress: Is told (queries answered, queries in all) after each.

    Raises:
        InputError: images.json or the cache is unusable, or the key is none. That
            Unsplash fails is no error: the summary says so.
    """
    settled = _read_settled(folder / IMAGES_FILE)
    new = [c for c in dict.fromkeys(wanted) if c.key not in settled]
    queries = list(dict.fromkeys(filter(None, (_words(c.query) for c in new))))
    with _Lookups(key, cache / LOOKUP_CACHE, options or UnsplashOptions()) as lookups:
        for number, query in enumerate(queries, start=1):
            lookups.answer(query)
            if progress:
                progress(number, len(queries))
    chosen = _choose(new, lookups.answers, settled)
    if chosen:
        write_json(folder / IMAGES_FILE, settled | chosen)
    every = settled | chosen
    urls = {cover.key: every[cover.key] for cover in wanted}
    return Covers(
        urls=urls,
        digest=digest_json(urls),
        settled=len(urls.keys() & settled.keys()),
        asked=lookups.asked,
        cached=lookups.cached,
        found=sum(not url.startswith(_STAND_IN_PREFIX) for url in chosen.values()),
        stand_ins=sum(url.startswith(_STAND_IN_PREFIX) for url in urls.values()),
        reason=lookups.reason,
    )


def stand_in(slug: str) -> str:
    """Give the stand-in of a slug: some photograph, always the same."""
    return _STAND_IN.format(seed=quote(slug, safe=""), width=WIDTH, height=HEIGHT)


def image_url(address: object) -> str | None:
    """Give the address of an Unsplash image cut to a cover, None if it is none.

    Only https addresses of Unsplash's image host pass; of the parameters only those by
    which Unsplash counts views are kept.
    """
    if not isinstance(address, str):
        return None
    try:
        parts = urlsplit(address)
        ours = parts.scheme == "https" and parts.netloc == _IMAGE_HOST
        if not ours or not _SAFE_PATH.fullmatch(parts.path):
            return None
        given = dict(parse_qsl(parts.query))
    except ValueError:  # no address at all
        return None
    kept = {name: given[name] for name in _TRACKING if name in given}
    return f"https://{_IMAGE_HOST}{parts.path}?{urlencode(kept | _CROP)}"


class _FailedError(Exception):
    """One request came to nothing; `final` if so would the next."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class _Lookups:
    """Answers to queries, from the cache or from Unsplash while it serves us."""

    def __init__(
        self, key: str | None, cache_file: Path, options: UnsplashOptions
    ) -> None:
        self.answers: dict[str, list[str]] = {}
        self.asked = 0
        self.cached = 0
        self.reason: str | None = None
        self._cache_file = cache_file
        self._source = options.base_url
        self._unsaved: dict[str, list[str]] = {}
        self._failures = 0
        self._stop: str | None = None  # why no further request is made
        self._client: httpx.Client | None = None
        self._known: dict[str, list[str]] = {}
        if key is None:
            self._stop = "no UNSPLASH_ACCESS_KEY is set"
            return
        self._known = _read_lookups(cache_file, self._source)
        self._client = httpx.Client(
            base_url=options.base_url,
            timeout=options.timeout_seconds,
            headers={
                "Authorization": f"Client-ID {_checked(key)}",
                "Accept-Version": "v1",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client:
            self._client.close()
        self._save()

    def answer(self, query: str) -> None:
        """Put a query's images into `answers`, if they can be had."""
        if query in self._known:
            self.answers[query] = self._known[query]
            self.cached += 1
        elif self._stop or not self._client:
            self.reason = self._stop
        else:
            self._ask(self._client, query)

    def _ask(self, client: httpx.Client, query: str) -> None:
        self.asked += 1
        try:
            urls, left = _search(client, query)
        except _FailedError as failed:
            self.reason = failed.reason
            self._failures += 1
            if failed.final or self._failures >= _MAX_FAILURES:
                self._stop = failed.reason
            return
        self._failures = 0
        self.answers[query] = self._unsaved[query] = urls
        if left is not None and left <= 0:
            self._stop = _USED_UP
        if len(self._unsaved) >= _SAVE_EVERY:
            self._save()

    def _save(self) -> None:
        if not self._unsaved:
            return
        # read again: another run may have added its own look-ups meanwhile
        every = _read_cache(self._cache_file)
        every[self._source] = (
            _read_lookups(self._cache_file, self._source) | self._unsaved
        )
        write_private(self._cache_file, json.dumps(every, indent=0).encode())
        self._unsaved = {}


def _search(client: httpx.Client, query: str) -> tuple[list[str], int | None]:
    """Ask for a query's images: their addresses, and how many requests are left."""
    try:
        response = client.get(
            "/search/photos",
            params={
                "query": query,
                "per_page": _PER_PAGE,
                "orientation": "landscape",
                "content_filter": "high",
            },
        )
    except httpx.HTTPError as error:  # its words may quote what was sent
        raise _FailedError(
            f"Unsplash does not answer ({type(error).__name__})"
        ) from None
    if response.status_code in _REFUSALS:
        raise _FailedError(_REFUSALS[response.status_code], final=True)
    if not response.is_success:
        raise _FailedError(f"Unsplash answers with status {response.status_code}")
    try:
        found = [photo["urls"]["raw"] for photo in response.json()["results"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _FailedError("Unsplash's answer is not as documented") from None
    left = response.headers.get("X-Ratelimit-Remaining", "")
    urls = dict.fromkeys(url for raw in found if (url := image_url(raw)))
    return list(urls), int(left) if left.isdecimal() else None


def _choose(
    new: Sequence[Cover],
    answers: Mapping[str, list[str]],
    settled: Mapping[str, str],
) -> dict[str, str]:
    """Choose an image for each new cover, none twice while there are others."""
    used = set(settled.values())
    chosen: dict[str, str] = {}
    for cover in new:
        options = answers.get(_words(cover.query), [])
        fresh = [url for url in options if url not in used]
        if fresh:
            url = fresh[0]
        elif options:
            url = options[key_of(cover.key) % len(options)]
        else:
            url = stand_in(cover.slug)
        used.add(url)
        chosen[cover.key] = url
    return chosen


def _words(query: str) -> str:
    """Normalise a query, so that what asks the same is asked once."""
    return " ".join(query.split()).casefold()[:_MAX_QUERY].strip()


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise InputError(
            f"UNSPLASH_ACCESS_KEY has {len(key)} characters and is no access key "
            "(8 to 128 letters, digits, '-' and '_'); copy it again, or unset it"
        )
    return key


def _read_settled(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        found = read_json(path)
    except (InputError, OSError):
        found = None
    if isinstance(found, dict):
        urls = cast("dict[str, Any]", found)
        if all(isinstance(url, str) for url in urls.values()):
            return urls
    raise InputError(
        f"{str(path)!r} does not hold the edition's images; restore it, or delete it "
        "to settle them anew (which makes another world of the edition)"
    )


def _read_cache(path: Path) -> dict[str, Any]:
    """Read the look-ups by source; a file that is no JSON object counts as empty."""
    try:
        found = json.loads(read_private(path) or b"{}")
    except (ValueError, RecursionError):  # what cannot be read is asked again
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _read_lookups(path: Path, source: str) -> dict[str, list[str]]:
    """Read one source's look-ups; an entry with a foreign address is left out."""
    entries = _read_cache(path).get(source)
    if not isinstance(entries, dict):
        return {}
    lookups: dict[str, list[str]] = {}
    for query, urls in cast("dict[str, Any]", entries).items():
        if isinstance(urls, list):
            checked = [image_url(url) for url in cast("list[Any]", urls)]
            if checked == urls:
                lookups[query] = [url for url in checked if url]
    return lookups
