"""The parts of previews made of cards: small tables, remarks, verdicts on pickles."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.facts import Facts, Verdict
from runcase.ui import icons
from runcase.ui.allow_list import BY_YOU, AllowList
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, label, row

_ROW = 26
# A page of cards that is narrower has one column.
_BESIDE_FROM = 700
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
# Of the imports on the allow-list, as many are listed as make one card with the others.
_ALLOWED_SHOWN = 4
_MOST_SHOWN = 40
_LOOKS = {
    Verdict.DANGEROUS: ("octagon-alert", "error"),
    Verdict.UNKNOWN: ("triangle-alert", "warn"),
    Verdict.ALLOWED: ("check", "success"),
}


class CardPage(QWidget):
    """Two columns of cards, `main` and `side`; in little room the second below the first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("side")
        self.main, self.side = QVBoxLayout(), QVBoxLayout()
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._columns.setContentsMargins(12, 12, 12, 12)
        self._columns.setSpacing(12)
        for column in (self.main, self.side):
            column.setSpacing(12)
            self._columns.addLayout(column)
        self._arrange(self._columns.direction())

    def finish(self) -> None:
        """Have the cards stand at the top, once all are there."""
        for column in (self.main, self.side):
            column.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        """Ask for the width of one column: a scroll area would keep the room for both."""
        widest = max(each.minimumSize().width() for each in (self.main, self.side))
        return QSize(widest + 24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self.width() < self._theme.px(_BESIDE_FROM)
        wanted = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if wanted != self._columns.direction():
            self._arrange(wanted)

    def _arrange(self, direction: QBoxLayout.Direction) -> None:
        self._columns.setDirection(direction)
        shares = (3, 2) if direction == QBoxLayout.Direction.LeftToRight else (0, 1)
        for at, share in enumerate(shares):
            self._columns.setStretch(at, share)


class _Grid(QTableWidget):
    """A table as high as its rows, and higher by the scroll bar where it needs one."""

    def __init__(self, rows: int, columns: int) -> None:
        super().__init__(rows, columns)
        self.horizontalScrollBar().rangeChanged.connect(self._fit)

    def _fit(self, _least: int, most: int) -> None:
        head = 0 if self.horizontalHeader().isHidden() else self.horizontalHeader().height()
        bar = self.horizontalScrollBar().sizeHint().height() if most > 0 else 0
        self.setFixedHeight(head + self.verticalHeader().length() + bar)


class VerdictCard(QFrame):
    """What a pickle would import, the worst first, under a sentence that sums it up."""

    def __init__(self, theme: Theme, facts: Facts, allowed: AllowList | None = None) -> None:
        super().__init__()
        self._theme, self._facts, self._allowed = theme, facts, allowed
        self.setObjectName("verdictCard")
        if allowed is not None:
            facts = replace(facts, imports=allowed.judged(facts.imports))
        imports = facts.imports
        counts = {each: sum(one.verdict == each for one in imports) for each in Verdict}
        worst = next((each for each in _LOOKS if counts[each]), Verdict.ALLOWED)
        token = {Verdict.ALLOWED: "success"}.get(worst, _LOOKS[worst][1])
        self._token = token
        title = _summary(counts, sum(each.reason == BY_YOU for each in imports))
        head = QFrame()
        head.setObjectName("verdictHead")
        icon = "shield-check" if worst == Verdict.ALLOWED else "shield-alert"
        heading = label(title, "heading")
        heading.setObjectName("verdictTitle")
        protocol = next((value for name, value in facts.facts if name == "Protocol"), "")
        parts = [words.many(len(imports), "import")]
        parts += [f"protocol {protocol}"] if protocol else []
        parts += [words.many(facts.tensor_count, "tensor")] if facts.tensor_count else []
        said = label(
            f"Read from the opcodes of {facts.name} ({', '.join(parts)}). "
            "The file was not loaded or executed.",
            "small",
        )
        said.setWordWrap(True)
        said.setObjectName("verdictText")
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(heading)
        text.addWidget(said)
        line = row(IconLabel(theme, icon, token, 20), spacing=12, margins=(14, 10, 12, 10))
        line.addLayout(text, 1)
        if allowed is not None:
            opens = button("Allow-List…", "small", self._open_list)
            line.addWidget(opens, 0, Qt.AlignmentFlag.AlignVCenter)
        head.setLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self._table(facts))
        rest = len(imports) - _shown(facts)
        if rest:
            layout.addWidget(remark(f"{rest:,} more on the allow-list"))
        # Made anew with its page when the theme changes.
        color = theme.color
        soft = color(f"{token}-soft").name()
        self.setStyleSheet(
            f"QFrame#verdictCard {{ background: {color('surface').name()};"
            f" border: 1px solid {color(token).name()}; border-radius: 6px; }}"
            f"QFrame#verdictHead {{ background: {soft}; border: none;"
            " border-top-left-radius: 5px; border-top-right-radius: 5px; }"
            f"QLabel#verdictTitle, QLabel#verdictText {{ color: {color(token).name()}; }}"
        )

    def _open_list(self) -> None:
        # Imported here: opened now and then.
        from runcase.ui.dialogs.allow_list import AllowListDialog

        if self._allowed is not None:
            facts, window = self._facts, self.window()
            AllowListDialog(self._theme, self._allowed, facts.name, facts.imports, window).open()

    def _table(self, facts: Facts) -> QTableWidget:
        shown = facts.imports[: _shown(facts)]
        rows = [("", each.module, each.name, each.reason) for each in shown]
        made = grid(self._theme, ("", "Module", "Name", "Verdict"), rows, plain=(0, 3))
        made.horizontalHeader().hide()
        made.setFixedHeight(made.verticalHeader().length())
        made.setColumnWidth(0, 34)
        for number, each in enumerate(shown):
            name, token = _LOOKS[Verdict(each.verdict)]
            item = made.item(number, 0)
            if item is not None:
                item.setIcon(icons.icon(self._theme, name, token, 15))
                item.setToolTip(each.verdict)
        return made


