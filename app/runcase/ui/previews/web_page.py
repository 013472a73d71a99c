"""The walls around a page with scripts: the one module that imports QtWebEngine.

Imported when the first such page is shown: it costs 40 ms and 30 MB, and a page 300 MB more.
"""

import os
import re
import sys
from collections.abc import Callable
from functools import partial
from secrets import token_hex
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget

from runcase.errors import RuncaseError
from runcase.preview import beside
from runcase.preview.beside import Beside
from runcase.session.jobs import Job, Jobs

_SCHEME = b"runcase-page"
_INNER = frozenset((_SCHEME.decode(), "data", "blob", "about"))
# A page may hold much, but a script must not read files for ever.
_PAGE_BYTES = 1024 * 1024 * 1024
# Of which a page that does nothing has 0.7 GB, most of it never touched.
RENDERER_BYTES = 3 * 1024 * 1024 * 1024
_POLICY = (
    "default-src runcase-page: data: blob: 'unsafe-inline' 'unsafe-eval'; object-src 'none'; "
    "sandbox allow-scripts allow-popups"
)
# The policy and the interceptor see requests. A `preconnect` link, a DNS prefetch and WebRTC's
# STUN packets are none: these keep them from the network (seen with strace).
_FLAGS = (
    '--host-resolver-rules="MAP * ~NOTFOUND"',
    "--no-proxy-server",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=1024",
)
# How Chromium says on the page's console what the policy held back.
_REFUSED = re.compile(
    r"(?:Refused to [^']{1,60}'([^']+)' because it violates|"
    r"Not allowed to load local resource: (\S+))"
)
_Attribute = QWebEngineSettings.WebAttribute
_ON = (_Attribute.JavascriptEnabled, _Attribute.PlaybackRequiresUserGesture)
_OFF = (
    _Attribute.AutoLoadIconsForPage,
    _Attribute.DnsPrefetchEnabled,
    _Attribute.ErrorPageEnabled,
    _Attribute.FullScreenSupportEnabled,
    _Attribute.HyperlinkAuditingEnabled,
    _Attribute.JavascriptCanAccessClipboard,
    _Attribute.JavascriptCanOpenWindows,
    _Attribute.JavascriptCanPaste,
    _Attribute.LocalContentCanAccessFileUrls,
    _Attribute.LocalContentCanAccessRemoteUrls,
    _Attribute.LocalStorageEnabled,
    _Attribute.NavigateOnDropEnabled,
    _Attribute.PdfViewerEnabled,
    _Attribute.PluginsEnabled,
    _Attribute.ScreenCaptureEnabled,
)


