"""Each mistake with its one mistake mended is silent: so that mistake is all that was wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples.gallery import MISTAKES
from tests.lenses import lint, run

REPAIRS = {
    "softmax_before_cross_entropy": {"F.softmax(self.fc2(x), dim=1)": "self.fc2(x)"},
    "log_softmax_before_cross_entropy": {"    nn.LogSoftmax(dim=1),\n": ""},
    "nll_without_log_softmax": {"torch.softmax(": "torch.log_softmax("},
    "sigmoid_before_bce_with_logits": {"predict(model, x_train[batch])": "model(x_train[batch])"},
    "bce_without_sigmoid": {"nn.BCELoss()": "nn.BCEWithLogitsLoss()"},
    "activation_before_logit_loss": {"F.relu(self.fc(x))": "self.fc(x)"},
    "loss_broadcast": {"nn.Linear(32, 1))": "nn.Linear(32, 1), nn.Flatten(start_dim=0))"},
    "missing_zero_grad": {"        loss.backward()": "        self.optimizer.zero_grad()\n        loss.backward()"},
    "zero_grad_before_step": {
        "loss.backward()\n        optimizer.zero_grad()": "optimizer.zero_grad()\n        loss.backward()"
    },
    "missing_optimizer_step": {"max_norm=1.0)\n": "max_norm=1.0)\n            optimizer.step()\n"},
    "adam_with_weight_decay": {"optim.Adam(": "optim.AdamW("},
    "input_dtype": {"from_numpy(pixels / 16)": "from_numpy(pixels / 16).float()"},
    "device_mismatch": {'"meta")': '"cpu")'},
    "input_scale": {"flower]).float()": "flower]).float() / 255"},
    "half_overflow": {"(pixels**2, kernel_size=4, divisor_override=1)": "((pixels / 255) ** 2, kernel_size=4)"},
    "update_too_small": {"lr=1e-6": "lr=1e-3"},
    "update_too_large": {"lr=0.25": "lr=0.02"},
    "non_finite": {".sum(dim=-1).sqrt()": ".sum(dim=-1).clamp(min=1e-12).sqrt()"},
    "scale_spread": {
        "digit, amount)\n            optimizer": "digit, (amount - 5000) / 800)\n            optimizer",
        "lr=1e-6)": "lr=0.1)",
    },
}


def repaired(name: str, folder: Path) -> Path:
    text = (MISTAKES / f"{name}.py").read_text()
    for mistake, repair in REPAIRS[name].items():
        assert text.count(mistake) == 1
        text = text.replace(mistake, repair)
    script = folder / f"{name}.py"
    script.write_text(text)
    return script


def test_every_mistake_has_a_repair() -> None:
    assert {path.stem for path in MISTAKES.glob("*.py")} == set(REPAIRS)


@pytest.mark.parametrize("name", REPAIRS)
def test_the_linter_is_content(name: str, tmp_path: Path) -> None:
    assert lint(repaired(name, tmp_path), select=["ALL"]).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("name", REPAIRS)
def test_the_probes_are_content(name: str, tmp_path: Path) -> None:
    seen = run(repaired(name, tmp_path), select=["ALL"])
    assert [finding for finding in seen.findings if finding.code != "TCK612"] == []  # few samples validate: so it is
    assert seen.status == 0
