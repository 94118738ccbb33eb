"""The options that `tremor audit` and `tremor harden` share, and what they do alike: check, upload, carry out."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import click

from service.cli import specs
from service.cli.client import JobKind, Json, UploadKind
from service.cli.display import bars
from service.cli.exits import interruptible
from service.cli.given import Given, Sources, check_files, check_folder, data_metadata, model_metadata, read_by
from service.cli.options import FOLDER, check_detach, detach_option, json_option, server_options
from service.cli.results import fetch
from service.cli.session import connected
from service.cli.uploads import upload
from service.cli.work import Save, carry_out, leave

label_option = click.option(
    "--label",
    "labels",
    multiple=True,
    metavar="NAME=VALUE",
    callback=read_by(specs.label),
    help="A free label for finding the job again; repeatable.",
)
priority_option = click.option(
    "--priority",
    type=click.IntRange(-100, 100),
    default=0,
    show_default=True,
    help="Among one's own jobs on a server: higher ones go first.",
)
input_option = click.option(
    "--input",
    "input_",
    metavar="JSON",
    callback=read_by(specs.metadata),
    help='The model\'s input, e.g. \'{"mean": [0.5], "std": [0.5]}\', or a file with it.',
)
model_option = click.option(
    "--model-options",
    "about_model",
    metavar="JSON",
    callback=read_by(specs.metadata),
    help='What else is to know of the model, e.g. \'{"labels": ["cat", "dog"]}\', or a file with it.',
)
data_option = click.option(
    "--data-options",
    "about_data",
    metavar="JSON",
    callback=read_by(specs.metadata),
    help='What is to know of the data sets, e.g. \'{"resize": {"size": 256, "crop": 224}}\', or a file with it; '
    "deploy/guide/files.md lists the fields.",
)
seed_option = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)


class Input(NamedTuple):
    """A file to upload, and the field of the request that its id is for (`section/field` inside a section)."""

    field: str
    kind: UploadKind
    path: Path


#: How files of each kind end.
_SUFFIXES: dict[UploadKind, tuple[str, ...]] = {
    "models": (".onnx", ".pt", ".pt2", ".pth", ".ts", ".torchscript"),
    "datasets": (".npz", ".csv", ".parquet", ".tar", ".tgz"),
}
_ARGUMENTS = {"dataset_id": "DATA", "train_dataset_id": "TRAIN"}


def check_order(inputs: Sequence[Input]) -> None:
    """Raise `UsageError` where a model stands in the place of data and the data in the model's, by their endings."""
    model = next(given.path for given in inputs if given.kind == "models")
    for given in inputs:
        name = _ARGUMENTS.get(given.field)
        swapped = model.suffix.lower() in _SUFFIXES["datasets"] and given.path.suffix.lower() in _SUFFIXES["models"]
        if name is not None and swapped:
            raise click.UsageError(f"MODEL and {name} are swapped? MODEL is {model.name}, and {name} {given.path.name}")


@dataclass(frozen=True)
class Common:
    """What the shared options say."""

    input_: Given | None
    about_model: Given | None
    about_data: Given | None
    out: Path
    as_json: bool
    detach: bool
    server: str | None
    api_key: str | None
    retry_for: float

    def run(
        self, kind: JobKind, request: Json, inputs: Sequence[Input], *, save: Save = fetch, study: bool = False
    ) -> tuple[Json, list[Path]] | None:
        """Upload, start the job, and follow it; return its result and the files that it left.

        None with `--detach`, which leaves the job to the server; `study`: who takes it up there wants a study's folder.
        All that can be found wrong by itself is found before anything is sent.
        """
        check_detach(self.detach, self.server)
        metadata: dict[UploadKind, Json] = {
            "models": model_metadata(self.input_, self.about_model),
            "datasets": data_metadata(self.about_data),
        }
        check_order(inputs)
        check_files(*(given.path for given in inputs))
        if not self.detach:
            check_folder(self.out)
        with interruptible(), connected(self.server, self.api_key, patience=self.retry_for) as client, bars() as shown:
            for given in inputs:
                *sections, field = given.field.split("/")
                place = request[sections[0]] if sections else request
                sent = upload(client, given.kind, given.path, metadata[given.kind], shown, stays=not self.detach)
                place[field] = sent.id
            if self.detach:
                leave(client, kind, request, self.as_json, study=study)
                return None
            return carry_out(client, kind, request, shown, self.out, save=save, study=study)


def mark(request: Json, sources: Sources, labels: Sequence[Given], priority: int) -> None:
    """Write `--label` and `--priority` into a request, where they are given."""
    sources.add("/labels", "--label")
    sources.add("/execution/priority", "--priority")
    if labels:
        request["labels"] = {name: value for given in labels for name, value in given.body.items()}
    if priority:
        request["execution"] = {**request.get("execution", {}), "priority": priority}


def _attack_option(replaced: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        "--attack",
        "attacks",
        multiple=True,
        metavar="SPEC",
        callback=read_by(specs.spec),
        help=f"e.g. pgd:eps=8/255,steps=20, or JSON; repeatable; replaces {replaced}.",
    )


def job_options(*, out: Path | None, replaced: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the shared options; what they say comes as `common`; `attacks`, `seed`, `labels` and `priority` by
    themselves.

    `out`: the folder of results where `--out` is not given; None where it must be.
    `replaced`: what the attacks of `--attack` stand in the place of.
    """
    folder: dict[str, Any] = {"required": True} if out is None else {"default": out, "show_default": True}

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def called(
            *,
            input_: Given | None,
            about_model: Given | None,
            about_data: Given | None,
            out: Path,
            as_json: bool,
            detach: bool,
            server: str | None,
            api_key: str | None,
            retry_for: float,
            **own: Any,
        ) -> None:
            common = Common(input_, about_model, about_data, out, as_json, detach, server, api_key, retry_for)
            command(common=common, **own)

        given: Callable[..., None] = server_options(called)
        for option in (
            detach_option,
            json_option,
            click.option("--out", type=FOLDER, **folder),
            data_option,
            model_option,
            input_option,
            seed_option,
            priority_option,
            label_option,
            _attack_option(replaced),
        ):
            given = option(given)
        return given

    return add
