import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from runcase.preview.document import Document, Request
from runcase.preview.worker import Worker
from runcase.session.jobs import Jobs
from runcase.ui.previews.blocked_dialog import BlockedDialog
from runcase.ui.previews.host import PreviewHost
from runcase.ui.previews.kinds import SCRIPTED
from runcase.ui.previews.web_view import WebView
from runcase.ui.theme import Theme

pytest.importorskip(
    "PySide6.QtWebEngineWidgets", reason="QtWebEngine is not here", exc_type=ImportError
)
# Chromium says what it looked for and did not find, of each machine something else.
pytestmark = pytest.mark.no_qt_log
Show = Callable[[str, str], Document]


@pytest.fixture(scope="module")
def host(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PreviewHost]:
    theme, jobs = Theme(qapp), Jobs()
    made = PreviewHost(theme, jobs)
    made.resize(900, 600)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    jobs.close()
    theme.deleteLater()


@pytest.fixture(scope="module", autouse=True)
def _thread(host: PreviewHost) -> None:
    """Start the thread that reads beside the pages, which lives as long as the window."""
    host._page._jobs._lanes["files"].submit(int).result()


@pytest.fixture
def show(host: PreviewHost, worker: Worker, tmp_path: Path) -> Iterator[Show]:
    def made(name: str, content: str) -> Document:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        request = Request(str(path))
        document = worker.read(request)
        host.set_request(request)
        host.show_document(document)
        return document

    yield made
    host.clear()


def run(host: PreviewHost) -> WebView:
    segments = host._segments[SCRIPTED.views]
    next(each for each in segments._buttons.values() if each.text() == "With Scripts").click()
    web = host._page._web
    assert web is not None
    return web


def text_of(qtbot: QtBot, web: WebView) -> str:
    got: list[str] = []
    web._page.toPlainText(got.append)
    qtbot.waitUntil(lambda: bool(got))
    return got[0]


def wait_for(qtbot: QtBot, web: WebView, wanted: str) -> None:
    """Wait until the page says something."""

    def says() -> bool:
        return wanted in text_of(qtbot, web)

    qtbot.waitUntil(says, timeout=20_000)


def sentences(web: WebView) -> list[str]:
    return [each.text() for each in web._state.findChildren(QLabel)]


def test_scripts_run_on_request_only_and_the_page_remembers(
    qtbot: QtBot, host: PreviewHost, show: Show
) -> None:
    page = "<p id=p>still</p><script>document.getElementById('p').textContent='ran'</script>"
    show("a.html", page)
    assert host._page._browser.toPlainText() == "still"
    assert not host._segments[SCRIPTED.views].isHidden()
    wait_for(qtbot, run(host), "ran")
    assert host._note.isHidden()
    show("b.html", page)
    assert host._page.currentWidget() is host._page._browser
    show("a.html", page)
    assert host._segments[SCRIPTED.views].choice() == "scripts"
    wait_for(qtbot, host._page._web, "ran")


def test_files_beside_the_page_load_and_no_others(
    qtbot: QtBot, host: PreviewHost, show: Show, tmp_path: Path
) -> None:
    (tmp_path / "page" / "sub dir").mkdir(parents=True)
    (tmp_path / "secret.json").write_text('{"a": "secret"}')
    (tmp_path / "page" / "out.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "page" / "sub dir" / "d.json").write_text('{"a": "beside"}')
    (tmp_path / "page" / "s.js").write_text("document.body.append(' script')")
    os.mkfifo(tmp_path / "page" / "pipe.json")
    show(
        "page/a & ü.html",
        """<body><script src="s.js"></script><script>
        const say = text => document.body.append(" " + text);
        const get = each => fetch(each).then(r => r.json()).then(j => say(j.a));
        Promise.all(["sub%20dir/d.json", "../secret.json", "out.json", "pipe.json",
        "/etc/passwd", "%2e%2e/secret.json"].map(each => get(each).catch(() => say("refused"))))
        .then(() => say("done"));
        </script>""",
    )
    web = run(host)
    wait_for(qtbot, web, "done")
    said = text_of(qtbot, web).split()
    assert sorted(said) == sorted(["script", "beside", *["refused"] * 5, "done"])


def test_nothing_reaches_the_network_and_it_is_counted(
    qtbot: QtBot, host: PreviewHost, show: Show
) -> None:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as server,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as packets,
    ):
        packets.bind(("127.0.0.1", 0))
        server.setblocking(False)
        packets.setblocking(False)
        port, udp = server.getsockname()[1], packets.getsockname()[1]
        at = f"127.0.0.1:{port}"
        show(
            "a.html",
            f"""<link rel=preconnect href="http://{at}"><link rel=stylesheet href="http://{at}/c">
            <script src="http://{at}/x.js"></script><img src="http://{at}/a.png">
            <iframe src="http://{at}/f"></iframe><iframe src="file:///etc/hosts"></iframe>
            <body><script>
            fetch("http://{at}/fetch").catch(() => 0);
            navigator.sendBeacon("http://{at}/beacon", "x");
            const rtc = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.1:{udp}"}},
              {{urls: "turn:{at}?transport=tcp", username: "a", credential: "b"}}]}});
            rtc.createDataChannel("x");
            rtc.createOffer().then(each => rtc.setLocalDescription(each));
            rtc.onicecandidate = each => {{ if (!each.candidate) document.body.append("gathered") }}
            new WebSocket("ws://{at}/ws").onerror = () => document.body.append("closed");
            </script>""",
        )
        web = run(host)
        wait_for(qtbot, web, "closed")
        wait_for(qtbot, web, "gathered")
        expected = {f"http://{at}/{each}" for each in ("x.js", "a.png", "", "fetch", "beacon")}
        expected |= {f"http://{at}/c", f"ws://{at}/ws", "file:///etc/hosts"}
        qtbot.waitUntil(lambda: expected <= set(web._blocked))
        assert web._number.text() == "8 network requests were blocked"
        with pytest.raises(BlockingIOError):
            server.accept()
        with pytest.raises(BlockingIOError):
            packets.recv(100)
    web._number.click()
    dialog = web.findChild(BlockedDialog)
    assert f"ws://{at}/ws" in dialog._text
    dialog.close()


