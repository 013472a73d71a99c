"""The sample's traces: a small agent that explains predictions, with spans and token counts."""

from runcase.store.records import Trace
from runcase.store.sample_desk import HOUR, MINUTE, Desk, Experiment, Written
from runcase.store.write import as_json
from runcase.store.write_traces import Span, TokenUsage, write_trace

_TRIPS = (
    ("JFK to Midtown at 17:30", 58.2, "OK"),
    ("Harlem to SoHo at noon", 31.6, "OK"),
    ("Astoria to Williamsburg at 02:10", 14.9, "OK"),
    ("Battery Park to LaGuardia in rain", 47.3, "OK"),
    ("Zone 264 to zone 265", 0.0, "ERROR"),
)


def write(desk: Desk, experiment: Experiment, run: Written) -> None:
    """Write five traces into an experiment; the first three belong to a run."""
    for at, (trip, minutes, state) in enumerate(_TRIPS):
        trace_id = "tr-" + desk.digits("trace", trip)
        answer = f"About {minutes:.0f} minutes: the distance decides, then the hour."
        failed = state == "ERROR"
        outputs: dict[str, object] | None = None if failed else {"answer": answer}
        took = 310 if failed else 1_840 + 260 * at
        trace = Trace(
            trace_id=trace_id,
            experiment_id=str(experiment.number),
            name="explain_duration",
            timestamp=desk.now - 5 * HOUR + at * 11 * MINUTE,
            duration=took,
            state=state,
            spans=4,
            request_preview=as_json({"trip": trip}),
            response_preview=None if outputs is None else as_json(outputs),
            run_id=run.run_id if at < 3 else None,
            tags={"environment": "staging"},
        )
        spans = _spans(desk, trip, minutes, answer, failed, took)
        location = f"{experiment.uri}/traces/{trace_id}/artifacts"
        usage = TokenUsage(0, 0) if failed else TokenUsage(412 + 9 * at, 58 + 7 * at)
        write_trace(desk.writer, trace, spans, location, usage, f"session-{at // 3}")


def _spans(
    desk: Desk, trip: str, minutes: float, answer: str, failed: bool, took: int
) -> list[Span]:
    def span_id(name: str) -> str:
        return desk.digits("span", f"{trip}/{name}", 16)

    root, state = span_id("root"), "ERROR" if failed else "OK"
    outputs = None if failed else {"answer": answer}
    message = "unknown zone 265" if failed else ""
    spans = [
        Span(root, None, "explain_duration", "AGENT", 0, took, {"trip": trip}, outputs, state),
        Span(
            span_id("features"), root, "lookup_features", "RETRIEVER", 4, 120, {"trip": trip},
            None if failed else [{"zone": 161}, {"rain_mm": 0.2}], state, message,
        ),
    ]  # fmt: skip
    if failed:
        return spans
    words = {"messages": [{"role": "user", "content": f"Explain {minutes:.1f} min for {trip}."}]}
    return [
        *spans,
        Span(span_id("predict"), root, "predict", "TOOL", 125, 190, {"trip": trip}, minutes),
        Span(
            span_id("model"), root, "chat", "CHAT_MODEL", 195, took - 5, words, answer,
            attributes={"mlflow.chat.tokenUsage": {"input_tokens": 412, "output_tokens": 58}},
        ),
    ]  # fmt: skip
