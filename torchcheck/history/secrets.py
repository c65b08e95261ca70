"""What must not be kept: passwords, tokens and keys, on command lines and in what has changed in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch

MASK = "***"

_SECRET = r"(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|auth(?:orization)?|bearer|apikey)"
_KEYS = r"(?:api|app|access|account|auth|aws|azure|client|encryption|gcp|hf|master|openai|private|secret|ssh|wandb)"
_NAME = re.compile(rf"(?:^|[^a-z])(?:{_SECRET}|{_KEYS}[._-]?key|^key)$", re.IGNORECASE)
_HARMLESS = re.compile(
    r"(?:^|[^a-z])(?:pad|eos|bos|unk|sep|cls|mask|stop|start|end|image|special|new|max|min|num|n|per|use|no|add)"
    r"[_-]?token$|by[_-]pass$|bypass$|single[_-]pass$|(?:max|num|n|per|two|one|multi)[_-]?pass$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[\d._]+(?:e[-+]?\d+)?|true|false|none|null|yes|no|on|off", re.IGNORECASE)

_KNOWN = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[\w-]{16,}"
    r"|xox[abposr]-[\w-]{10,}|A(?:KIA|SIA)[A-Z0-9]{16}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|pypi-[\w-]{20,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)"
)
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@'\"]+(?=@)")
_ASSIGNED = re.compile(
    rf"(?P<name>[\w.-]*?(?:{_SECRET}|{_KEYS}[._-]?key))(?P<between>['\"]?\s*(?:[:=]|=>)\s*)"
    r"(?P<quote>[brfu]*['\"]?)(?P<value>[^\s'\",;)}\]]+)",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"['\"](?=[^'\"]*[a-z])(?=[^'\"]*[A-Z])(?=[^'\"]*\d)[\w+/=-]{32,}['\"]")

_FILES = (
    *(".env", ".env.*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "*.gpg", "*.asc"),
    *(
        "id_rsa*",
        "id_dsa*",
        "id_ecdsa*",
        "id_ed25519*",
        ".netrc",
        "_netrc",
        ".npmrc",
        ".pypirc",
        ".htpasswd",
        ".pgpass",
    ),
    *("*secret*", "*credential*", "*password*", "*.tfstate", "*.tfvars", "kubeconfig", "kaggle.json"),
)


def masked(words: Sequence[str]) -> list[str]:
    """A command line without the values of what is named like a secret, or looks like one."""
    told: list[str] = []
    hides_next = False
    for word in words:
        if hides_next and not word.startswith("-") and not _NUMBER.fullmatch(word):
            told.append(MASK)
            hides_next = False
            continue
        name, equals, value = word.partition("=")
        hides_next = not equals and word.startswith("-") and _is_secret(name)
        if equals and value and _is_secret(name) and not _NUMBER.fullmatch(value):
            told.append(f"{name}={MASK}")
        else:
            told.append(masked_text(word))
    return told


def masked_text(text: str) -> str:
    """A text without what looks like a secret in it."""
    text = _KNOWN.sub(MASK, _IN_ADDRESS.sub(MASK, text))
    return _ASSIGNED.sub(_mask_value, text)


def masked_diff(diff: str) -> str:
    """What `git diff` wrote, without files that are made for secrets and lines that look like one."""
    return "".join(_kept(diff))


def is_secret_file(path: str) -> bool:
    """Whether a file is of a kind that holds secrets, by its name."""
    name = path.rpartition("/")[2].lower()
    return any(fnmatch(name, pattern) for pattern in _FILES) and not name.endswith((".py", ".pyi", ".ipynb", ".md"))


def _kept(diff: str) -> Iterator[str]:
    is_left_out = is_key = False
    for line in diff.splitlines(keepends=True):
        if line.startswith("diff --git "):
            is_left_out = any(is_secret_file(part) for part in line.split()[2:])
            is_key = False
            yield line
            if is_left_out:
                yield "[left out: a file of this name may hold secrets]\n"
        elif is_left_out:
            continue
        else:
            is_key = (is_key or "PRIVATE KEY-----" in line) and not line.startswith("@@")
            yield f"{line[0]}[a line that may hold a secret]\n" if is_key or looks_secret(line) else line
            is_key = is_key and "-----END" not in line


def looks_secret(line: str) -> bool:
    """Whether a line of a program or a configuration holds a secret, as far as can be told."""
    if _KNOWN.search(line) or _IN_ADDRESS.search(line) or _RANDOM.search(line):
        return True
    return any(_is_literal(found) for found in _ASSIGNED.finditer(line))


def _is_literal(found: re.Match[str]) -> bool:
    """Whether something secret is given a value that stands there: quoted, or like a key rather than like a name."""
    value = found["value"]
    if not _is_secret(found["name"]) or _NUMBER.fullmatch(value):
        return False
    if found["quote"].endswith(("'", '"')):
        return len(value) >= 6
    return len(value) >= 8 and any(c.isdigit() for c in value) and not re.search(r"[(\[.]", value)


def _mask_value(found: re.Match[str]) -> str:
    if not _is_secret(found["name"]) or _NUMBER.fullmatch(found["value"]):
        return found[0]
    return f"{found['name']}{found['between']}{found['quote']}{MASK}"


def _is_secret(name: str) -> bool:
    bare = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lstrip("-+")
    return _NAME.search(bare) is not None and _HARMLESS.search(bare) is None
