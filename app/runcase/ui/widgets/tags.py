"""Which tags are shown, and how: MLflow's own are counted, the person's are chips."""

from collections.abc import Mapping

# Tags that hold state of MLflow's own pages, not facts.
_HIDDEN = ("mlflow.sharedViewState.", "mlflow.customView.")


def visible_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags a person set, in order of key."""
    return {key: tags[key] for key in sorted(tags) if not key.startswith("mlflow.")}


def system_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return MLflow's own tags, in order of key."""
    mine = (key for key in sorted(tags) if key.startswith("mlflow."))
    return {key: tags[key] for key in mine if not key.startswith(_HIDDEN)}


def tag_chips(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (text, role) of a chip per tag."""
    return [
        (f"{key}: {value}" if value else key, "chip") for key, value in visible_tags(tags).items()
    ]