def _summary(counts: dict[Verdict, int], own: int) -> str:
    dangerous, unknown = counts[Verdict.DANGEROUS], counts[Verdict.UNKNOWN]
    if dangerous:
        return f"{words.many(dangerous, 'import')} could run code of the file’s author"
    if unknown:
        return f"{words.many(unknown, 'import')} outside the allow-list"
    if own:
        return f"All imports are on the allow-list, {own:,} of them by you"
    return "All imports are on the allow-list"


def _shown(facts: Facts) -> int:
    judged = sum(each.verdict != Verdict.ALLOWED for each in facts.imports)
    return min(len(facts.imports), min(judged, _MOST_SHOWN) + _ALLOWED_SHOWN)


def remark(text: str) -> QWidget:
    """Return a muted sentence with a card's margins."""
    made = label(text, "small-muted")
    made.setWordWrap(True)
    made.setContentsMargins(12, 8, 12, 8)
    return made


def grid(
    theme: Theme,
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    plain: Sequence[int] = (),
    right: Sequence[int] = (),
    stretch: int = -1,
) -> QTableWidget:
    """Return a small table that is as high as its rows; cells are mono but for `plain` columns."""
    made = _Grid(len(rows), len(titles))
    for column, title in enumerate(titles):
        head = QTableWidgetItem(title)
        if column in right:
            head.setTextAlignment(_RIGHT)
        made.setHorizontalHeaderItem(column, head)
    made.horizontalHeader().setDefaultAlignment(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    )
    made.verticalHeader().hide()
    made.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
    made.horizontalHeader().setFixedHeight(theme.px(_ROW))
    made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setShowGrid(False)
    made.setWordWrap(False)
    made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setStyleSheet(
        f"QTableWidget::item {{ padding: 0 5px; border: none;"
        f" border-bottom: 1px solid {theme.color('grid').name()}; }}"
    )
    mono, small = code_font(theme), QFontMetrics(theme.font("small"))
    for number, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text.replace("\n", " ⏎ "))
            item.setToolTip(text)
            if column not in plain and column not in right:
                item.setFont(mono)
            if column in right:
                item.setTextAlignment(_RIGHT)
            made.setItem(number, column, item)
    stretched = stretch if stretch >= 0 else 0 if right else len(titles) - 1
    letters = QFontMetrics(made.font())
    for column in range(len(titles)):
        metrics = letters if column in plain or column in right else QFontMetrics(mono)
        mode = QHeaderView.ResizeMode.Interactive
        if column == stretched:
            mode = QHeaderView.ResizeMode.Stretch
        made.horizontalHeader().setSectionResizeMode(column, mode)
        cells = [each[column][:40] for each in rows]
        widest = max((metrics.horizontalAdvance(text) for text in cells), default=0)
        widest = max(widest, small.horizontalAdvance(titles[column]))
        made.setColumnWidth(column, min(240, widest + 20))
    made.setFixedHeight(theme.px(_ROW) + made.verticalHeader().length())
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made
