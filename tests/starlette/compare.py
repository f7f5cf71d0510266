#!/usr/bin/env python3
"""Asks Starlette's middleware and ours the same, and prints where their answers are equal and where they are not.

Every difference is one that is meant, with its reason; one that is not, or that is gone, is a failure.
Starlette comes from PyPI: pip install starlette httpx itsdangerous.

usage: compare.py HOST:PORT    where the application `guarded` listens
"""

import gzip
import http.client
import sys
import time
import warnings
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

with warnings.catch_warnings():
    # Which client is underneath says nothing of the answers.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient


def text(request):
    return PlainTextResponse("a")


def sized(request):
    kind = request.path_params["kind"]
    media_type = "text/event-stream" if kind == "events" else "text/plain"
    return PlainTextResponse("a" * (10 if kind == "short" else 1000), media_type=media_type)


def session(request):
    if request.method == "POST":
        request.session["visits"] = request.session.get("visits", 0) + 1
    if request.method == "DELETE":
        request.session.clear()
    return PlainTextResponse(str(request.session.get("visits", 0)))


def long(request):
    return PlainTextResponse("a" * 1000)


def around(path, endpoint, middleware, **options):
    route = Route(path, endpoint, methods=["GET", "POST", "DELETE"] if endpoint is session else ["GET"])
    route.app = middleware(route.app, **options)
    route.methods = None  # Preflights are the middleware's own.
    return route


THEIRS = Starlette(
    routes=[
        around(
            "/compared/cors/list",
            text,
            CORSMiddleware,
            allow_origins=["https://example.com"],
            allow_origin_regex=r"https://.*\.example\.org",
            allow_methods=["GET", "POST"],
            allow_headers=["X-Token"],
            allow_credentials=True,
            expose_headers=["X-Total"],
        ),
        around("/compared/cors/any", text, CORSMiddleware, allow_origins=["*"], allow_private_network=True),
        around(
            "/compared/cors/credentials",
            text,
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["*"],
            allow_headers=["*"],
            allow_credentials=True,
        ),
        around("/compared/session", session, SessionMiddleware, secret_key="a" * 32, max_age=2),
        around("/compared/gzip/{kind}", sized, GZipMiddleware),
        around("/compared/compression", long, GZipMiddleware),
        around(
            "/compared/hosts",
            text,
            TrustedHostMiddleware,
            allowed_hosts=["127.0.0.1", "*.example.com", "www.example.org"],
        ),
        around("/compared/https", text, HTTPSRedirectMiddleware),
    ]
)

PROBLEM = "a problem document (RFC 9457)"
PREFLIGHT = "204, since there is no body"
STRANGER = "a stranger is told nothing of what others may"

ORIGIN = {"origin": "https://example.com"}
STRANGE = {"origin": "https://evil.com"}
ASKS = {"access-control-request-method": "GET"}


@dataclass
class Case:
    name: str
    path: str
    headers: dict = field(default_factory=dict)
    method: str = "GET"
    # The fields that differ, with the reason why.
    differs: dict = field(default_factory=dict)
    # What to do with the cookie that the case before was given: send it, send it forged, or send it late.
    cookie: str = ""


def cors(name, kind, headers, differs=None):
    method = "OPTIONS" if "access-control-request-method" in headers else "GET"
    return Case(f"cors: {name}", f"/compared/cors/{kind}", headers, method, differs or {})


def preflight(**reasons):
    return {"status": PREFLIGHT, "content-type": PREFLIGHT, **reasons}


def refused():
    what = ["access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"]
    return {"content-type": PROBLEM, "access-control-allow-credentials": STRANGER, **dict.fromkeys(what, STRANGER)}


ASKED_FOR = "what was asked for, which may be a method that Starlette does not list"
HOST = {"content-type": PROBLEM}
WEIGHT = "a weight of 0 means no (RFC 9110)"

