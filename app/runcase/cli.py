"""The command `runcase`: opens the window, or answers without one.

PySide6 is imported only when a window is wanted.
"""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from runcase import __version__, folders
from runcase.errors import FilterError, RuncaseError

COMMANDS = ("info", "runs", "dump", "preview", "shot", "sample")
PAGES = ("welcome", "experiment", "charts", "run", "artifacts", "compare", "registry", "all")
PREVIEW_WORKER = "--preview-worker"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns 0, 1 for what cannot be read, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [PREVIEW_WORKER]:
        # A frozen bundle has no `python -m`: it starts itself as the worker.
        from runcase.preview.child import main as child

        return child()
    try:
        if given and given[0] in COMMANDS:
            return _answer(_parser().parse_args(given))
        return _window(_window_parser().parse_args(given))
    except FilterError as error:
        print(f"runcase: {error}", file=sys.stderr)
        return 2
    except RuncaseError as error:
        print(f"runcase: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output, such as `head`, has enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="runcase",
        description="Open MLflow stores and artifacts like documents.",
        epilog=f"Commands without a window: {', '.join(COMMANDS)}. See runcase COMMAND --help.",
    )
    parser.add_argument("--version", action="version", version=f"Runcase {__version__}")
    parser.add_argument("--sample", action="store_true", help="open the sample store")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a store, a folder or an artifact")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="runcase")
    commands = parser.add_subparsers(dest="command", required=True)
    info = commands.add_parser("info", help="what a store is and holds")
    info.add_argument("path", metavar="PATH")
    info.add_argument("--json", action="store_true")
    runs = commands.add_parser("runs", help="list runs as MLflow's search does")
    runs.add_argument("path", metavar="PATH")
    runs.add_argument("-e", "--experiment", help="an experiment's id, or its exact name")
    runs.add_argument("--filter", default="", metavar="EXPR", help="MLflow's filter grammar")
    runs.add_argument("--order-by", action="append", default=[], metavar="EXPR")
    runs.add_argument("--columns", metavar="A,B", help="such as run_id,metrics.rmse,params.lr")
    runs.add_argument("--deleted", choices=("active", "deleted", "all"), default="active")
    runs.add_argument("--limit", type=_count, metavar="N")
    runs.add_argument("--format", choices=("table", "csv", "json"), default="table")
    dump = commands.add_parser("dump", help="everything in a store as JSON")
    dump.add_argument("path", metavar="PATH")
    preview = commands.add_parser("preview", help="look inside one file")
    preview.add_argument("path", metavar="FILE")
    preview.add_argument("--json", action="store_true")
    shot = commands.add_parser("shot", help="draw a page into a PNG file")
    shot.add_argument("path", metavar="PATH")
    shot.add_argument("--page", choices=PAGES, required=True)
    shot.add_argument(
        "--at", type=_place, metavar="PLACE", help="exp/ID, run/ID (or run/ID,ID) or model/NAME"
    )
    shot.add_argument("--filter", default="", metavar="EXPR")
    shot.add_argument("--theme", choices=("light", "dark"), default="light")
    shot.add_argument("--size", type=_size, default=(1440, 900), metavar="WIDTHxHEIGHT")
    shot.add_argument("--scale", type=_scale, default=1.0)
    shot.add_argument("--out", required=True, metavar="FILE.png", help="a folder for --page all")
    commands.add_parser("sample", help="write the sample store and print where it is")
    return parser


def _answer(options: argparse.Namespace) -> int:
    """Run one command; each import is the command's own, so that no command pays for another."""
    match options.command:
        case "info":
            from runcase.headless.info import info

            return info(options.path, options.json)
        case "runs":
            return _runs(options)
        case "dump":
            from runcase.headless.dump import dump

            return dump(options.path)
        case "preview":
            from runcase.headless.preview import preview

            return preview(options.path, options.json)
        case "shot":
            return _shot(options)
        case _:
            from runcase.store.sample import ensure_sample

            print(ensure_sample(folders.data_folder()))
            return 0


def _runs(options: argparse.Namespace) -> int:
    from runcase.headless.runs import runs
    from runcase.store.records import Lifecycle

    return runs(
        options.path,
        experiment=options.experiment,
        filter_text=options.filter,
        order_by=options.order_by,
        columns=options.columns.split(",") if options.columns else None,
        deleted=Lifecycle(options.deleted),
        limit=options.limit,
        output=options.format,
    )


def _shot(options: argparse.Namespace) -> int:
    # Offscreen everywhere, so that pictures agree; before Qt is imported.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    from runcase.shot import Wish, shot

    wish = Wish(
        options.page, options.at or "", options.filter, options.theme, options.size, options.out
    )
    return shot(options.path, wish)


def _window(options: argparse.Namespace) -> int:
    # What is imported now stays for good: collecting garbage meanwhile costs 60 ms for nothing.
    gc.disable()
    from runcase.instance import InstanceServer, hand_over

    paths = [_absolute(path) for path in options.paths]
    message = ["--sample"] if options.sample else paths
    if hand_over(message):
        return 0
    from runcase.app import Application, user_settings
    from runcase.ui.desktop_application import make_qt
    from runcase.ui.error_reports import ErrorReports

    qt = make_qt(sys.argv[:1])
    application = Application(qt, user_settings(), folders.data_folder() / "local.db")
    sys.excepthook = ErrorReports(application, lambda: application.windows)
    qt.file_opened.connect(lambda path: application.open_from_outside([path]))
    server = InstanceServer(application)
    server.asked.connect(application.open_from_outside)
    server.listen()
    if options.sample:
        application.open_sample()
    else:
        application.open(paths)
    application.warm_previews()
    return qt.exec()


def _absolute(path: str) -> str:
    """Make a path absolute: the first process may run in another folder. URLs stay."""
    return path if ":/" in path else str(Path(path).expanduser().absolute())


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 1440x900")
    if not (960 <= int(width) <= 16384 and 600 <= int(height) <= 16384):
        raise argparse.ArgumentTypeError(f"{text!r} is not from 960x600 to 16384x16384")
    return int(width), int(height)


def _scale(text: str) -> float:
    number = float(text)
    if not 0.5 <= number <= 4:
        raise argparse.ArgumentTypeError("must be from 0.5 to 4")
    return number


def _place(text: str) -> str:
    kind, _, name = text.partition("/")
    if kind not in ("exp", "run", "model") or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not like exp/ID, run/ID or model/NAME")
    return text
