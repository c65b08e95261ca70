"""What the view of a file tells of it as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.code.test_views import view


def test_a_file_knows_every_word_of_its_code() -> None:
    source = """
    'a docstring'
    import torch  # a comment
    from package.part import thing as other
    def name(parameter=1, *, option: str = "default"):
        return call(keyword="text", inner={"key": [first, "second"]})
    """
    words = view(source, unrelated="x = 1").vocabulary
    assert {"package.part", "thing", "name", "parameter", "option", "call", "keyword", "text", "key", "second"} <= words
    assert not {"a comment", "a docstring", "x"} & words


def test_a_file_knows_the_files_that_it_imports_directly_and_through_others() -> None:
    files = view("import torch\nfrom a import f", a="import b", b="import script", c="").project_files
    assert [Path(file.name).name for file in files] == ["a.py", "b.py"]


@pytest.mark.parametrize(
    ("source", "started"),
    [
        ("def main(): ...\nif __name__ == '__main__':\n    main()", True),
        ("def main(): ...\nmain()", True),
        ("def main(): ...\nresult = main()", True),
        ("def main(): ...", False),
        ("def main(): ...\nmain", False),
        ("def main(): ...\nprint(1)", False),
    ],
)
def test_a_script_is_told_from_a_library(source: str, started: bool) -> None:
    assert view(f"import torch\n{source}").is_started_by_hand is started
