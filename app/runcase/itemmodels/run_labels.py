"""The names that charts write beside runs: a template such as `{name} · {params.lr}`."""

import re
from dataclasses import dataclass

from runcase.curves.run_table import RunTable, Values
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.store.records import ColumnKey, Kind

PLAIN = "{name}"
_FIELD = re.compile(r"\{([^{}]*)\}")
_KINDS = {
    "params": Kind.PARAM,
    "metrics": Kind.METRIC,
    "tags": Kind.TAG,
    "attributes": Kind.ATTRIBUTE,
}


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: the columns that it needs, and the fields that it cannot fill."""

    text: str
    columns: tuple[str, ...]
    unknown: tuple[str, ...]

    def label(self, table: RunTable, row: int) -> str:
        """Return a run's name; a field without a value is a dash."""

        def filled(found: re.Match[str]) -> str:
            field = found[1].strip()
            if field == "name":
                return table.names[row]
            if field == "id":
                return formats.short_id(table.run_ids[row])
            values = table.columns.get(column_of(field))
            return formats.MISSING if values is None else _text(values, row)

        return _FIELD.sub(filled, self.text).strip() or table.names[row]


def template(text: str) -> Template:
    """Parse a template; anything outside braces stays as it is."""
    fields = [found.strip() for found in _FIELD.findall(text)]
    named = [each for each in dict.fromkeys(fields) if each not in ("name", "id")]
    columns = [column_of(each) for each in named]
    unknown = tuple(each for each, column in zip(named, columns, strict=True) if not column)
    return Template(text, tuple(each for each in columns if each), unknown)


def column_of(field: str) -> str:
    """Return a field's column as views spell it, "" for what is no column."""
    kind, dot, key = field.partition(".")
    if not dot or kind not in _KINDS or not key:
        return ""
    return titles.encode(ColumnKey(_KINDS[kind], key.strip("`")))


def _text(values: Values, row: int) -> str:
    code = int(values.codes[row])
    if code >= 0:
        return values.labels[code]
    number = float(values.numbers[row])
    if number != number:
        return formats.MISSING
    return formats.moment(int(number)) if values.is_time else formats.number(number)
