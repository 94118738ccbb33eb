"""Trains, attacks and measures what tables need, piece by piece: what was done is found again, whoever asks for it."""

import copy
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from openapi.analyses.sensitivity import Tap
from openapi.attack_ids import attack_ids
from openapi.attacks.base import Attack
from openapi.hardening_options import HardenOptions
from openapi.layer_names import named_layers, paper_names
from openapi.models import InputSpec
from openapi.problems import JobFailed
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.corruptions.apply import corrupt
from workers.attacks.engine.suite import run_attack
from workers.attacks.maths.losses import log_odds, log_odds_target
from workers.exact_float32 import exact_float32
from workers.hardening.augment import batch_of
from workers.hardening.data import TrainingSet
from workers.hardening.saved import Moment, copies, put
from workers.hardening.training import Hardener
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.sums import LayerBatch, SensitivitySums
from workers.reproduce.data import Images
from workers.reproduce.nets import NETS
from workers.reproduce.scales import Scale

Robust = npt.NDArray[np.bool_]


class TimeIsUp(Exception):
    """No more pieces are begun: the same command goes on later."""


@dataclass
class Lab:
    """One network on one set of images, and all that was made of them, in a folder.

    deadline: `time.monotonic()` after which no piece is begun. say: takes a line for each piece. A training keeps
    where it stands after every epoch; an attack is cut into slices of images.
    """

    folder: Path
    net: str
    images: Images
    scale: Scale
    device: str = "cpu"
    seed: int = 0
    deadline: float = float("inf")
    say: Callable[[str], None] = print
    _models: dict[str, AuditedModel] = field(default_factory=dict)

    def begin(self, what: str) -> None:
        """Say what begins; raises `TimeIsUp` when nothing may begin any more."""
        if time.monotonic() > self.deadline:
            raise TimeIsUp(what)
        self.say(f"{self.net}: {what}")

    def fresh(self) -> AuditedModel:
        """The network with its first random weights."""
        return copy.deepcopy(self._first)

    @cached_property
    def _first(self) -> AuditedModel:
        torch.manual_seed(self.seed)
        x = self.images.x
        network = NETS[self.net](x.shape[1], int(self.images.y.max()) + 1, self.scale.width)
        spec = InputSpec(shape=(x.shape[1], x.shape[2], x.shape[3]), mean=self.images.mean, std=self.images.std)
        return audit_module(network, spec).to(self.device)

    @cached_property
    def names(self) -> dict[str, str]:
        """Paper's name → name in the network."""
        return {alias: name for name, alias in paper_names(self._first.layers).items()}

    def layers(self, alias: str) -> tuple[str, ...]:
        """The network's layers of a paper's name: one, or the convolutions of a block."""
        return named_layers(self._first.layers, alias)

    def model(self, name: str, options: HardenOptions | None = None, draw: int = 0) -> AuditedModel:
        """A trained network: `vanilla` without options; with them the hardened one, which begins with the vanilla.

        draw: added to the seed, for a training that is repeated with other random neurons.
        """
        if name not in self._models:
            path = self.folder / name / "weights.pt"
            path.parent.mkdir(parents=True, exist_ok=True)
            model = self.fresh()
            weights = {**model.trainable_parameters(), **dict(model.graph.named_buffers())}
            if path.exists():
                put(weights, torch.load(path, map_location=self.device, weights_only=True))
            else:
                if options is None:
                    _train(self, model, weights, path.with_suffix(".moment"))
                else:
                    put(weights, copies(_weights(self.model("vanilla"))))
                    self._harden(model, options, name, path.with_suffix(".moment"), self.seed + draw)
                torch.save(copies(weights), path)
                path.with_suffix(".moment").unlink(missing_ok=True)
            self._models[name] = model
        return self._models[name]

    def _harden(self, model: AuditedModel, options: HardenOptions, name: str, path: Path, seed: int) -> None:
        self.begin(f"train {name}")
        data = TrainingSet(self.images.x, self.images.y, device=self.device)

        def keep(moment: Moment) -> None:
            moment.write(path)
            if moment.epoch <= options.epochs:
                self.begin(f"train {name}, epoch {moment.epoch} of {options.epochs}")

        moment = None
        if path.exists():
            with suppress(JobFailed):  # another version's: the training begins anew
                moment = Moment.read(path, self.device)
        with exact_float32():
            Hardener(model, data, options, seed=seed, watchers=Watchers(keep=keep)).run(moment)

    def kept(self, name: str, key: str, make: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """An array that was made of a model before, else as `make` gives it now: a piece of work."""
        path = self.folder / name / f"{key}.npy"
        if not path.exists():
            self.begin(f"{key} on {name}")
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".partial.npy")
            np.save(partial, make())
            partial.replace(path)
        found: npt.NDArray[Any] = np.load(path, allow_pickle=False)
        return found

    def robust(self, name: str, spec: Attack, images: int) -> Robust:
        """Which of the first so many test images are correct and hold under an attack, (images,)."""
        (identity,) = attack_ids([spec])

        def attack(start: int, stop: int) -> Robust:
            x, y, index = self.test_images(start, stop)
            model = self._models[name]
            return run_attack(model, spec, x, y, index, seed=self.seed, device=self.device).robust

        images = min(images, len(self.images.y_test))
        cuts = [(at, min(at + self.scale.slice, images)) for at in range(0, images, self.scale.slice)]
        parts = [self.kept(name, f"{identity}.{a}-{b}", lambda a=a, b=b: attack(a, b)) for a, b in cuts]  # type: ignore[misc]
        return np.concatenate(parts)

    def correct(self, name: str, images: int) -> Robust:
        """Which of the first so many test images are classified correctly, (images,)."""
        x, y, _ = self.test_images(0, images)
        found = []
        with torch.no_grad():
            for at in range(0, len(x), 250):
                found.append(self._models[name](x[at : at + 250].to(self.device)).argmax(1).cpu())
        hits: Robust = (torch.cat(found) == y).numpy()
        return hits

    def sums(self, name: str, eps: float, images: int, tap: Tap = "conv", target: int | None = None) -> SensitivitySums:
        """σ's sums over PGD pairs (k = 10) of the first so many test images.

        target: of images of other classes, aimed at this one, those that reach it.
        """
        aim = "" if target is None else f"-to-{target}"
        return self._kept_sums(
            name,
            f"sums-{tap}-{eps:.5f}-{images}{aim}",
            f"sensitivity of {name} at {tap}, eps {255 * eps:g}/255{aim}",
            lambda: self._measured(name, eps, images, tap, target),
        )

    def noise_sums(self, name: str, severity: int, images: int) -> SensitivitySums:
        """σ's sums over pairs of the first so many test images and the same with Gaussian noise (severity 1 to 5)."""
        return self._kept_sums(
            name,
            f"sums-conv-noise-{severity}-{images}",
            f"sensitivity of {name} to noise of severity {severity}",
            lambda: self._measured_noise(name, severity, images),
        )

    def _kept_sums(self, name: str, key: str, what: str, make: Callable[[], SensitivitySums]) -> SensitivitySums:
        path = self.folder / name / f"{key}.npz"
        if not path.exists():
            self.begin(what)
            partial = path.with_suffix(".partial.npz")
            make().save(partial)
            partial.replace(path)
        return SensitivitySums.load(path)

    def _measured_noise(self, name: str, severity: int, images: int) -> SensitivitySums:
        sums, norms = SensitivitySums(), NormsModel(self._models[name], ["conv"])
        x, _, index = self.test_images(0, images)
        noisy = [corrupt(image, "gaussian_noise", severity, self.seed + i) for i, image in enumerate(x.numpy())]
        x_adv = torch.from_numpy(np.stack(noisy)).to(self.device)
        x, index = x.to(self.device), index.to(self.device)
        for at in range(0, len(x), 100):
            s = slice(at, at + 100)
            sums.add(measure_taps(norms, x[s], x_adv[s], index[s]).taps["conv"])
        return sums

    def _measured(self, name: str, eps: float, images: int, tap: Tap, target: int | None) -> SensitivitySums:
        model = self._models[name]
        sums, norms = SensitivitySums(), NormsModel(model, [tap])
        x, y, index = (part.to(self.device) for part in self.test_images(0, images))
        if target is not None:
            x, index = x[y != target], index[y != target]
            y = torch.full_like(index, target)
        loss = log_odds if target is None else log_odds_target
        for at in range(0, len(x), 100):
            s = slice(at, at + 100)
            x_adv = dual_pairs(model, x[s], y[s], index[s], seed=self.seed, eps=eps, steps=10, loss=loss)
            found = measure_taps(norms, x[s], x_adv, index[s])
            batches = found.taps[tap]
            if target is not None:
                rows = (found.logits_adv.argmax(1) == target).cpu().numpy()
                batches = {k: LayerBatch(b.difference[rows], b.benign[rows], b.dim) for k, b in batches.items()}
            sums.add(batches)
        return sums

    def test_images(self, start: int, stop: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pixels in [0, 1], labels and indices of test images."""
        x = torch.from_numpy(self.images.x_test[start:stop].copy()).float().div_(255)
        y = torch.from_numpy(self.images.y_test[start:stop].copy())
        return x, y, torch.arange(start, start + len(x))


def _weights(model: AuditedModel) -> dict[str, torch.Tensor]:
    return {**model.trainable_parameters(), **dict(model.graph.named_buffers())}


def _train(lab: Lab, model: AuditedModel, weights: Mapping[str, torch.Tensor], path: Path) -> None:
    """Cross-entropy on shifted images, mirrored where they are of colour; SGD with a cosine rate. It goes on after the
    last epoch that was kept."""
    scale, data = lab.scale, TrainingSet(lab.images.x, lab.images.y, device=lab.device)
    parameters = list(model.trainable_parameters().values())
    optimizer = torch.optim.SGD(parameters, scale.lr, momentum=0.9, weight_decay=5e-4, nesterov=True)
    total, first = scale.epochs * data.batches(scale.batch_size), 1
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total)
    if path.exists():
        kept = torch.load(path, map_location=lab.device, weights_only=True)
        put(weights, kept["weights"])
        optimizer.load_state_dict(kept["optimizer"])
        rate.load_state_dict(kept["rate"])
        first = kept["epoch"] + 1
    augment = ("flip", "crop") if lab.images.x.shape[1] == 3 else ("crop",)
    for epoch in range(first, scale.epochs + 1):
        lab.begin(f"train vanilla, epoch {epoch} of {scale.epochs}")
        model.set_batch_norm(True)
        for i, rows in enumerate(data.shuffled(scale.batch_size, lab.seed, epoch)):
            draw = np.random.default_rng([lab.seed, 0xA06, epoch, i])
            batch = batch_of(rows, augment, 0.0, model.num_classes, draw)
            optimizer.zero_grad()
            F.cross_entropy(model(batch.x), batch.y).backward()
            optimizer.step()
            rate.step()
        model.set_batch_norm(False)
        state = {"weights": copies(weights), "optimizer": optimizer.state_dict(), "rate": rate.state_dict()}
        torch.save({**state, "epoch": epoch}, path.with_suffix(".partial"))
        path.with_suffix(".partial").replace(path)
