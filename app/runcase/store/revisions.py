"""Which MLflow releases wrote a database, from its schema revision: for people, never for reading.

What can be read is asked of the tables themselves (`schema.Features`).
"""

from types import MappingProxyType

_LAST_OF_A_RELEASE = {
    "90e64c465722": "1.0",
    "181f10493468": "1.1",
    "7ac759974ad8": "1.2",
    "89d4b8295536": "1.3",
    "2b4d017a5e9b": "1.4",
    "cfd24bdc0731": "1.5",
    "0a8213491aaa": "1.6–1.9",
    "27a6a02d2cf1": "1.10",
    "84291f40a231": "1.11",
    "a8c4a736bde6": "1.12–1.14",
    "c48cb773bb87": "1.15–1.24",
    "bd07f7e963c5": "1.25–1.27",
    "cc1f77228345": "1.28",
    "97727af70f4d": "1.29–2.2",
    "3500859a5d39": "2.3",
    "7f2a7d5fae7d": "2.4–2.7",
    "acf3f17fdcc7": "2.8–2.12",
    "867495a8f9d4": "2.13",
    "5b0e9adcef9c": "2.14",
    "4465047574b1": "2.15–2.16",
    "f5a4f2784254": "2.17",
    "0584bdc529eb": "2.18–2.22",
    "6953534de441": "3.0.0",
    "bda7b8c39065": "3.0.1–3.1",
    "770bee3ae1dd": "3.2",
    "1a0cddfcaa16": "3.3",
    "71994744cf8e": "3.4",
    "bf29a5ff90ea": "3.5–3.7",
    "1bd49d398cd23": "3.8",
    "d3e4f5a6b7c8": "3.9",
    "1b5f0d9ad7c1": "3.10",
    "c3d6457b6d8a": "3.11",
    "7d34483879f0": "3.12",
    "da6fb0208061": "3.13",
    "b7e4c1a90f23": "3.14",
    "6f8d9c3b2a1e": "3.15",
    "b7e2c1a4d9f3": "3.16",
    "dc11669786a5": "3.17",
    "f4a9b2c7d1e6": "3.18",
}

# Seen only where an upgrade stopped half-way or MLflow ran from a development checkout.
_WITHIN_A_RELEASE = {
    "451aebb31d03": "1.0",
    "df50e92ffc5e": "1.2",
    "728d730b5ebd": "1.10",
    "39d1c3be5f05": "1.15",
    "0c779009ac13": "1.28",
    "2d6e25af4d3e": "2.8",
    "400f98739977": "3.0.0",
    "cbc13b556ace": "3.2",
    "a1b2c3d4e5f6": "3.3",
    "de4033877273": "3.3",
    "534353b11cbc": "3.4",
    "3da73c924c2f": "3.5",
    "b7c8d9e0f1a2": "3.9",
    "5d2d30f0abce": "3.9",
    "c9d4e5f6a7b8": "3.9",
    "2c33131f4dae": "3.9",
    "d0e1f2a3b4c5": "3.10",
    "c8d9e0f1a2b3": "3.10",
    "e1f2a3b4c5d6": "3.11",
    "76601a5f987d": "3.11",
    "a5b4c3d2e1f0": "3.12",
    "ae8bbe7743c9": "3.12",
    "89d3d66ed43f": "3.14",
    "a8b9c0d1e2f3": "3.15",
    "c1d2e3f4a5b6": "3.15",
    "c3d9e7f1a2b4": "3.15",
    "1971f2d9a75b": "3.16",
    "17e22815139b": "3.16",
    "75868b020152": "3.17",
    "e7d1f4b2a9c6": "3.18",
    "8b6ad64cb8f5": "3.18",
}

MLFLOW_VERSIONS = MappingProxyType(
    _LAST_OF_A_RELEASE | {key: f"before {release}" for key, release in _WITHIN_A_RELEASE.items()}
)
NEWEST_KNOWN = "3.18"


def is_known(revision: str | None) -> bool:
    """Say whether a release that this table knows wrote the revision."""
    return revision in MLFLOW_VERSIONS


def mlflow_versions(revision: str | None) -> str:
    """Return the releases that write a revision, such as "1.6–1.9"."""
    if revision is None:
        return "before 1.0"
    return MLFLOW_VERSIONS.get(revision, f"newer than {NEWEST_KNOWN}")
