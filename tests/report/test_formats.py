"""Findings in the formats that other programs read."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from tests.report import sarif_schema
from tests.report.test_text import FINDING, SOURCE
from torchcheck.cli.main import main
from torchcheck.config import OUTPUT_FORMATS
from torchcheck.finding import Edit, Finding, Fix, Level, Position, Span
from torchcheck.report.source import from_texts
from torchcheck.report.write import formatted

ODD = "100% of a\nb: \x1b[0m <&> \udc80 \U0001d538 é, c"


def made(output_format: str, *findings: Finding, source: str = SOURCE) -> str:
    return formatted(findings, output_format, from_texts({"train.py": source}))


def at(row: int, column: int = 8, *, filename: str = "train.py", cell: int | None = None) -> Finding:
    place = Span(filename, Position(row, column), Position(row, column + 5), cell)
    return dataclasses.replace(FINDING, place=place)


@pytest.fixture(autouse=True)
def _no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_each_format_bears_odd_characters_and_no_findings() -> None:
    odd = dataclasses.replace(FINDING, message=ODD, why=ODD, help=ODD, place=at(2, filename="a b/é\udc80,:%.py").place)
    for output_format in OUTPUT_FORMATS:
        made(output_format)
        text = made(output_format, odd)
        if output_format not in ("full", "concise", "github"):
            assert text.isascii(), output_format
        if output_format in ("json", "gitlab", "sarif"):
            json.loads(text)
    ET.fromstring(made("junit", odd))
    sarif_schema.check(json.loads(made("sarif", odd)))
    assert made("github", odd).count("\n") == 1
    assert [made(name) for name in ("json", "json-lines", "github", "gitlab")] == ["[]\n", "", "", "[]\n"]


def test_json_lines_are_the_objects_of_json() -> None:
    findings = [FINDING, at(3)]
    lines = made("json-lines", *findings).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(made("json", *findings))


def test_github_commands_escape_what_has_a_meaning_and_name_relative_paths() -> None:
    finding = dataclasses.replace(at(2, filename=str(Path.cwd() / "a,b:c%.py")), message="50%\r\nof x: y, z")
    assert made("github", finding) == (
        "::error title=TCK101 softmax-before-cross-entropy,file=a%2Cb%3Ac%25.py,line=2,endLine=2,col=8,endColumn=13::"
        "50%25%0D%0Aof x: y, z%0AThe second softmax can never become confident.%0AGive the loss the logits.\n"
    )


def test_github_shows_the_gravest_first() -> None:
    levels = (Level.INFO, Level.WARNING, Level.ERROR)
    text = made("github", *(dataclasses.replace(FINDING, level=level) for level in levels))
    assert [line.split()[0] for line in text.splitlines()] == ["::error", "::warning", "::notice"]


def test_paths_in_messages_are_relative_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        finding = dataclasses.replace(at(9), message=f"softmax ({tmp_path / name / 'net.py'}:3)")
        told[name] = made("gitlab", finding)
    assert "softmax (net.py:3)" in told["one"]
    assert told["one"] == told["two"]


def test_paths_start_at_the_checkout_of_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    assert json.loads(made("gitlab", FINDING))[0]["location"]["path"] == "train.py"
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    assert json.loads(made("gitlab", FINDING))[0]["location"]["path"] == "sub/train.py"
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "elsewhere"))
    assert json.loads(made("gitlab", FINDING))[0]["location"]["path"] == "train.py"


def test_a_gitlab_issue_has_the_keys_of_code_quality() -> None:
    (issue,) = json.loads(made("gitlab", FINDING))
    assert len(issue.pop("fingerprint")) == 32
    assert issue == {
        "check_name": "TCK101",
        "description": "TCK101 [softmax-before-cross-entropy] "
        "`probs` went through softmax before `nn.CrossEntropyLoss`.",
        "severity": "critical",
        "location": {
            "path": "train.py",
            "positions": {"begin": {"line": 2, "column": 8}, "end": {"line": 2, "column": 27}},
        },
    }


def prints(*findings: Finding, source: str = SOURCE) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(made("gitlab", *findings, source=source))]


def test_a_fingerprint_stays_when_lines_move_and_differs_for_each_finding() -> None:
    moved = "import torch\n\n" + SOURCE.replace("loss = criterion(", "    loss = criterion( ")
    assert prints(at(2)) == prints(at(4, 12), source=moved)
    assert prints(at(2)) != prints(at(3))
    repeated = prints(at(1), at(2), source="loss(x)\nloss(x)\n")
    assert len(set(repeated)) == 2
    assert repeated[:1] == prints(at(1), source="loss(x)\n")


def test_a_fingerprint_without_a_source_takes_the_message_without_its_numbers() -> None:
    def told(message: str, row: int, cell: int | None) -> Finding:
        return dataclasses.replace(at(row, filename="gone.ipynb", cell=cell), message=message)

    assert prints(told("softmax (line 3)", 4, 1)) == prints(told("softmax (line 14)", 9, 2))


def test_junit_has_a_suite_a_file_and_a_failed_case_a_finding() -> None:
    suites = ET.fromstring(made("junit", at(2), at(3), at(1, filename="z.py")))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("train.py", "2", "2"),
        ("z.py", "1", "1"),
    ]
    case = suites[0][0]
    assert case.attrib == {
        "name": "TCK101 softmax-before-cross-entropy",
        "classname": "train.py",
        "file": "train.py",
        "line": "2",
        "time": "0",
    }
    assert case[0].get("message") == FINDING.message
    assert "2 | loss = criterion(probs, y)" in (case[0].text or "")


def test_junit_without_findings_has_one_case_that_passed() -> None:
    suites = ET.fromstring(made("junit"))
    assert (suites.get("tests"), suites.get("failures")) == ("1", "0")
    assert len(suites.findall("testsuite/testcase")) == 1
    assert not suites.findall(".//failure")


def test_junit_names_the_characters_that_xml_can_not_hold() -> None:
    suites = ET.fromstring(made("junit", dataclasses.replace(FINDING, message="a\x00b\x1bc\uffff")))
    assert suites[0][0][0].get("message") == "a\\x00b\\x1bc\\uffff"


def sarif(*findings: Finding, source: str = SOURCE) -> dict[str, object]:
    log = json.loads(made("sarif", *findings, source=source))
    sarif_schema.check(log)
    (run,) = log["runs"]
    return run


def test_sarif_levels_rules_and_places() -> None:
    info = dataclasses.replace(at(1), code="TCK102", name="log-softmax-before-cross-entropy", level=Level.INFO)
    run = sarif(FINDING, info, at(3, filename="/elsewhere/ü x.py"))
    assert run["columnKind"] == "utf16CodeUnits"
    assert [result["level"] for result in run["results"]] == ["error", "note", "error"]
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["defaultConfiguration"]) for rule in rules] == [
        ("TCK101", {"level": "error", "enabled": True}),
        ("TCK102", {"level": "note", "enabled": False}),
    ]
    physical = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert physical[0] == {
        "artifactLocation": {"uri": "train.py", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 27},
    }
    assert physical[2]["artifactLocation"] == {"uri": "file:///elsewhere/%C3%BC%20x.py"}
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"] == Path.cwd().as_uri() + "/"


def test_sarif_counts_columns_in_utf16() -> None:
    (result,) = sarif(at(1, 6), source="'\U0001d538é'; loss(x)\n")["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (7, 12)


def test_sarif_tells_a_fix_as_a_replacement_and_whether_it_is_safe() -> None:
    edit = Edit(Position(2, 8), Position(2, 17), "loss_of")
    (result,) = sarif(dataclasses.replace(FINDING, fix=Fix("Call it", (edit,), safe=True)))["results"]
    (fix,) = result["fixes"]
    assert fix["description"]["text"] == "Call it"
    assert fix["artifactChanges"] == [
        {
            "artifactLocation": {"uri": "train.py", "uriBaseId": "SRCROOT"},
            "replacements": [
                {
                    "deletedRegion": {"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 17},
                    "insertedContent": {"text": "loss_of"},
                }
            ],
        }
    ]
    (result,) = sarif(dataclasses.replace(FINDING, fix=Fix("Call it", (edit,))))["results"]
    assert result["fixes"][0]["description"]["text"] == "Call it (unsafe: this changes what the program computes)"


def test_sarif_tells_what_is_no_rule_by_its_finding() -> None:
    run = sarif(dataclasses.replace(FINDING, code="TCK000", name="internal-error"))
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": FINDING.message}


def test_the_schema_refuses_what_is_not_sarif() -> None:
    log = json.loads(made("sarif", FINDING))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError, match="less than the minimum"):
        sarif_schema.check(log)


def test_a_cell_is_named_where_a_format_has_only_lines_of_the_file() -> None:
    finding = at(7, filename="a.ipynb", cell=3)
    said = f"cell 3, line 7: {FINDING.message}"
    assert "a.ipynb:cell 3:7:8: error" in made("concise", finding)
    assert json.loads(made("json-lines", finding))["cell"] == 3
    assert f",line=1,endLine=1::{said}" in made("github", finding)
    (issue,) = json.loads(made("gitlab", finding))
    assert issue["description"].endswith(said)
    assert issue["location"]["positions"]["begin"] == {"line": 1, "column": 1}
    case = ET.fromstring(made("junit", finding))[0][0]
    assert (case.get("line"), case[0].get("message")) == ("1", said)
    (result,) = sarif(dataclasses.replace(finding, fix=Fix("x", (Edit(Position(1, 1), Position(1, 1), "y"),))))[
        "results"
    ]
    assert result["message"]["text"].startswith(said)
    assert result["locations"][0]["logicalLocations"] == [{"name": "cell 3", "kind": "module"}]
    assert "fixes" not in result


@pytest.mark.parametrize("output_format", OUTPUT_FORMATS)
def test_the_command_writes_each_format_by_option_and_by_setting(
    output_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.py").write_text("import torch\nx = (\n", encoding="utf-8")
    assert main(["lint", "--output-format", output_format, "broken.py"]) == 1
    by_option = capsys.readouterr().out
    assert "TCK002" in by_option
    (tmp_path / "torchcheck.toml").write_text(f'output-format = "{output_format}"\n', encoding="utf-8")
    assert main(["lint", "broken.py"]) == 1
    assert capsys.readouterr().out == by_option


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("lint --diff --output-format sarif", "--diff shows a patch, not findings; leave out --diff or"),
        ("lint --statistics --output-format junit", "--statistics counts findings, which --output-format junit can't"),
        ("run --output-format gitlab a.py", "--output-format gitlab needs --output-file: standard output is the"),
    ],
)
def test_what_a_format_can_not_say_is_an_error(words: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    assert capsys.readouterr().err.startswith(f"torchcheck: error: {message}")
