"""Rest for observers that only measure."""

from __future__ import annotations

from torchcheck.probe.observer import Observer


def sleep_between_samples(observer: Observer, awake: bool) -> bool:
    """Mute an observer on steps that are not measured; whether it is awake now.

    It wakes one step early, since a step's module hooks are installed for those who listen before it begins.
    """
    session = observer.session
    wanted = session.clock.is_near
    if wanted != awake:
        session.mute(observer, not wanted)
    return wanted