def test_a_page_that_loops_for_ever_is_stopped(qtbot: QtBot, host: PreviewHost, show: Show) -> None:
    show("loop.html", "<p>x</p><script>while (true) {}</script>")
    web = run(host)
    qtbot.waitUntil(lambda: web._page.renderProcessPid() > 0)
    pid = web._page.renderProcessPid()
    web._stop.click()
    qtbot.waitUntil(lambda: "The page was stopped." in sentences(web))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    (tmp := Path(web._file)).write_text("<p>mended</p>")
    next(each for each in web._state.findChildren(QPushButton) if each.text() == "Reload").click()
    wait_for(qtbot, web, "mended")
    assert tmp.name == "loop.html"


def test_a_page_whose_process_dies_is_one_sentence(
    qtbot: QtBot, host: PreviewHost, show: Show
) -> None:
    show("a.html", "<p>alive</p>")
    web = run(host)
    wait_for(qtbot, web, "alive")
    os.kill(web._page.renderProcessPid(), signal.SIGSEGV)
    qtbot.waitUntil(lambda: "The page’s process ended." in sentences(web))


def test_links_and_windows_go_nowhere(qtbot: QtBot, host: PreviewHost, show: Show) -> None:
    show("a.html", "<p>here</p><script>location = 'http://x.invalid/there'</script>")
    web = run(host)
    qtbot.waitUntil(lambda: web._address.text() == "http://x.invalid/there")
    assert not web._link_row.isHidden()
    next(
        each for each in web._link_row.findChildren(QPushButton) if each.text() == "Copy Address"
    ).click()
    assert QGuiApplication.clipboard().text() == "http://x.invalid/there"
    wait_for(qtbot, web, "here")


def test_a_page_that_vanished_says_so(
    qtbot: QtBot, host: PreviewHost, show: Show, tmp_path: Path
) -> None:
    show("a.html", "<p>x</p>")
    (tmp_path / "a.html").unlink()
    web = run(host)
    qtbot.waitUntil(lambda: any("could not be read" in each for each in sentences(web)))


def test_another_file_ends_the_page(qtbot: QtBot, host: PreviewHost, show: Show) -> None:
    show("a.html", "<p>alive</p>")
    web = run(host)
    wait_for(qtbot, web, "alive")
    pid = web._page.renderProcessPid()
    show("b.txt", "x\n")

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return False

    assert web._page is None
    qtbot.waitUntil(gone, timeout=10_000)


def test_a_large_page_draws(qtbot: QtBot, host: PreviewHost, show: Show) -> None:
    """As Plotly's pages are: of several megabytes, all made by their scripts."""
    filler = "x" * 5_000_000
    document = show(
        "plot.html",
        f"<body><script>/*{filler}*/const c = document.createElement('canvas');"
        "c.width = c.height = 400; document.body.style.margin = 0; document.body.append(c);"
        "const g = c.getContext('2d'); g.fillStyle = '#ff8800'; g.fillRect(0, 0, 400, 400);"
        "</script></body>",
    )
    assert document.empty
    assert "see With Scripts" in host._note.text()
    web = run(host)

    def drawn() -> bool:
        return web._view.grab().toImage().pixelColor(200, 200).name() == "#ff8800"

    qtbot.waitUntil(drawn, timeout=20_000)
