"""The largest batch that fits on the GPU, by doubling."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import torch
from torch import Tensor

from torchcheck.preflight.optimizers import copy_of, own, step
from torchcheck.preflight.row import Row, Verdict, not_judged
from torchcheck.preflight.sitting import Sitting

NAME = "largest batch"
_SHARE = 0.25
"""The part of the time that is left that may be spent."""

_MOST = 1 << 24  # samples
_WORDS = ("out of memory", "ALLOC_FAILED")


def is_asked(sitting: Sitting) -> bool:
    """Whether there is a GPU whose memory can be filled."""
    return _device(sitting).type == "cuda"


def check(sitting: Sitting) -> Row:
    """Whole steps, with backward and optimizer, of twice as many samples each time, until the memory is full.

    The samples are those of the batch, again and again. What the exam keeps to put things back takes memory, too: a
    copy of the weights.
    """
    axis = sitting.batch_dim
    if axis is None:
        return not_judged(NAME, "there is no axis of samples")
    count = next((t.shape[axis] for _, t in sitting.task.named_inputs() if t.dim() > axis), 0)
    if not count:
        return not_judged(NAME, "no input has an entry for each sample")
    fits, full = largest(_trial(sitting, axis, count), count, _SHARE * sitting.left)
    if not fits:
        return not_judged(NAME, f"not even {count} samples fit beside what the exam keeps")
    told = f"{fits} samples fit on {_device(sitting)}, " + (f"{full} do not" if full else "more were not tried")
    return Row(NAME, Verdict.REMARK, told, (), {"fits": fits, "full": full})


def largest(fits: Callable[[int], bool], count: int, seconds: float) -> tuple[int, int | None]:
    """The largest of `count`, twice that, and so on that fits, and the first that does not; None where time was up."""
    end, best, size = time.perf_counter() + seconds, 0, count
    while size <= _MOST:
        if not fits(size):
            return best, size
        best, size = size, 2 * size
        if time.perf_counter() > end:
            break
    return best, None


def _trial(sitting: Sitting, axis: int, count: int) -> Callable[[int], bool]:
    task = sitting.task
    parameters: list[Tensor] = [p for _, p in task.parameters()]
    optimizer = copy_of(sitting.optimizer) if sitting.optimizer is not None else own(parameters, 1e-3)

    def fits(size: int) -> bool:
        def closure() -> Tensor:
            for parameter in parameters:
                parameter.grad = None
            loss = task.loss_of_samples(axis, count, size)
            if loss.requires_grad:
                loss.backward()  # type: ignore[no-untyped-call]
            return loss.detach()

        try:
            step(optimizer, closure)
            _wait(sitting)
        except RuntimeError as error:  # that of a full memory is one
            if not isinstance(error, torch.cuda.OutOfMemoryError) and not any(word in str(error) for word in _WORDS):
                raise
            return False
        finally:
            for parameter in parameters:
                parameter.grad = None
            _free()
        return True

    return fits


def _wait(sitting: Sitting) -> None:
    if _device(sitting).type == "cuda":
        torch.cuda.synchronize(_device(sitting))


def _free() -> None:
    """Give memory back that nothing holds any more: a full memory leaves cycles of frames and tensors."""
    gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()


def _device(sitting: Sitting) -> torch.device:
    return next((p.device for _, p in sitting.task.parameters()), torch.device("cpu"))
