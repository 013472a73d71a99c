"""The completer under the filter field: what could be typed next, and what is wrong so far."""

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListView, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, clear, label, line, row
from runcase.ui.widgets.completer_choice import Choice, Problem
from runcase.ui.widgets.completer_list import ROW, ChoiceDelegate, ChoiceModel

_MOST_ROWS = 8
_LEAST_WIDTH, _MOST_WIDTH = 430, 640
_MOST_OPERATORS = 8


class CompleterPopup(QFrame):
    """Lies over the window below the field and never takes the focus from it.

    `accepted` carries a `Choice`; `operator_chosen` a comparison; `helped` asks for the grammar.
    """

    accepted = Signal(object)
    operator_chosen = Signal(str)
    helped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chosen_by_hand = False
        self.setObjectName("popover")
        self.setAccessibleName("Completions")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = ChoiceModel(self)
        self.list = QListView()
        self._delegate = ChoiceDelegate(theme, self.list)
        self._line = line()
        self._operators = QWidget()
        self._panel = _ProblemPanel(theme)
        self._panel.replaced.connect(self.accepted)
        self._foot = _Foot(theme)
        self._foot.help.clicked.connect(self.helped)
        self._build()
        self.hide()

    def show_choices(
        self, choices: Sequence[Choice], operators: Sequence[str], problem: Problem | None
    ) -> None:
        """Show what can be chosen; the first row is what Tab accepts."""
        self.chosen_by_hand = False
        self.model.show(choices)
        self.list.setVisible(bool(choices))
        if choices:
            self.list.setCurrentIndex(self.model.index(0))
            self.list.scrollToTop()
        self._show_operators(operators)
        self._panel.show_problem(problem)
        kinds = {choice.kind for choice in choices}
        self._foot.show_keys(bool(choices), bool(kinds & {"saved", "recent"}))

    def has_content(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.model.choices) or not self._panel.isHidden()

    def current(self) -> Choice | None:
        """Return the choice that Tab accepts."""
        at = self.list.currentIndex().row()
        return self.model.choices[at] if 0 <= at < len(self.model.choices) else None

    def step(self, by: int) -> None:
        """Go down or up some rows; from the last one on to the first."""
        count = len(self.model.choices)
        if not count:
            return
        at = self.list.currentIndex().row()
        # The first row is current before anybody chose: the first step stays on it.
        to = at if not self.chosen_by_hand and by == 1 else at + by
        at_edge = to % count if abs(by) == 1 else max(0, min(count - 1, to))
        self.chosen_by_hand = True
        self.list.setCurrentIndex(self.model.index(at_edge))
        self.list.scrollTo(self.list.currentIndex())

    def show_at(self, at: QPoint) -> None:
        """Show itself at a point of the parent, inside of it, as large as the content."""
        parent = self.parentWidget()
        if parent is None:
            return
        self.show()  # only what is shown has its style, and so its size
        px = self._theme.px
        rows = min(_MOST_ROWS, len(self.model.choices))
        self.list.setFixedHeight(rows * px(ROW))
        wanted = max((self._delegate.width(each) for each in self.model.choices[:60]), default=0)
        room = parent.width() - 16
        least = max(px(_LEAST_WIDTH), self._foot.sizeHint().width() + 14)
        wide = min(max(least, wanted + 14), px(_MOST_WIDTH), room)
        self.setFixedWidth(wide)
        self._panel.fit(wide - 2)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        needed = layout.heightForWidth(wide) if layout.hasHeightForWidth() else 0
        # The border of the style sheet comes on top of what the layout needs.
        high = min(max(needed + 2, self.sizeHint().height()), parent.height() - at.y() - 8)
        self.resize(wide, high)
        self.move(max(8, min(at.x(), parent.width() - wide - 8)), at.y())
        self.raise_()

    def _build(self) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Completions")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._clicked)
        self._operators.setLayout(row(spacing=6, margins=(10, 6, 10, 6)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.list)
        layout.addWidget(self._line)
        layout.addWidget(self._operators)
        layout.addWidget(self._panel)
        layout.addWidget(self._foot)

    def _clicked(self, index: QModelIndex) -> None:
        self.accepted.emit(self.model.choices[index.row()])

    def _show_operators(self, operators: Sequence[str]) -> None:
        layout = self._operators.layout()
        assert isinstance(layout, QHBoxLayout)
        clear(layout)
        self._line.setVisible(bool(operators))
        self._operators.setVisible(bool(operators))
        layout.addWidget(label("then", "small-muted"))
        for operator in operators[:_MOST_OPERATORS]:
            made = button(operator, "operator")
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            made.setFont(self._theme.font("mono"))  # which joins no signs: != stays what is typed
            made.setAccessibleName(f"Then {operator}")
            made.clicked.connect(lambda _=False, each=operator: self.operator_chosen.emit(each))
            layout.addWidget(made)
        layout.addStretch(1)
        _show_all(layout)


class _ProblemPanel(QFrame):
    """The mistake in red: sentence, column, hint; the suggestion in it is a link."""

    replaced = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._problem: Problem | None = None
        self.setObjectName("problem")
        self._icon = IconLabel(theme, "circle-alert", "error", 15)
        self._sentence = label("", "problem")
        self._sentence.setWordWrap(True)
        self._column = label("", "problem")
        self._hint = QLabel()
        self._hint.setTextFormat(Qt.TextFormat.RichText)
        self._hint.setWordWrap(True)
        self._hint.setProperty("role", "text2")
        self._hint.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._hint.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self._hint.linkActivated.connect(lambda _link: self._replace())
        words = QVBoxLayout()
        words.setSpacing(3)
        top = row(spacing=10)
        top.addWidget(self._sentence, 1)
        top.addWidget(self._column, 0, Qt.AlignmentFlag.AlignTop)
        words.addLayout(top)
        words.addWidget(self._hint)
        layout = row(spacing=8, margins=(10, 8, 10, 9))
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.setLayout(layout)

    def show_problem(self, problem: Problem | None) -> None:
        """Show a mistake, or nothing."""
        self._problem = problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        font = QFont(self._theme.font("small", QFont.Weight.DemiBold))
        font.setFeature(QFont.Tag("calt"), 0)  # => stays what was typed
        for words in (self._sentence, self._column):
            words.setFont(font)
        font.setWeight(QFont.Weight.Normal)
        self._hint.setFont(font)
        self._sentence.setText(problem.sentence)
        self._column.setText(f"col {problem.start + 1}")
        self._column.setAccessibleName(f"Column {problem.start + 1}")
        self._hint.setText(self._rich(problem))
        self._hint.setVisible(bool(problem.hint))
        self.setAccessibleName(f"{problem.sentence} {problem.hint}")

    def fit(self, width: int) -> None:
        """Wrap the texts to a width: a layout alone would give them too little height."""
        room = width - 20 - 15 - 8
        self._hint.setFixedWidth(room)
        self._sentence.setFixedWidth(room - self._column.sizeHint().width() - 10)

    def _rich(self, problem: Problem) -> str:
        hint = escape(problem.hint).replace("\n", "<br>")
        if not problem.instead:
            return hint
        accent = self._theme.color("accent").name()
        style = f"color:{accent}; text-decoration:none"
        link = f'<a href="#" style="{style}">{escape(problem.instead)}</a>'
        return hint.replace(escape(problem.instead), link, 1)

    def _replace(self) -> None:
        problem = self._problem
        if problem is not None:
            end = problem.start + problem.length
            self.replaced.emit(
                Choice("instead", problem.instead, "", problem.instead, problem.start, end)
            )


class _Foot(QFrame):
    """The last line: the keys, and the way to the grammar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.help = button("Filter grammar", "link")
        self.help.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._keys = row(spacing=5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(line())
        both = row(margins=(10, 5, 10, 5))
        both.addLayout(self._keys)
        both.addStretch(1)
        both.addWidget(self.help)
        layout.addLayout(both)

    def show_keys(self, has_rows: bool, has_filters: bool) -> None:
        """Show the keys that work now."""
        clear(self._keys)
        pairs = [("Tab", "accept"), ("↑↓", "choose")] if has_rows else []
        pairs += [("Del", "forget")] if has_filters else []
        for key, text in [*pairs, ("Esc", "close")]:
            self._keys.addWidget(label(key, "key"))
            self._keys.addWidget(label(text, "small-muted"))
            self._keys.addSpacing(8)
        _show_all(self._keys)


def _show_all(layout: QHBoxLayout) -> None:
    """Show what was put in just now: Qt would do it later, and count it as nothing till then."""
    for at in range(layout.count()):
        item = layout.itemAt(at)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.show()
