"""Which files are linted."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchcheck.discovery import DEFAULT_EXCLUDE, Patterns, find_files
from torchcheck.errors import UsageError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def found(*paths: str, exclude: tuple[str, ...] = DEFAULT_EXCLUDE, force_exclude: bool = False) -> list[str]:
    files = find_files(paths or (".",), [Patterns(Path.cwd(), exclude)], force_exclude=force_exclude)
    return sorted(path.as_posix() for path in files.paths)


def test_python_files_are_found_under_short_names(tree: Path) -> None:
    touch("b.py", "a.py", "sub/c.py", "notes.txt", "stub.pyi", "page.ipynb")
    assert found() == ["a.py", "b.py", "page.ipynb", "sub/c.py"]


@pytest.mark.parametrize("name", [".venv", "build", "dist", "node_modules", "__pycache__", "x/site-packages", ".git"])
def test_default_excludes(tree: Path, name: str) -> None:
    touch(f"{name}/a.py", "a.py")
    assert found() == ["a.py"]


def test_a_virtual_environment_by_another_name_is_left_out(tree: Path) -> None:
    touch("env/pyvenv.cfg", "env/lib/a.py", "a.py")
    assert found() == ["a.py"]


def test_a_package_called_env_is_not(tree: Path) -> None:
    touch("env/__init__.py", "env/cartpole.py")
    assert found() == ["env/__init__.py", "env/cartpole.py"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("old", ["new/a.py", "older.py"]),
        ("*_gen.py", ["new/a.py", "old/a.py", "older.py"]),
        ("/old/a.py", ["new/a.py", "old/a_gen.py", "older.py"]),
        ("**/a.py", ["old/a_gen.py", "older.py"]),
        ("old*", ["new/a.py"]),
    ],
)
def test_patterns_are_those_of_gitignore(tree: Path, pattern: str, expected: list[str]) -> None:
    touch("old/a.py", "old/a_gen.py", "new/a.py", "older.py")
    assert found(exclude=(pattern,)) == expected


def test_a_named_file_is_linted_whatever_it_is_called_and_wherever_it_lies(tree: Path) -> None:
    touch("build/gen.py", "train")
    assert found("build/gen.py", "train") == ["build/gen.py", "train"]


def test_a_named_directory_is_searched_though_it_is_excluded(tree: Path) -> None:
    touch("build/gen.py", "build/build/x.py", "old/a.py")
    assert found("build") == ["build/gen.py"]
    assert found("old", exclude=("/old/",)) == ["old/a.py"]


def test_force_exclude_holds_for_named_files(tree: Path) -> None:
    touch("build/gen.py", "a.py")
    assert found("build/gen.py", "a.py", "build", force_exclude=True) == ["a.py"]


def test_a_file_that_is_named_twice_is_linted_once(tree: Path) -> None:
    touch("sub/a.py")
    assert found("sub", "sub/a.py", ".", str(tree / "sub")) == ["sub/a.py"]


def test_a_missing_path_is_an_error(tree: Path) -> None:
    with pytest.raises(UsageError, match=r"no such file or directory: nowhere\.py"):
        found("nowhere.py")


def test_notebooks_are_found_but_not_their_checkpoints(tree: Path) -> None:
    touch("pages/page.ipynb", "pages/.ipynb_checkpoints/page-checkpoint.ipynb")
    assert found("pages") == found("pages/page.ipynb") == ["pages/page.ipynb"]


def test_broken_links_and_directories_called_like_modules_are_no_files(tree: Path) -> None:
    (tree / "gone.py").symlink_to(tree / "nowhere")
    (tree / "dir.py").mkdir()
    touch("dir.py/a.py")
    assert found() == ["dir.py/a.py"]


class TestGitignore:
    """`.gitignore` is respected below the root of a repository."""

    @pytest.fixture(autouse=True)
    def _repository(self, tree: Path) -> None:
        (tree / ".git").mkdir()

    def write(self, text: str, directory: str = ".") -> None:
        Path(directory).mkdir(parents=True, exist_ok=True)
        (Path(directory) / ".gitignore").write_text(text, encoding="utf-8")

    def test_ignored_files_and_directories(self) -> None:
        touch("a.py", "gen.py", "out/b.py", "src/out/c.py")
        self.write("gen.py\nout/\n# a comment\n\n")
        assert found() == ["a.py"]

    def test_an_inner_file_goes_before_an_outer_one(self) -> None:
        touch("a_gen.py", "keep/b_gen.py")
        self.write("*_gen.py\n")
        self.write("!b_gen.py\n", "keep")
        assert found() == ["keep/b_gen.py"]

    def test_an_inner_file_speaks_of_its_own_directory_only(self) -> None:
        touch("x.py", "inner/x.py", "inner/deep/x.py", "other/x.py")
        self.write("/x.py\n", "inner")
        assert found() == ["inner/deep/x.py", "other/x.py", "x.py"]

    def test_files_above_the_path_count(self) -> None:
        touch("src/a.py", "src/gen/b.py")
        self.write("src/gen/\n")
        assert found("src") == ["src/a.py"]

    def test_a_named_path_is_linted_though_it_is_ignored(self) -> None:
        touch("gen/b.py", "gen/c.py")
        self.write("gen/\n")
        assert found("gen/b.py") == ["gen/b.py"]
        assert found("gen") == ["gen/b.py", "gen/c.py"]


def test_gitignore_above_does_not_count_outside_a_repository(tree: Path) -> None:
    touch("src/a.py")
    (tree / ".gitignore").write_text("*.py\n", encoding="utf-8")
    assert found("src") == ["src/a.py"]
