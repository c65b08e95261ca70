"""What SARIF 2.1.0 asks of the objects that torchcheck writes, as a JSON schema: the keys that it uses, no others.

`TORCHCHECK_SARIF_SCHEMA=FILE` names a copy of the official schema (`sarif-schema-2.1.0.json` of OASIS), to be held
against it, too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema

LEVEL = {"enum": ["none", "note", "warning", "error"]}
TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": -1}
URI = {"type": "string", "pattern": r"^(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$"}


def thing(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object that has some of these keys, these among them, and no other."""
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def many(item: Any, **limits: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **limits}


MESSAGE = thing(("text",), text=TEXT, markdown=TEXT)
ARTIFACT = thing(uri=URI, uriBaseId=TEXT, index=INDEX)
REGION = thing(startLine=COUNT, startColumn=COUNT, endLine=COUNT, endColumn=COUNT)
RULE = thing(
    ("id",),
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=thing(enabled={"type": "boolean"}, level=LEVEL),
)
REPLACEMENT = thing(("deletedRegion",), deletedRegion=REGION, insertedContent=thing(text=TEXT))
CHANGE = thing(
    ("artifactLocation", "replacements"), artifactLocation=ARTIFACT, replacements=many(REPLACEMENT, minItems=1)
)
FIX = thing(("artifactChanges",), description=MESSAGE, artifactChanges=many(CHANGE, minItems=1, uniqueItems=True))
LOCATION = thing(
    physicalLocation=thing(("artifactLocation",), artifactLocation=ARTIFACT, region=REGION),
    logicalLocations=many(thing(name=TEXT, kind=TEXT), uniqueItems=True),
)
RESULT = thing(
    ("message",),
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    message=MESSAGE,
    locations=many(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    fixes=many(FIX, uniqueItems=True),
)
DRIVER = thing(("name",), name=TEXT, semanticVersion=TEXT, rules=many(RULE, uniqueItems=True))
RUN = thing(
    ("tool",),
    tool=thing(("driver",), driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    originalUriBaseIds={"type": "object", "additionalProperties": ARTIFACT},
    results=many(RESULT),
)
LOG = thing(("version", "runs"), **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": many(RUN)})


def check(log: Any) -> None:
    """Raise `ValidationError` if this is no SARIF, and AssertionError if its references lead nowhere."""
    jsonschema.Draft7Validator(LOG).validate(log)
    if official := os.environ.get("TORCHCHECK_SARIF_SCHEMA"):
        jsonschema.validate(log, json.loads(Path(official).read_text(encoding="utf-8")))
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for base in run["originalUriBaseIds"].values():
            assert base["uri"].endswith("/"), "the base of relative addresses must end with a slash"
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            for location in result["locations"]:
                base = location["physicalLocation"]["artifactLocation"].get("uriBaseId")
                assert base is None or base in run["originalUriBaseIds"]