CASES = [
    cors("no origin", "list", {}),
    cors("an origin of the list", "list", ORIGIN),
    cors("an origin by expression", "list", {"origin": "https://a.example.org"}),
    cors("an origin that only starts like one", "list", {"origin": "https://a.example.org.evil.com"},
         {"access-control-allow-credentials": STRANGER, "access-control-expose-headers": STRANGER}),
    cors("a strange origin", "list", STRANGE,
         {"access-control-allow-credentials": STRANGER, "access-control-expose-headers": STRANGER}),
    cors("a preflight", "list", ORIGIN | ASKS | {"access-control-request-headers": "X-Token, Accept"}, preflight()),
    cors("a preflight of a strange origin", "list", STRANGE | ASKS, refused()),
    cors("a preflight for another method", "list", ORIGIN | {"access-control-request-method": "DELETE"},
         refused() | {"access-control-allow-origin": STRANGER}),
    cors("a preflight with another header", "list", ORIGIN | ASKS | {"access-control-request-headers": "x-other"},
         refused() | {"access-control-allow-origin": STRANGER}),
    cors("any origin", "any", STRANGE),
    cors("a preflight of any origin", "any", STRANGE | ASKS, preflight()),
    cors("a preflight from a public network", "any",
         STRANGE | ASKS | {"access-control-request-private-network": "true"}, preflight()),
    cors("any origin, with credentials", "credentials", STRANGE),
    cors("a preflight of anything, with credentials", "credentials",
         STRANGE | ASKS | {"access-control-request-headers": "x-a, x-b"},
         preflight(**{"access-control-allow-methods": ASKED_FOR})),
    Case("session: nothing known", "/compared/session"),
    Case("session: a value is put in", "/compared/session", method="POST"),
    Case("session: it is still there", "/compared/session", cookie="sent"),
    Case("session: it is changed", "/compared/session", method="POST", cookie="sent"),
    Case("session: tampered with", "/compared/session", cookie="forged"),
    Case("session: cleared", "/compared/session", method="DELETE", cookie="sent",
         differs={"set-cookie": "Max-Age, which goes by the browser's clock alone"}),
    Case("session: cleared, where there was none", "/compared/session", method="DELETE"),
    Case("session: expired", "/compared/session", cookie="late"),
    Case("gzip: accepted", "/compared/gzip/long", {"accept-encoding": "gzip"}),
    Case("gzip: not accepted", "/compared/gzip/long", {"accept-encoding": "identity"}),
    Case("gzip: one of several", "/compared/gzip/long", {"accept-encoding": "deflate, gzip;q=0.5"}),
    Case("gzip: refused by its weight", "/compared/gzip/long", {"accept-encoding": "gzip;q=0"},
         differs={"content-encoding": WEIGHT}),
    Case("gzip: not worth it", "/compared/gzip/short", {"accept-encoding": "gzip"}),
    Case("gzip: events", "/compared/gzip/events", {"accept-encoding": "gzip", "accept": "text/event-stream"}),
    Case("gzip: nothing is acceptable", "/compared/gzip/long", {"accept-encoding": "identity;q=0"},
         differs=dict.fromkeys(["status", "content-type", "body"], "406 (RFC 9110)")),
    Case("compression: brotli", "/compared/compression", {"accept-encoding": "br"},
         differs=dict.fromkeys(["content-encoding", "body"], "Starlette has gzip alone")),
    Case("hosts: one of the list", "/compared/hosts", {"host": "127.0.0.1:8000"}),
    Case("hosts: below a wildcard", "/compared/hosts", {"host": "A.b.Example.com"}),
    Case("hosts: the wildcard's own", "/compared/hosts", {"host": "example.com"}, differs=HOST),
    Case("hosts: a strange one", "/compared/hosts", {"host": "evil.com"}, differs=HOST),
    Case("hosts: one that ends like another", "/compared/hosts", {"host": "evilexample.com"}, differs=HOST),
    Case("hosts: with a user", "/compared/hosts", {"host": "a@127.0.0.1"}, differs=HOST),
    Case("hosts: www is missing", "/compared/hosts?a=b", {"host": "example.org:8000"}),
    Case("https: by HTTP", "/compared/https?a=b", {"host": "example.com"}),
    Case("https: by HTTP, with a port", "/compared/https", {"host": "example.com:8000"}),
    Case("https: by HTTP, with its port", "/compared/https", {"host": "example.com:80"}),
]

