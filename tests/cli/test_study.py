"""What `tremor study` unpacks: files of the study, and nothing that a server could place elsewhere."""

import zipfile
from pathlib import Path

import pytest

from service.cli import study
from service.cli.exits import CommandFailed
from service.cli.results import relink


def archive(folder: Path, *names: str) -> Path:
    path = folder / "study.zip"
    with zipfile.ZipFile(path, "w") as files:
        for name in names:
            files.writestr(name, f"this is {name}")
    return path


def test_files_are_written_into_their_folders(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    names = ("index.html", "figures/a.svg", "tables/b.csv")
    assert study._unpack(archive(tmp_path, *names), out) == [out / name for name in names]
    assert (out / "figures" / "a.svg").read_text() == "this is figures/a.svg"
    assert sorted(p.name for p in out.iterdir()) == ["figures", "index.html", "tables"]


@pytest.mark.parametrize("name", ["../evil", "figures/../../evil", "/evil", "a/b/c", "figures/..", "..", "a\\..\\evil"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    with pytest.raises(CommandFailed, match="names a file"):
        study._unpack(archive(tmp_path, name), out)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [tmp_path / "study.zip"]


def test_what_is_too_large_or_no_zip_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(study, "_MOST_BYTES", 5)
        with pytest.raises(CommandFailed, match="larger than"):
            study._unpack(archive(tmp_path, "index.html"), tmp_path)
    (tmp_path / "study.zip").write_text("no zip")
    with pytest.raises(CommandFailed, match="no zip"):
        study._unpack(tmp_path / "study.zip", tmp_path)


def test_links_of_a_saved_page_lead_to_the_files_beside_it(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(
        '<td><a href="/v1/artifacts/art_1">a b.npz</a></td><td><a href="/v1/artifacts/art_2">c.zip</a></td>'
        '<a href="#neurons">Neurons</a> <a href="https://example.org/v1/artifacts/art_1">elsewhere</a>'
    )
    relink(page, {"art_1": tmp_path / "arrays" / "a b.npz", "art_3": tmp_path / "d.png"}, None)
    assert page.read_text() == (
        '<td><a href="arrays/a%20b.npz">a b.npz</a></td><td><a>c.zip</a></td>'
        '<a href="#neurons">Neurons</a> <a href="https://example.org/v1/artifacts/art_1">elsewhere</a>'
    )


EXPLORE = '<p class="explore"><a href="{}/ui/audits/aud_1">Explore this audit</a> on the page.</p>'


@pytest.mark.parametrize(
    ("server", "said"), [("https://example.org", EXPLORE.format("https://example.org")), (None, "")]
)
def test_a_saved_page_leads_to_the_service_that_is_still_there(tmp_path: Path, server: str | None, said: str) -> None:
    page = tmp_path / "report.html"
    page.write_text(f"<main>{EXPLORE.format('')}</main>")
    relink(page, {}, server)
    assert page.read_text() == f"<main>{said}</main>"
