"""Every error and warning on libraries that are right, each with a verdict by a person who read the source.

    python benchmarks/precision/check.py                  download the libraries, lint them, compare with verdicts.json
    python benchmarks/precision/check.py timm peft        these only
    python benchmarks/precision/check.py --sources DIR    use DIR/<library>/ instead of downloading
    python benchmarks/precision/check.py --update         add what is new to verdicts.json, to be judged

Lists what is new, what is gone, and what has no verdict yet; then findings and false alarms for each level and for
100 000 lines. A finding is known again by library, file, code and the text of its line, so that it survives a release.
Exit status: 0 where nothing is new or unjudged and the goals hold, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from torchcheck.finding import Finding, Level
from torchcheck.lint.engine import lint_files
from torchcheck.selection import Selection

LIBRARIES = {
    "timm": "timm==1.0.31",
    "kornia": "kornia==0.9.0",
    "torchvision": "torchvision==0.29.2",
    "lightning": "lightning==2.6.6",
    "torchmetrics": "torchmetrics==1.9.0",
    "pytorch_ignite": "pytorch-ignite==0.5.5",
    "sentence_transformers": "sentence-transformers==6.2.0",
    "accelerate": "accelerate==1.15.0",
    "peft": "peft==0.21.2",
    "transformers": "transformers==5.23.0",
    "diffusers": "diffusers==0.42.1",
    "fastai": "fastai==2.8.12",
    "adapters": "adapters==1.3.0",
    "allennlp": "allennlp==2.10.1",
    "anomalib": "anomalib==2.7.0",
    "asteroid": "asteroid==0.7.0",
    "audiolm_pytorch": "audiolm-pytorch==2.4.0",
    "autogluon_multimodal": "autogluon.multimodal==1.6.3",
    "autogluon_timeseries": "autogluon.timeseries==1.6.3",
    "avalanche_lib": "avalanche-lib==0.6.0",
    "basicsr": "basicsr==1.3.3.3",
    "bindsnet": "bindsnet==0.3.4",
    "botorch": "botorch==0.18.1",
    "captum": "captum==0.9.0",
    "catalyst": "catalyst==21.5",
    "cebra": "cebra==0.6.1",
    "cellpose": "cellpose==4.2.1.1",
    "chemprop": "chemprop==2.3.1",
    "composer": "composer==0.32.1",
    "d3rlpy": "d3rlpy==2.8.1",
    "dalle2_pytorch": "dalle2-pytorch==1.15.6",
    "darts": "darts==0.48.1",
    "deepchem": "deepchem==2.8.0",
    "deepctr_torch": "deepctr-torch==0.3.0",
    "deepinv": "deepinv==0.5.0",
    "deepspeed": "deepspeed==0.3.1.dev5",
    "demucs": "demucs==4.1.0",
    "denoising_diffusion_pytorch": "denoising-diffusion-pytorch==2.3.4",
    "e3nn": "e3nn==0.6.0",
    "easyocr": "easyocr==1.7.2",
    "effdet": "effdet==0.4.1",
    "espnet": "espnet==202511",
    "fairseq2": "fairseq2==0.8.1",
    "flair": "flair==0.15.1",
    "gliner": "gliner==0.2.29",
    "gluonts": "gluonts==0.17.0",
    "gpytorch": "gpytorch==1.15.2",
    "imagen_pytorch": "imagen-pytorch==2.1.0",
    "laion_clap": "laion-clap==1.1.7",
    "lightly": "lightly==1.6.0",
    "mmengine": "mmengine==0.10.7",
    "monai": "monai==1.6.1",
    "nerfstudio": "nerfstudio==1.1.5",
    "neuralforecast": "neuralforecast==3.3.0",
    "nnunetv2": "nnunetv2==2.8.1",
    "opacus": "opacus==1.6.0",
    "open_clip_torch": "open_clip_torch==3.3.0",
    "pfrl": "pfrl==0.1.0",
    "piq": "piq==0.8.0",
    "poutyne": "poutyne==1.19.0",
    "pyannote_audio": "pyannote.audio==4.0.7",
    "pycox": "pycox==0.3.0",
    "pygod": "pygod==1.1.0",
    "pyhealth": "pyhealth==1.1.6",
    "pykeen": "pykeen==1.11.1",
    "pyro_ppl": "pyro-ppl==1.9.2",
    "pythae": "pythae==0.1.2",
    "pytorch_forecasting": "pytorch-forecasting==1.8.0",
    "pytorch_lightning_bolts": "pytorch-lightning-bolts==0.3.2.post1",
    "pytorch_metric_learning": "pytorch-metric-learning==2.9.0",
    "pytorch_ood": "pytorch-ood==0.4.0",
    "pytorch_tabnet": "pytorch-tabnet==4.1.0",
    "pytorch_toolbelt": "pytorch-toolbelt==0.8.0",
    "pytorch_widedeep": "pytorch-widedeep==1.7.0",
    "recbole": "recbole==1.2.1",
    "rfdetr": "rfdetr==1.11.2",
    "schnetpack": "schnetpack==2.1.1",
    "scvi_tools": "scvi-tools==1.4.2",
    "segmentation_models_pytorch": "segmentation-models-pytorch==0.6.0",
    "simpletransformers": "simpletransformers==0.70.8",
    "skorch": "skorch==1.4.0",
    "skrl": "skrl==2.1.1",
    "snntorch": "snntorch==1.0.0",
    "speechbrain": "speechbrain==1.1.2",
    "spikingjelly": "spikingjelly==2.0.0",
    "stable_baselines3": "stable-baselines3==2.9.2",
    "super_gradients": "super-gradients==3.7.1",
    "tabpfn": "tabpfn==9.2.0",
    "tensordict": "tensordict==0.15.3",
    "textattack": "textattack==0.3.11",
    "tianshou": "tianshou==2.0.1",
    "torch_fidelity": "torch-fidelity==0.4.0",
    "torch_geometric": "torch_geometric==2.8.1",
    "torch_rechub": "torch-rechub==0.9.0",
    "torchattacks": "torchattacks==3.5.1",
    "torchaudio": "torchaudio==2.11.0",
    "torchdistill": "torchdistill==1.1.5",
    "torchgeo": "torchgeo==0.8.1",
    "torchio": "torchio==1.2.1",
    "torchrl": "torchrl==0.14.1",
    "torchtuples": "torchtuples==0.2.2",
    "torchxrayvision": "torchxrayvision==1.5.7",
    "trl": "trl==1.16.0",
    "tsai": "tsai==1.0.1",
    "ultralytics": "ultralytics==8.4.190",
    "vit_pytorch": "vit-pytorch==1.26.11",
    "x_transformers": "x-transformers==2.31.10",
    "yolov5": "yolov5==7.0.14",
}
VERDICTS = Path(__file__).with_name("verdicts.json")
RIGHT = ("true", "arguable")
GOALS = {Level.ERROR: 0.95, Level.WARNING: 0.85}
"""The least share of findings that are true or arguable."""
FALSE_IN_100_KLOC = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """One finding and its verdict: `true`, `arguable`, `false`, or empty where nobody has judged it yet."""

    library: str
    file: str
    code: str
    line: str
    count: int = 1
    verdict: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.library, self.file, self.code, self.line


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libraries", nargs="*", default=list(LIBRARIES), metavar="LIBRARY")
    parser.add_argument("--sources", type=Path, help="a folder with a folder of each library")
    parser.add_argument("--update", action="store_true", help="write what is new into verdicts.json, without verdicts")
    options = parser.parse_args(arguments)
    known = {j.key: j for j in (Judged(**entry) for entry in json.loads(VERDICTS.read_text(encoding="utf-8")))}
    found: dict[tuple[str, str, str, str], Judged] = {}
    levels: dict[tuple[str, str, str, str], Level] = {}
    lines = 0
    with tempfile.TemporaryDirectory() as folder:
        for library in options.libraries:
            root = options.sources / library if options.sources else _download(library, Path(folder))
            files = sorted(root.rglob("*.py"))
            lines += sum(path.read_bytes().count(b"\n") for path in files)
            for judged, level in _lint(library, root, files):
                found[judged.key] = replace(judged, **_verdict(known.get(judged.key)))
                levels[judged.key] = level
    new = [j for key, j in found.items() if key not in known]
    gone = [j for key, j in known.items() if key not in found and j.library in options.libraries]
    _list("new", new)
    _list("gone", gone)
    _list("without a verdict", [j for j in found.values() if j.key in known and not j.verdict])
    good = _summary(found.values(), levels, lines)
    if options.update:
        kept = {**{k: j for k, j in known.items() if j not in gone}, **found}
        entries = [asdict(judged) for _, judged in sorted(kept.items())]
        VERDICTS.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    return 0 if good and not new and all(j.verdict for j in found.values()) else 1


def _download(library: str, folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder / "wheels")]
    subprocess.run([*pip, LIBRARIES[library]], check=True)
    (wheel,) = (folder / "wheels").glob(f"{library}-*.whl")
    root = folder / library
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(root, [name for name in archive.namelist() if name.endswith(".py")])
    return root


def _lint(library: str, root: Path, files: Sequence[Path]) -> Iterable[tuple[Judged, Level]]:
    result = lint_files(files, Selection().rules(), jobs=os.cpu_count() or 1)
    for broken in result.broken:
        print(f"broken: {broken}")
    counts: Counter[tuple[str, str, str]] = Counter()
    levels: dict[tuple[str, str, str], Level] = {}
    for finding in result.findings:
        if finding.level.reaches(Level.WARNING):
            key = (Path(finding.filename).relative_to(root).as_posix(), finding.code, _line(finding))
            counts[key] += 1
            levels[key] = finding.level
    for (file, code, line), count in counts.items():
        yield Judged(library, file, code, line, count), levels[file, code, line]


def _line(finding: Finding) -> str:
    rows = Path(finding.filename).read_text(encoding="utf-8", errors="replace").split("\n")
    return " ".join(rows[finding.row - 1].split())


def _verdict(known: Judged | None) -> dict[str, str]:
    return {} if known is None else {"verdict": known.verdict, "reason": known.reason}


def _list(title: str, judged: Sequence[Judged]) -> None:
    if judged:
        print(f"{title}:")
    for one in judged:
        print(f"  {one.library} {one.file} {one.code} ({one.count}): {one.line}  {one.verdict} {one.reason}".rstrip())


def _summary(found: Iterable[Judged], levels: dict[tuple[str, str, str, str], Level], lines: int) -> bool:
    """Print the shares, and say whether the goals hold."""
    good = True
    false = 0
    for level, goal in GOALS.items():
        verdicts = Counter[str]()
        for judged in found:
            if levels[judged.key] is level:
                verdicts[judged.verdict or "unjudged"] += judged.count
        total = sum(verdicts.values())
        right = sum(verdicts[verdict] for verdict in RIGHT)
        false += verdicts["false"]
        share = right / total if total else 1.0
        good &= share >= goal
        print(f"{level.value}s: {total} ({dict(verdicts)}); true or arguable: {share:.0%} (goal: {goal:.0%})")
    rate = false / max(lines / 100_000, 1e-9)
    print(f"{lines} lines; false alarms in 100 000 lines: {rate:.2f} (goal: fewer than {FALSE_IN_100_KLOC})")
    return good and rate < FALSE_IN_100_KLOC


if __name__ == "__main__":
    sys.exit(main())
