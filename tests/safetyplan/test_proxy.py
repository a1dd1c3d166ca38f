"""The nginx configurations of deploy/nginx in a real nginx, before a web process that is there or not."""

import http.client
import os
import re
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.meta.test_pages import check
from tests.servers import poll
from tests.serving import ROOT, free_port

NGINX = ROOT / "deploy" / "nginx"
HOST = "county.example"


class Web(ThreadingHTTPServer):
    """Stands for the application: keeps the headers of every request and answers 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.seen: list[dict[str, str]] = []


class Answering(BaseHTTPRequestHandler):
    server: Web

    def do_GET(self) -> None:
        self.server.seen.append({name.lower(): value for name, value in self.headers.items()})
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass
class Proxy:
    """A running nginx."""

    plain: int
    tls: int
    web: Web
    log: Path
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str, *, tls: bool = True, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Send a request; the answer's headers are kept in `headers`."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        connection = (
            http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=20, context=trusting)
            if tls
            else http.client.HTTPConnection("127.0.0.1", self.plain, timeout=20)
        )
        try:
            connection.request(method, path, headers={"Host": HOST} | (headers or {}))
            answer = connection.getresponse()
            self.headers = dict(answer.headers.items())
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def answers(self) -> bool:
        with suppress(OSError):
            return bool(self.ask("/", tls=False))
        return False


def adapted(name: str, folder: Path, proxy: Proxy) -> str:
    """Return a configuration as it stands, with this test's ports and folders in place of the installation's."""
    text = (NGINX / name).read_text(encoding="utf-8")
    # Docker's name service is not here; nginx asks it for names only.
    text = re.sub(r"(?m)^resolver .*$", "", text)
    for old, new in (
        ("listen 80 default_server", f"listen 127.0.0.1:{proxy.plain} default_server"),
        ("listen 443 ssl http2 default_server", f"listen 127.0.0.1:{proxy.tls} ssl http2 default_server"),
        ("${SERVER_NAME}", HOST),
        ("/etc/safetyplan/tls", str(folder)),
        ("/etc/nginx/tls", str(folder)),
        ("/var/log/nginx/safetyplan.log", str(proxy.log)),
        ("/dev/stdout", str(proxy.log)),
        ("web:8000", f"127.0.0.1:{proxy.web.server_port}"),
        ("127.0.0.1:8000", f"127.0.0.1:{proxy.web.server_port}"),
        ("/opt/safetyplan/deploy/nginx/site.inc", str(folder / "site.inc")),
        ("/opt/safetyplan", str(ROOT)),
    ):
        text = text.replace(old, new)
    return text


@pytest.fixture(params=["host.conf", "compose.conf.template"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    assert program, "nginx is missing: script/setup --dev"
    made = Proxy(free_port(), free_port(), Web(), tmp_path / "access.log")
    threading.Thread(target=made.web.serve_forever, daemon=True).start()
    key, chain = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    openssl = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    subprocess.run([*openssl, "-keyout", str(key), "-out", str(chain)], check=True, capture_output=True)
    (tmp_path / "site.inc").write_text(adapted("site.inc", tmp_path, made), encoding="utf-8")
    (tmp_path / "site.conf").write_text(adapted(request.param, tmp_path, made), encoding="utf-8")
    bodies = "\n".join(
        f"{name}_temp_path {tmp_path}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"""{"user root;" if os.getuid() == 0 else ""}
daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log info; worker_processes 1; events {{}}
http {{ include /etc/nginx/mime.types; {bodies} include {tmp_path}/site.conf; }}
""",
        encoding="utf-8",
    )
    command = [program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    process = subprocess.Popen(command)
    try:
        poll(lambda: process.poll() is not None or made.answers(), 30, "nginx answers")
        assert process.poll() is None, (tmp_path / "error.log").read_text()
        yield made
    finally:
        process.terminate()
        process.wait(20)
        made.web.shutdown()
        made.web.server_close()


def test_the_proxy_before_the_application(proxy: Proxy) -> None:
    # Plain HTTP leads to HTTPS, whatever the address.
    assert proxy.ask("/tasks/?q=1", tls=False)[0] == 301
    assert proxy.headers["Location"] == f"https://{HOST}/tasks/?q=1"

    lies = {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "http", "X-Request-ID": "made-up-by-visitor"}
    assert proxy.ask("/tasks/?q=13800000000", headers=lies) == (200, "ok")
    seen = proxy.web.seen[-1]
    assert (seen["host"], seen["x-forwarded-for"], seen["x-forwarded-proto"]) == (HOST, "127.0.0.1", "https")
    assert re.fullmatch(r"[0-9a-f]{12}", seen["x-request-id"])
    # The log finds the same request, and tells nothing that was searched for.
    proxy.ask("/healthz")
    logged = proxy.log.read_text(encoding="utf-8")
    assert "GET /tasks/ 200 2 " in logged
    assert seen["x-request-id"] in logged
    assert "13800000000" not in logged
    assert "healthz" not in logged

    # Too large: told at once, before the body was sent.
    requests = len(proxy.web.seen)
    status, page = proxy.ask("/tasks/1/report/", method="POST", headers={"Content-Length": str(211 * 1024 * 1024)})
    assert (status, len(proxy.web.seen)) == (413, requests)
    assert "上传的内容太大" in page
    check(page)
    assert proxy.headers["Cache-Control"] == "no-store"


def test_the_proxy_without_the_application(proxy: Proxy) -> None:
    proxy.web.shutdown()
    proxy.web.server_close()
    status, page = proxy.ask("/tasks/")
    assert status == 502
    assert "系统正在维护或重新启动" in page
    # The notice is what htmx shows above the page that asked.
    assert 'id="failure"' in page
    check(page)
    assert (proxy.headers["Retry-After"], proxy.headers["Cache-Control"]) == ("30", "no-store")
    assert "style-src 'self'" in proxy.headers["Content-Security-Policy"]
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert proxy.ask(style) == (200, (ROOT / "static" / "css" / "error.css").read_text(encoding="utf-8"))
    assert proxy.headers["Content-Type"] == "text/css"
