"""Nothing that looks like a secret is kept, and nothing else is lost."""

from __future__ import annotations

import pytest

from torchcheck.history.secrets import is_secret_file, looks_secret, masked, masked_diff


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["--token", "abcdef"], ["--token", "***"]),
        (["--wandb-api-key=abcdef"], ["--wandb-api-key=***"]),
        (["--hubToken", "x1"], ["--hubToken", "***"]),
        (["wandb.key=abc", "db.password=hunter2"], ["wandb.key=***", "db.password=***"]),
        (["hf_abcdefghijklmnopqrstuv"], ["***"]),
        (["--data", "https://me:pw@host/x"], ["--data", "https://***@host/x"]),
        (["--config", '{"api_key": "abc123", "lr": 0.1}'], ["--config", '{"api_key": "***", "lr": 0.1}']),
        (["--db-passwd", "a b c"], ["--db-passwd", "***"]),
        (["s3_secret=AKIAIOSFODNN7EXAMPLE"], ["s3_secret=***"]),
    ],
)
def test_secrets_on_a_command_line_are_masked(given: list[str], kept: list[str]) -> None:
    assert masked(given) == kept


@pytest.mark.parametrize(
    "words",
    [
        ["--lr", "0.1", "--tokenizer", "bert-base"],
        ["--max-tokens", "512", "--pad-token", "<pad>"],
        ["--num-tokens=512", "--token", "512"],
        ["--keypoints", "17", "--key-dim", "64"],
        ["--monkey", "yes", "--author=me", "--password-file", "x.txt"],
        ["model.encoder.key_size=64", "--use-auth-token", "--out", "runs"],
        ["--bypass", "cache", "--passes", "3"],
    ],
)
def test_other_words_stay(words: list[str]) -> None:
    assert masked(words) == words


DIFF = """\
diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,4 +1,4 @@
 import wandb
-wandb.login(key="0123456789abcdef0123456789abcdef01234567", api_key="hunter22")
+token = tokenizer.next_token(x)
+lr = 0.1
+PASSWORD = "hunter22"
diff --git a/.env b/.env
index 1..2 100644
--- a/.env
+++ b/.env
@@ -1 +1 @@
-A=1
+B=topsecretvalue
diff --git a/model.py b/model.py
--- a/model.py
+++ b/model.py
@@ -1 +1 @@
+KEY = '''-----BEGIN RSA PRIVATE KEY-----
+abcd
+-----END RSA PRIVATE KEY-----'''
+x = 1
"""


def test_a_diff_keeps_its_code_and_loses_its_secrets() -> None:
    kept = masked_diff(DIFF)
    assert "hunter22" not in kept
    assert "topsecretvalue" not in kept
    assert "abcd\n" not in kept
    assert "+token = tokenizer.next_token(x)\n+lr = 0.1\n+[a line that may hold a secret]\n" in kept
    assert "diff --git a/.env b/.env\n[left out: a file of this name may hold secrets]\ndiff --git a/model.py" in kept
    assert kept.endswith("+x = 1\n")


@pytest.mark.parametrize("name", [".env", "deploy/.env.local", "server.pem", "id_rsa", "conf/my_secrets.yaml", "a.key"])
def test_files_for_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret_file(name)


@pytest.mark.parametrize("name", ["train.py", "secrets.py", "environment.yml", "keys.md", "model/env.py"])
def test_other_files_are_not(name: str) -> None:
    assert not is_secret_file(name)


@pytest.mark.parametrize(
    "line",
    [
        "+token: str",
        "+key, subkey = split(key)",
        "+secret_dim = 64",
        "+pad_token='<pad-token>'",
        "+key = jax.random.key(0)",
    ],
)
def test_lines_of_programs_are_no_secrets(line: str) -> None:
    assert not looks_secret(line)
