"""What each column of a table holds, as a list, and how the file keeps them."""

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.document import Table
from runcase.preview.inventory import Profile, Storage
from runcase.ui.previews.cards import grid, remark
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Card

_TITLES = ("Column", "Type", "Nulls", "Distinct", "Least", "Greatest", "Mean", "Commonest")
_COMMONEST = 3
_GROUP_TITLES = ("#", "Rows", "Compressed", "Uncompressed", "Ratio")
_GROUPS = 200


class ProfileView(QScrollArea):
    """A row for each column: nulls, distinct values, extremes, mean, commonest values.

    Below, what the file says of how it is stored.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Table, Profile] | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Profile")
        theme.changed.connect(self._build)

    def show_profile(self, table: Table, profile: Profile | None) -> None:
        """Show a profile, or that it is being made."""
        self._shown = (table, profile) if profile is not None else None
        self._build()

    def _build(self) -> None:
        page = QWidget()
        page.setObjectName("side")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        if self._shown is None:
            column.addWidget(remark("The columns are being looked at."))
        else:
            column.addWidget(self._card(*self._shown))
            storage = self._shown[1].storage
            if storage is not None:
                column.addWidget(self._stored(storage))
                column.addWidget(self._groups(storage))
        column.addStretch(1)
        self.setWidget(page)

    def _card(self, table: Table, profile: Profile) -> Card:
        seen = "all" if profile.whole else "the first"
        card = Card(
            self._theme, "Columns", f"{len(profile.columns):,}, over {seen} {profile.rows:,} rows"
        )
        rows = [
            (
                each.name,
                described.dtype,
                f"{each.nulls:,}",
                "—" if each.distinct is None else f"{each.distinct:,}",
                each.least,
                each.greatest,
                each.mean,
                ", ".join(each.labels[:_COMMONEST]),
            )
            for described, each in zip(table.columns, profile.columns, strict=False)
        ]
        card.body.addWidget(grid(self._theme, _TITLES, rows, plain=(1,), right=(2, 3), stretch=7))
        return card

    def _stored(self, storage: Storage) -> Card:
        card = Card(self._theme, "Storage")
        made = grid(self._theme, ("Fact", "Value"), storage.facts, plain=(0,))
        made.horizontalHeader().hide()
        made.setFixedHeight(made.verticalHeader().length())
        card.body.addWidget(made)
        return card

    def _groups(self, storage: Storage) -> Card:
        shown = storage.groups[:_GROUPS]
        note = f"{storage.group_count:,}"
        if len(shown) < storage.group_count:
            note = f"the first {len(shown):,} of {note}"
        card = Card(self._theme, "Row groups", note)
        rows = [
            (
                f"{number:,}",
                f"{each.rows:,}",
                words.size(each.packed),
                words.size(each.unpacked),
                f"{each.packed / each.unpacked:.0%}" if each.unpacked else "—",
            )
            for number, each in enumerate(shown, 1)
        ]
        card.body.addWidget(grid(self._theme, _GROUP_TITLES, rows, right=(1, 2, 3, 4)))
        return card
