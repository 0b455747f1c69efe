"""From a session to a trained model: evaluate, stop in time if asked to, save as it goes."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from torch import Tensor, nn

from kdlab.tensors import load_weights
from kdlab.training.checkpoints import load_session, save_session
from kdlab.training.loop import Record, Session
from kdlab.training.stopping import Stopping, worth

Evaluate = Callable[[nn.Module], dict[str, float]]


def fit(
    session: Session, evaluate: Evaluate, *, checkpoint: Path | None = None, key: str = ""
) -> Iterator[Record]:
    """Train to the end, yielding a record an update; the model then holds its last weights.

    With `settings.patience` it may end earlier, and holds the weights that did best on dev.

    evaluate: model -> scores on dev, "bleu" and "ppl" among them, or "chrf", by which the best
    weights are then chosen; called every `settings.every`
    checkpoint: a file to save to at each evaluation, and to resume from if it is there: the result
    on a CPU is then the same, bit for bit, as without the interruption
    Records before a resume come back as far as they were evaluations.
    key: what the checkpoint must have been saved under; CheckpointError if it was another
    """
    settings = session.settings
    stopping, kept, seconds = Stopping(settings.patience), [], 0.0
    weights: dict[str, Tensor] = {}
    if checkpoint and Path(checkpoint).exists():
        weights, about = load_session(checkpoint, session, key)
        stopping.scores, seconds, kept = about["bleu"], about["seconds"], about["records"]
        yield from (Record(**noted) for noted in kept)
    began = time.perf_counter() - seconds
    if not stopping.should_stop:
        for record in session.records():
            if record.update % settings.every == 0 or record.update == settings.updates:
                session.model.eval()
                record.scores = evaluate(session.accelerator.unwrap_model(session.model))
                better = stopping.is_best(worth(record.scores))
                if better or not weights or not settings.patience:
                    weights = _copy(session)
                record.seconds = time.perf_counter() - began
                kept.append(vars(record))
                if checkpoint and session.accelerator.is_main_process:
                    about = {"key": key, "bleu": stopping.scores, "seconds": record.seconds}
                    save_session(checkpoint, session, weights, {**about, "records": kept})
            yield record
            if stopping.should_stop:
                break
    load_weights(session.accelerator.unwrap_model(session.model), weights, Path(checkpoint or ""))
    session.model.eval()


def _copy(session: Session) -> dict[str, Tensor]:
    model = session.accelerator.unwrap_model(session.model)
    return {name: t.detach().clone() for name, t in model.state_dict().items()}
