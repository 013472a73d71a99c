"""The sample's registry: two models with nine and four versions, and a prompt with two."""

from collections.abc import Mapping
from dataclasses import dataclass

from runcase.store.records import Alias, LoggedModel, ModelVersion, RegisteredModel
from runcase.store.sample_desk import DAY, HOUR, MINUTE, Desk, Written


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a registered model: which run it came from, and what became of it."""

    run: str
    ago: int
    stage: str = "None"
    validated: str = ""
    description: str = ""
    failed: str = ""
    tags: tuple[tuple[str, str], ...] = ()


_TAXI = (
    Release("ridge-v1", 289 * DAY, "Archived", description="Linear baseline."),
    Release("xgb-baseline", 284 * DAY, "Archived"),
    Release(
        "xgb-2026-02",
        266 * DAY,
        "Production",
        "yes",
        "In production.",
        tags=(("approved_by", "maria"),),
    ),
    Release("xgb-hist-gpu", 255 * DAY, failed="The copy to the serving bucket timed out."),
    Release("lgbm-leaf255", 246 * DAY),
    Release("trial-031", 2 * DAY + 20 * HOUR, validated="yes"),
    Release(
        "xgb-final-2026-11",
        DAY + 20 * HOUR,
        "Staging",
        "yes",
        "XGBoost, depth 9, tuned by `optuna-sweep-04`. Replaces v3 once the shadow test is done.",
        tags=(("approved_by", "maria"),),
    ),
    Release("xgb-geo-features", DAY, validated="yes"),
    Release("xgb-retrain-weekly", MINUTE, validated="pending"),
)
_PETS = (
    Release("r50-adamw-1e-4", 20 * DAY, "Archived"),
    Release("r50-cutmix", 8 * DAY),
    Release("r50-mixup-0.3", 7 * DAY, validated="no", description="Calibrates badly: ECE 0.044."),
    Release("r50-adamw-3e-4", 5 * DAY, "Production", "yes", "**AdamW**, 3 warm-up epochs."),
)
_PROMPT = """\
You answer questions about taxi trips.

Trip: {{ trip }}
Predicted duration: {{ minutes }} minutes

Explain in two sentences what makes it {{ direction }}.
"""


def write_taxi(desk: Desk, runs: Mapping[str, Written], models: Mapping[str, LoggedModel]) -> None:
    """Register the duration model."""
    model = RegisteredModel(
        name="nyc-duration",
        workspace="default",
        creation_time=desk.now - 289 * DAY,
        last_updated_time=desk.now - 2 * MINUTE,
        description=(
            "Predicts trip duration in minutes for NYC yellow taxis."
            " Input: pickup and dropoff zone, time, distance, passenger count."
        ),
        tags={"owner": "mobility", "tier": "1", "slo_ms": "20"},
        aliases=(Alias("champion", 3), Alias("challenger", 9), Alias("latest-validated", 7)),
        versions=len(_TAXI),
        latest_version=len(_TAXI),
        is_prompt=False,
    )
    _write(desk, model, _TAXI, runs, models)


def write_pets(desk: Desk, runs: Mapping[str, Written], models: Mapping[str, LoggedModel]) -> None:
    """Register the pet classifier."""
    model = RegisteredModel(
        name="resnet-pets",
        workspace="default",
        creation_time=desk.now - 20 * DAY,
        last_updated_time=desk.now - 5 * DAY,
        description="Breed of a cat or dog from one picture, 37 classes.",
        tags={"owner": "vision", "tier": "2"},
        aliases=(Alias("prod", 4),),
        versions=len(_PETS),
        latest_version=len(_PETS),
        is_prompt=False,
    )
    _write(desk, model, _PETS, runs, models)


def write_prompt(desk: Desk, experiment_id: int) -> None:
    """Register a prompt with two versions."""
    is_prompt = {"mlflow.prompt.is_prompt": "true"}
    prompt = RegisteredModel(
        name="explain-duration",
        workspace="default",
        creation_time=desk.now - 12 * DAY,
        last_updated_time=desk.now - 3 * DAY,
        description="",
        tags={**is_prompt, "_mlflow_experiment_ids": f",{experiment_id},"},
        aliases=(Alias("production", 2),),
        versions=2,
        latest_version=2,
        is_prompt=True,
    )
    desk.writer.registered_model(prompt)
    for version, message in ((1, "First words"), (2, "Two sentences are enough")):
        text = _PROMPT if version == 2 else _PROMPT.replace("two sentences", "detail")
        tags = {
            **is_prompt,
            "mlflow.prompt.text": text,
            "_mlflow_prompt_type": "text",
            "_mlflow_experiment_ids": f",{experiment_id},",
        }
        desk.writer.model_version(
            _version(
                prompt.name,
                version,
                desk.now - (15 - 6 * version) * DAY,
                source="dummy-source",
                description=message,
                tags=tags,
            )
        )


def _write(
    desk: Desk,
    model: RegisteredModel,
    releases: tuple[Release, ...],
    runs: Mapping[str, Written],
    models: Mapping[str, LoggedModel],
) -> None:
    desk.writer.registered_model(model)
    for number, release in enumerate(releases, start=1):
        logged = models[release.run]
        validated = {"validated": release.validated} if release.validated else {}
        desk.writer.model_version(
            _version(
                model.name,
                number,
                desk.now - release.ago,
                source=f"models:/{logged.model_id}",
                storage_location=logged.artifact_location,
                run_id=runs[release.run].run_id,
                stage=release.stage,
                description=release.description or None,
                failed=release.failed,
                tags={**validated, **dict(release.tags)},
            )
        )


def _version(
    name: str,
    version: int,
    created: int,
    *,
    source: str,
    tags: Mapping[str, str],
    description: str | None,
    storage_location: str | None = None,
    run_id: str | None = None,
    stage: str = "None",
    failed: str = "",
) -> ModelVersion:
    return ModelVersion(
        name=name,
        version=version,
        workspace="default",
        creation_time=created,
        last_updated_time=created + MINUTE,
        description=description,
        user_id=None,
        current_stage=stage,
        source=source,
        storage_location=storage_location or source,
        run_id=run_id,
        run_name=None,
        status="FAILED_REGISTRATION" if failed else "READY",
        status_message=failed or None,
        aliases=(),
        tags=dict(tags),
    )
