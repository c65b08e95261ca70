"""Loggers of the user's own, told what is told to the history: TensorBoard, Weights & Biases, MLflow.

Which one it is shows in its methods; nothing is imported for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from torchcheck.errors import UsageError

Scalars = dict[str, float]


class Sink:
    """A logger that gets numbers on sampled steps, and findings as text.

    Args:
        owner: the user's object.
        numbers: writes some numbers of a step.
        text: writes a text of a step, under a name.

    Attributes:
        title: what a remark calls it.
    """

    def __init__(
        self, owner: Any, numbers: Callable[[Scalars, int], None], text: Callable[[str, str, int], None]
    ) -> None:
        self.title = f"sink `{getattr(owner, '__name__', None) or type(owner).__name__}`"
        self._numbers, self._text = numbers, text

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something has happened; a logger may raise whatever it raises."""
        if kind == "sample":
            self._numbers(dict(_sampled(data)), int(data["step"]))
        elif kind == "scales":
            ratios = dict(_ratios(data))
            if ratios:
                self._numbers(ratios, int(data["step"]))
        elif kind == "finding":
            name = f"torchcheck/{data['code']}"
            place = f"{data['filename']}:{data['location']['row']}"
            self._text(
                name, f"{place}: {data['severity']} {data['code']} [{data['name']}] {data['message']}", _step(data)
            )


def sink_for(owner: Any) -> Sink:
    """A sink for a logger: a `SummaryWriter`, a run of wandb, or mlflow (the module).

    Raises:
        UsageError: it has none of their methods.
    """
    if _has(owner, "add_scalar", "add_text"):
        return Sink(owner, lambda numbers, step: _add_scalars(owner, numbers, step), owner.add_text)
    if _has(owner, "log_metric", "set_tag"):
        return Sink(
            owner,
            lambda numbers, step: _log_metrics(owner, numbers, step),
            lambda name, text, step: owner.set_tag(name.replace("/", "."), text),
        )
    if _has(owner, "log") and hasattr(owner, "summary"):
        return Sink(
            owner,
            # The step is a number of its own: the user's calls of `log` count theirs, and must not be disturbed.
            lambda numbers, step: owner.log({**numbers, "torchcheck/step": step}, commit=False),
            lambda name, text, step: owner.summary.update({name: text}),
        )
    raise UsageError(
        f"sink: a {type(owner).__name__} is none of a SummaryWriter (add_scalar, add_text), a run of wandb "
        "(log, summary) or mlflow (log_metric, set_tag)"
    )


def _has(owner: Any, *methods: str) -> bool:
    return all(callable(getattr(owner, method, None)) for method in methods)


def _add_scalars(owner: Any, numbers: Scalars, step: int) -> None:
    for name, value in numbers.items():
        owner.add_scalar(name, value, step)


def _log_metrics(owner: Any, numbers: Scalars, step: int) -> None:
    for name, value in numbers.items():
        owner.log_metric(name, value, step=step)


def _sampled(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in data["losses"].items():
        yield f"torchcheck/loss/{name}", value
    for name, value in data["rates"].items():
        rates = value if isinstance(value, list) else [value]
        for index, rate in enumerate(rates):
            yield f"torchcheck/lr/{name}" + (f"/{index}" if len(rates) > 1 else ""), rate


def _ratios(data: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """How large the change of each weight is, beside the weight itself."""
    for name, numbers in data["layers"].items():
        weight, _, update = numbers[:3]
        if weight and update is not None:
            yield f"torchcheck/update_ratio/{name}", update / weight


def _step(data: Mapping[str, Any]) -> int:
    return int(data.get("step") or 0)