COMPARED = [
    "content-type", "content-encoding", "location", "vary", "set-cookie", "access-control-allow-origin",
    "access-control-allow-methods", "access-control-allow-headers", "access-control-allow-credentials",
    "access-control-allow-private-network", "access-control-expose-headers", "access-control-max-age",
]


def listed(value):
    """A list's items, in any order and case."""
    return ", ".join(sorted(item.strip().lower() for item in value.split(",") if item.strip()))


def attributes(cookie):
    """What is said of a cookie; not its value, which has the time and the secret in it."""
    name, *rest = [part.strip() for part in cookie.split(";")]
    return "; ".join(sorted([name.split("=")[0].lower(), *(part.lower() for part in rest if part)]))


def seen(status, headers, body):
    """What is compared of an answer."""
    answer = {"status": str(status)}
    for name in COMPARED:
        value = ", ".join(value for key, value in headers if key.lower() == name)
        if name == "set-cookie":
            value = attributes(value) if value else ""
        elif name == "content-type":
            value = value.split(";")[0] if body else ""
        elif name != "location":
            value = listed(value)
        answer[name] = value
    if answer["content-encoding"] == "gzip":
        body = gzip.decompress(body)
    # What an error says is in its own words.
    answer["body"] = body.decode(errors="replace") if status == 200 and answer["content-encoding"] in ("", "gzip") else ""
    if status == 200 and body == b"OK":
        answer["body"] = ""
    return answer


def ask_starlette(case, headers):
    client = TestClient(THEIRS, base_url="http://127.0.0.1", follow_redirects=False)
    client.headers.clear()
    response = client.request(case.method, case.path, headers=headers)
    found = [(name.decode(), value.decode()) for name, value in response.headers.raw]
    # The client has decompressed it.
    compressed = response.headers.get("content-encoding") == "gzip"
    return response.status_code, found, gzip.compress(response.content) if compressed else response.content


def ask_ours(address, case, headers):
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.putrequest(case.method, case.path, skip_host=True, skip_accept_encoding=True)
    for name, value in ({"host": address} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return response.status, response.getheaders(), response.read()


def with_cookie(case, known):
    """The headers of a case, with the cookie that it asks for."""
    if case.cookie == "late":
        time.sleep(3.5)
    if not case.cookie or not known:
        return case.headers
    forged = known[:-1] + ("A" if known[-1] != "A" else "B")
    return case.headers | {"cookie": forged if case.cookie == "forged" else known}


def cookie_of(headers, known):
    set_cookie = [value for name, value in headers if name.lower() == "set-cookie" and "1970" not in value and "Max-Age=0" not in value]
    return set_cookie[0].split(";")[0] if set_cookie else known


def main():
    address = sys.argv[1]
    theirs_known = ours_known = ""
    failures, equal, width = [], 0, max(len(case.name) for case in CASES)
    print(f"{'':{width}}  Starlette  ours")
    for case in CASES:
        late = case.cookie == "late"
        theirs_headers = with_cookie(case, theirs_known)
        ours_headers = with_cookie(Case(case.name, case.path, case.headers, cookie="sent") if late else case, ours_known)
        theirs_raw = ask_starlette(case, theirs_headers)
        ours_raw = ask_ours(address, case, ours_headers)
        theirs_known, ours_known = cookie_of(theirs_raw[1], theirs_known), cookie_of(ours_raw[1], ours_known)
        theirs, ours = seen(*theirs_raw), seen(*ours_raw)
        different = {name for name in theirs if theirs[name] != ours[name]}
        reasons = "; ".join(dict.fromkeys(case.differs.values()))
        verdict = f"different: {reasons}" if case.differs else "equal"
        equal += not case.differs
        print(f"{case.name:{width}}  {theirs['status']:9}  {ours['status']:4}  {verdict}".rstrip())
        for name in sorted(different ^ set(case.differs)):
            failures.append(f"{case.name}: {name}: Starlette {theirs[name]!r}, ours {ours[name]!r}")
    print(f"\n{equal} of {len(CASES)} answers are equal, {len(CASES) - equal} differ on purpose")
    if failures:
        print("\nnot as expected:", *failures, sep="\n  ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
