"""Add Chart and Edit Chart: which kind, which columns, which options."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.itemmodels.chart_kinds import (
    KINDS,
    Option,
    Slot,
    chart_title,
    default_chart,
    is_on,
    kind_of,
    switched,
)
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, clear, label, row
from runcase.ui.widgets.column_picker import ColumnCombo, ColumnTicks

_KIND = Qt.ItemDataRole.UserRole
_MOST_HOWS = 500


@dataclass(frozen=True, slots=True)
class ChartOffer:
    """What a chart can be made of.

    Attributes:
        columns: Of the table, as its views spell them; metrics first.
        images: The keys of logged images.
        tags: The experiment's, for its primary metric.
        varying: The columns that differ among the runs, None where that is not known.
        kinds: Those to choose from.
    """

    columns: Sequence[str]
    images: Sequence[str] = ()
    tags: Mapping[str, str] | None = None
    varying: Collection[str] | None = None
    kinds: Sequence[ChartKind] = tuple(ChartKind)


class ChartDialog(QDialog):
    """Makes a chart, or changes one; `made` carries it."""

    made = Signal(object)

    def __init__(
        self,
        theme: Theme,
        offer: ChartOffer,
        chart: Chart | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Edit a chart; without one, add one whose id the caller gives it."""
        super().__init__(parent)
        self.setWindowTitle("Add Chart" if chart is None else "Edit Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme, self._offer = theme, offer
        first = offer.kinds[0] if ChartKind.SCATTER not in offer.kinds else ChartKind.SCATTER
        self._chart = chart or self._default(first)
        self._fields: dict[Role, ColumnCombo | ColumnTicks] = {}
        self._slots: dict[Role, Slot] = {}
        self._boxes: dict[str, tuple[Option, QCheckBox]] = {}
        self.kinds = QListWidget()
        self.kinds.setAccessibleName("Kind of chart")
        self.kinds.setFixedWidth(theme.px(196))
        self.kinds.setIconSize(QSize(theme.px(17), theme.px(17)))
        for each in KINDS:
            if each.kind in offer.kinds:
                item = QListWidgetItem(icons.icon(theme, each.icon), each.name)
                item.setData(_KIND, each.kind.value)
                item.setToolTip(each.meaning)
                item.setSizeHint(QSize(0, theme.px(26)))
                self.kinds.addItem(item)
        self._meaning = label("", "small-muted")
        self._meaning.setWordWrap(True)
        self._form = QGridLayout()
        self._form.setHorizontalSpacing(theme.px(12))
        self._form.setVerticalSpacing(theme.px(8))
        self._form.setColumnStretch(1, 1)
        self.title = QLineEdit(self._chart.title)
        self.title.setAccessibleName("Title")
        self._said = label("", "error")
        self._said.setWordWrap(True)
        self.accept_button = button("Add" if chart is None else "Apply", "primary", self.finish)
        self.accept_button.setDefault(True)
        self._lay_out()
        self.resize(theme.px(660), theme.px(430))
        self._select(self._chart.kind)
        self.kinds.currentRowChanged.connect(self._kind_chosen)
        self._show_form()

    def chart(self) -> Chart:
        """Return the chart as the dialog says it."""
        columns = dict(self._chart.columns)
        for role, field in self._fields.items():
            chosen = field.chosen()
            names = (chosen,) if isinstance(chosen, str) else chosen
            columns[role] = tuple(name for name in names if name)
        columns = {role: names for role, names in columns.items() if names}
        found = replace(self._chart, columns=columns, title=self.title.text().strip())
        for option, box in self._boxes.values():
            # Two boxes may share an option: who is checked last has it.
            if box.isChecked() != is_on(found, option):
                found = switched(found, option)
        return found

    def missing(self) -> str:
        """Say which column is still to be chosen, "" for none."""
        chart = self.chart()
        for role, slot in self._slots.items():
            if slot.needed and not chart.names(role):
                return f"Choose {slot.label}."
        return ""

    def choose_kind(self, kind: ChartKind) -> None:
        """Turn to another kind of chart, with columns that are likely wanted."""
        self._select(kind)

    def field(self, role: Role) -> ColumnCombo | ColumnTicks:
        """Return where the columns of a role are chosen."""
        return self._fields[role]

    def switch(self, option: str) -> QCheckBox:
        """Return the box of an option by its label."""
        return self._boxes[option][1]

    def finish(self) -> None:
        """Hand over the chart, or say what is missing."""
        missing = self.missing()
        self._said.setText(missing)
        self._said.setVisible(bool(missing))
        if not missing:
            self.made.emit(self.chart())
            self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Return in a column's field takes the column, and does not close the dialog.
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        inside = self.focusWidget()
        if is_return and isinstance(inside, ColumnCombo):
            event.accept()
            return
        super().keyPressEvent(event)

    def _default(self, kind: ChartKind) -> Chart:
        found = default_chart(
            kind,
            self._offer.columns,
            tags=dict(self._offer.tags or {}),
            varying=self._offer.varying,
        )
        if kind is ChartKind.IMAGES:
            found = replace(found, columns={Role.AXES: tuple(self._offer.images)})
        return found

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(self._theme.px(10))
        side.addWidget(self._meaning)
        side.addLayout(self._form, 1)
        side.addWidget(self._said)
        side.addLayout(row(1, button("Cancel", "", self.reject), self.accept_button))
        both = row(self.kinds, spacing=self._theme.px(16))
        both.addLayout(side, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(self._theme.px(16),) * 4)
        layout.addLayout(both)
        self._said.hide()

    def _select(self, kind: ChartKind) -> None:
        for at in range(self.kinds.count()):
            if self.kinds.item(at).data(_KIND) == kind.value:
                self.kinds.setCurrentRow(at)

    def _kind_chosen(self, at: int) -> None:
        kind = ChartKind(self.kinds.item(at).data(_KIND))
        if kind is self._chart.kind:
            return
        before = self.chart()
        fresh = self._default(kind)
        # What was chosen stays where the other kind has a place for it that is usually filled.
        places = {slot.role for slot in kind_of(kind).slots if slot.needed} | set(fresh.columns)
        line = ChartKind.LINE in (kind, before.kind)  # its metrics are no columns of the table
        kept = {} if line else {r: n for r, n in before.columns.items() if r in places and n}
        columns = {**fresh.columns, **kept}
        self._chart = replace(fresh, id=before.id, columns=columns, title=before.title)
        self._show_form()

    def _show_form(self) -> None:
        clear(self._form)
        for at in range(self._form.rowCount()):
            self._form.setRowStretch(at, 0)
        self._fields, self._boxes = {}, {}
        found = kind_of(self._chart)
        self._meaning.setText(found.meaning)
        self._slots = {slot.role: slot for slot in found.slots}
        at = 0
        for at, slot in enumerate(found.slots):
            self._add_field(at, slot)
        for option in found.options:
            box = QCheckBox(option.label)
            box.setChecked(is_on(self._chart, option))
            self._boxes[option.label] = (option, box)
        if self._boxes:
            boxes = QGridLayout()
            for place, (_, box) in enumerate(self._boxes.values()):
                boxes.addWidget(box, place // 3, place % 3)
            for option, box in self._boxes.values():
                box.toggled.connect(lambda on, own=option: self._unswitch(own, on))
            at += 1
            self._form.addLayout(boxes, at, 1)
        title = QLineEdit(self.title.text())
        title.setAccessibleName("Title")
        title.setPlaceholderText(chart_title(replace(self._chart, title="")))
        self.title = title
        caption = label("Title", "text2")
        caption.setBuddy(title)
        self._form.addWidget(caption, at + 1, 0)
        self._form.addWidget(title, at + 1, 1)
        if not any(slot.many for slot in found.slots):
            self._form.setRowStretch(at + 2, 1)

    def _add_field(self, at: int, slot: Slot) -> None:
        columns = self._columns_for(slot)
        field: ColumnCombo | ColumnTicks
        if slot.many:
            field = ColumnTicks(slot.label, columns)
            field.choose(self._chart.names(slot.role))
            self._form.setRowStretch(at, 1)
            field.picked.connect(self._changed)
        else:
            field = ColumnCombo(slot.label, columns, may_be_none=not slot.needed)
            field.choose(self._chart.name(slot.role))
            field.picked.connect(self._changed)
        caption = label(slot.label, "text2")
        caption.setBuddy(field)
        top = Qt.AlignmentFlag.AlignTop if slot.many else Qt.AlignmentFlag.AlignVCenter
        self._form.addWidget(caption, at, 0, top)
        self._form.addWidget(field, at, 1)
        self._fields[slot.role] = field

    def _columns_for(self, slot: Slot) -> Sequence[str]:
        kind = self._chart.kind
        if kind is ChartKind.IMAGES:
            return self._offer.images
        if kind is ChartKind.LINE:
            named = (name.partition(":") for name in self._offer.columns)
            return [key for word, _, key in named if word == "metric"]
        if kind is ChartKind.IMPORTANCE and slot.role is Role.AXES:
            return [name for name in self._offer.columns if not name.startswith("metric")]
        columns = self._offer.columns if slot.many else [*self._offer.columns, *self._hows()]
        if slot.numeric:
            wanted = ("metric", "param:", "attribute:duration", "attribute:start_time")
            return [name for name in columns if name.startswith(wanted)]
        return columns

    def _hows(self) -> list[str]:
        """Return the metrics' least, greatest and mean values, where that is no endless list."""
        there = set(self._offer.columns)
        keys = [name.partition(":")[2] for name in there if name.startswith("metric:")]
        if len(keys) > _MOST_HOWS:
            return []
        made = (f"metric({how}):{key}" for how in ("min", "max", "mean") for key in sorted(keys))
        return [name for name in made if name not in there]

    def _unswitch(self, option: Option, on: bool) -> None:
        """Of options that exclude each other only one is on: a line or a curve is fitted."""
        if on:
            for other, box in self._boxes.values():
                if other.name == option.name and other.value != option.value:
                    box.setChecked(False)

    def _changed(self) -> None:
        self._said.hide()
        self.title.setPlaceholderText(chart_title(replace(self.chart(), title="")))