def prepare() -> None:
    """Set what the process that QtWebEngine starts goes by; before the first profile, once."""
    before = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    if _FLAGS[0] in before:
        return
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join((before, *_FLAGS)).strip()
    if is_root():
        # Chromium refuses to start its sandbox as root.
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    scheme = QWebEngineUrlScheme(_SCHEME)
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flags = QWebEngineUrlScheme.Flag
    scheme.setFlags(flags.SecureScheme | flags.CorsEnabled | flags.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


def is_root() -> bool:
    """Say whether Chromium's own sandbox is off, which it is for root."""
    return sys.platform != "win32" and os.geteuid() == 0


class Walls(QObject):
    """A profile off the record that reaches the files beside one page and nothing else.

    Signals:
        blocked: An address that the page asked for and did not get.
        failed: Why the page itself could not be read, a `RuncaseError`.
    """

    blocked = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        prepare()
        self.profile = QWebEngineProfile(self)
        self._interceptor = _Interceptor(self.blocked.emit, self)
        self._files = _Files(jobs, self.failed.emit, self)
        self.profile.setUrlRequestInterceptor(self._interceptor)
        self.profile.installUrlSchemeHandler(_SCHEME, self._files)
        self.profile.setPersistentPermissionsPolicy(
            QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime
        )
        self.profile.downloadRequested.connect(_refuse_download)

    def admit(self, folder: str, name: str) -> QUrl:
        """Return the address of a page; the one before has none any more."""
        url = QUrl()
        url.setScheme(_SCHEME.decode())
        url.setHost(self._files.admit(folder, name))
        url.setPath(f"/{name}", QUrl.ParsingMode.DecodedMode)
        return url

    def close(self) -> None:
        """Serve no more files."""
        self._files.admit("", "")


class Page(QWebEnginePage):
    """A page that goes nowhere, opens nothing, and may be ended.

    Signals:
        blocked: An address that the policy held back.
        linked: An address that the page or the person wanted to go to.
    """

    blocked = Signal(str)
    linked = Signal(str)

    def __init__(self, walls: Walls, parent: QObject) -> None:
        super().__init__(walls.profile, parent)
        for attribute in _ON:
            self.settings().setAttribute(attribute, True)
        for attribute in _OFF:
            self.settings().setAttribute(attribute, False)
        self.settings().setDefaultTextEncoding("utf-8")
        self.permissionRequested.connect(_deny)
        self.newWindowRequested.connect(self._want_window)
        self._limited = 0
        # `renderProcessPidChanged` does not tell of the first process.
        self.loadProgress.connect(self._limit)

    def stop(self) -> None:
        """End the process that runs the page; nothing else ends a script that loops."""
        pid = self.renderProcessPid()
        if pid > 0:
            end_process(pid)

    def acceptNavigationRequest(
        self, url: QUrl | str, navigation: QWebEnginePage.NavigationType, main_frame: bool
    ) -> bool:
        address = QUrl(url)
        if address.scheme() in _INNER and (not main_frame or _SCHEME.decode() == address.scheme()):
            return True
        if main_frame:
            self.linked.emit(address.toDisplayString())
        else:
            self.blocked.emit(address.toDisplayString())
        return False

    def javaScriptConsoleMessage(
        self,
        level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        message: str,
        line: int,
        source: str,
    ) -> None:
        refused = _REFUSED.match(message)
        if refused is not None:
            self.blocked.emit(refused.group(1) or refused.group(2))

    def chooseFiles(
        self, mode: QWebEnginePage.FileSelectionMode, old: object, types: object
    ) -> list[str]:
        return []

    def _limit(self, _percent: int) -> None:
        pid = self.renderProcessPid()
        if pid > 0 and pid != self._limited:
            self._limited = pid
            limit_process(pid)

    def _want_window(self, request: QWebEngineNewWindowRequest) -> None:
        self.linked.emit(request.requestedUrl().toDisplayString())


def make_view(page: Page, parent: QWidget) -> QWebEngineView:
    """Return the widget of a page, which it owns."""
    view = QWebEngineView(parent)
    page.setParent(view)
    view.setPage(page)
    view.setAcceptDrops(False)
    return view


def end_process(pid: int) -> None:
    """End a process at once."""
    import signal  # SIGKILL is not on Windows, where any signal ends a process

    try:
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    except OSError:  # it ended by itself
        return


def limit_process(pid: int) -> None:
    """Let a page's process have `RENDERER_BYTES`, where a running process can be limited."""
    if sys.platform != "linux":
        return
    import resource  # not on Windows

    try:
        resource.prlimit(pid, resource.RLIMIT_DATA, (RENDERER_BYTES, RENDERER_BYTES))
    except OSError:  # it is gone, or not ours to limit
        return


class _Interceptor(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is for no file beside the page."""

    def __init__(self, blocked: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._blocked = blocked

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        if info.requestUrl().scheme() not in _INNER:
            info.block(True)
            self._blocked(info.requestUrl().toDisplayString())


class _Files(QWebEngineUrlSchemeHandler):
    """Answers with files of one folder, which are read in jobs."""

    def __init__(self, jobs: Jobs, failed: Callable[[RuncaseError], None], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._failed = failed
        self._folder = self._name = self._token = ""
        self._left = 0
        self._next = 0
        self._waiting: dict[int, tuple[QWebEngineUrlRequestJob, Job[Beside] | None]] = {}

    def admit(self, folder: str, name: str) -> str:
        """Serve one folder from now on; returns the host under which it is found."""
        for _, job in self._waiting.values():
            if job is not None:
                job.cancel()
        self._folder, self._name, self._token = folder, name, token_hex(8)
        self._left = _PAGE_BYTES
        return self._token

    def requestStarted(self, request: QWebEngineUrlRequestJob) -> None:
        url = request.requestUrl()
        if not self._folder or url.host() != self._token or request.requestMethod() != b"GET":
            request.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
            return
        folder, relative = self._folder, url.path(QUrl.ComponentFormattingOption.FullyDecoded)
        limit = min(beside.MOST_BYTES, self._left)
        self._next += 1
        number = self._next
        # The request may end before the file is read: it must not be touched then.
        self._waiting[number] = (request, None)
        request.destroyed.connect(partial(self._forget, number))
        job = self._jobs.submit(
            lambda _progress: beside.read(folder, relative, limit),
            owner=self,
            then=partial(self._answer, number),
            failed=partial(self._refuse, number, relative),
            lane="files",
        )
        if number in self._waiting:
            self._waiting[number] = (request, job)

    def _answer(self, number: int, file: Beside) -> None:
        if number not in self._waiting:
            return
        request, _ = self._waiting.pop(number)
        self._left -= len(file.data)
        content = QBuffer(request)
        content.setData(QByteArray(file.data))
        content.open(QIODevice.OpenModeFlag.ReadOnly)
        # A list for each name, whatever PySide's types say.
        headers: Any = {
            QByteArray(b"Content-Security-Policy"): [QByteArray(_POLICY.encode())],
            # The sandbox gives the page an origin of its own, to which its files are foreign.
            QByteArray(b"Access-Control-Allow-Origin"): [QByteArray(b"*")],
            QByteArray(b"X-Content-Type-Options"): [QByteArray(b"nosniff")],
        }
        request.setAdditionalResponseHeaders(headers)
        request.reply(file.type.encode(), content)

    def _refuse(self, number: int, relative: str, error: RuncaseError) -> None:
        if number not in self._waiting:
            return
        if relative != f"/{self._name}":
            # Chromium leaves a `fetch` that fails here waiting for ever: it gets nothing instead,
            # of a type that is no script, no style and no picture.
            self._answer(number, Beside("text/plain", b""))
            return
        request, _ = self._waiting.pop(number)
        request.fail(QWebEngineUrlRequestJob.Error.RequestFailed)
        self._failed(error)

    def _forget(self, number: int) -> None:
        _, job = self._waiting.pop(number, (None, None))
        if job is not None:
            job.cancel()


def _deny(permission: QWebEnginePermission) -> None:
    permission.deny()


def _refuse_download(download: QWebEngineDownloadRequest) -> None:
    download.cancel()
