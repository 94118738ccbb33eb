"""`tremor study`: an audit with every analysis, written as one folder to browse, to cite from and to compute with."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import click

from openapi.presets import PRESETS
from openapi.text import counted
from service.cli.audit import analysis_options, audit_request, budget_option, choose_option, keep_option
from service.cli.client import Client, JobKind, Json, cannot_write
from service.cli.display import line
from service.cli.exits import CommandFailed, Exit
from service.cli.job_options import Common, Input, job_options
from service.cli.options import EXISTING
from service.cli.results import PAGE, relink, save_artifact, save_report, tell

#: Of a study's zip. A larger one is no study.
_MOST_BYTES = 512_000_000
#: Where the formats of artifacts go.
_FOLDERS = {"npz": "arrays", "png": "pictures"}


@click.command()
@click.argument("model", type=EXISTING)
@click.argument("data", type=EXISTING)
@click.option("--preset", type=click.Choice(list(PRESETS)), default="deep", show_default=True)
@click.option("--samples", type=click.IntRange(min=1), help="Evaluate only so many samples [the preset's].")
@choose_option
@budget_option
@keep_option
@analysis_options
@job_options(out=Path("tremor-study"), replaced="the preset's list")
def study(*, model: Path, data: Path, common: Common, **options: Any) -> None:
    """Study MODEL on DATA: attacks, neurons, explanations and regions, as one folder.

    --out gets index.html, report.html and report.json, figures/ (SVG), tables/ (CSV), arrays/ (npz) and pictures/.
    MODEL and DATA are what `tremor audit` takes, and so are the exit codes. Without --server an embedded service is
    brought up for the run.
    """
    request = audit_request(None, **options)
    inputs = [Input("model_id", "models", model), Input("dataset_id", "datasets", data)]
    if done := common.run("audits", request, inputs, save=save_study, study=True):
        tell_study(*done, common.out, as_json=common.as_json)


def tell_study(report: Json, saved: list[Path], out: Path, *, as_json: bool) -> None:
    """Show what `save_study` returned; `CommandFailed` as `tell`."""
    tell("audits", report, [out / "index.html"], as_json=as_json)
    line(f"{counted(len(saved), 'file')} in {out}")


def save_study(client: Client, kind: JobKind, body: Json, folder: Path) -> tuple[Json, list[Path]]:
    """Write everything that an audit left into a folder; return the report, and the files."""
    from service.cli.calls import artifacts_of

    report, saved = save_report(client, body["id"], _folder(folder))
    found = [item.value for item in artifacts_of(client, kind, body["id"])]
    archive = next((item for item in found if item.kind == "study"), None)
    if archive is None:
        raise CommandFailed(Exit.JOB_FAILED, "the server is of a version that leaves no study")
    beside: dict[str, Path] = {}
    for item in found:
        if (place := _FOLDERS.get(item.format_)) is not None:
            beside[item.id] = save_artifact(client, item, _folder(folder / place))
    relink(folder / PAGE, beside, client.lasting_url)
    target = folder / ".study.zip"
    client.download(archive.href, target)
    try:
        return report, [*saved, *beside.values(), *_unpack(target, folder)]
    finally:
        target.unlink(missing_ok=True)


def _unpack(archive: Path, folder: Path) -> list[Path]:
    """Write the files of a study's zip: names of one folder at most, nothing outside of it. Returns them."""
    written = []
    try:
        with zipfile.ZipFile(archive) as files:
            entries = [entry for entry in files.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _MOST_BYTES:
                raise CommandFailed(Exit.JOB_FAILED, f"the server's study is larger than {_MOST_BYTES} bytes")
            for entry in entries:
                parts = PurePosixPath(entry.filename).parts
                if len(parts) > 2 or any(part in ("..", "/") or "\\" in part for part in parts):
                    raise CommandFailed(Exit.JOB_FAILED, f"the server's study names a file {entry.filename!r}")
                target = _folder(folder.joinpath(*parts[:-1])) / parts[-1]
                target.write_bytes(files.read(entry))
                written.append(target)
    except zipfile.BadZipFile as error:
        raise CommandFailed(Exit.JOB_FAILED, f"the server's study is no zip: {error}") from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    return written


def _folder(path: Path) -> Path:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    return path
