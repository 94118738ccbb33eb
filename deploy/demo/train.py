"""Train the example network, export it in both formats, and cut the two shipped splits.

    python -m deploy.demo.train fashion_mnist_train.npz fashion_mnist_test.npz

Both files hold `x` uint8 (n, 28, 28, 1) and `y` int64 of Fashion-MNIST (Xiao et al. 2017, MIT licence). What is shipped
beside this script was made by exactly this command: the network saw 12,000 images; `train.npz` holds the first 4,000 of
them, and `holdout.npz` the first 1,000 of the test split, which it never saw.
"""

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
from torch import nn

from deploy.demo.net import SmallVgg

HERE = Path(__file__).parent
MEAN, STD = 0.286, 0.353
SHIPPED_TRAIN, SHIPPED_HOLDOUT = 4_000, 1_000


def load(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pixels (n, 1, 28, 28) float32 in [0, 1] and labels (n,) int64."""
    with np.load(path, allow_pickle=False) as data:
        x = torch.from_numpy(data["x"]).permute(0, 3, 1, 2).float() / 255
        return x.contiguous(), torch.from_numpy(data["y"]).long()


def augment(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Mirror half of the images and shift each batch by up to one pixel."""
    flip = torch.rand(len(x), generator=generator) < 0.5
    x = torch.where(flip[:, None, None, None], x.flip(3), x)
    down, right = (int(v) for v in torch.randint(-1, 2, (2,), generator=generator))
    return torch.roll(nn.functional.pad(x, (1, 1, 1, 1)), (down, right), (2, 3))[:, :, 1:-1, 1:-1]


def train(model: nn.Module, x: torch.Tensor, y: torch.Tensor, *, epochs: int, seed: int) -> nn.Module:
    """Minimise the cross-entropy with AdamW and a one-cycle schedule; return the model in eval mode."""
    generator = torch.Generator().manual_seed(seed)
    batch = 128
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-2)
    steps = epochs * (len(x) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps, pct_start=0.2)
    for epoch in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        total = 0.0
        for rows in order.split(batch):
            if len(rows) < batch:
                continue
            logits = model((augment(x[rows], generator) - MEAN) / STD)
            loss = nn.functional.cross_entropy(logits, y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1:2d}/{epochs}  loss {total / (len(x) // batch):.4f}", flush=True)
    return model.eval()


def accuracy(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
    """Return the share of images that the model labels correctly."""
    with torch.inference_mode():
        hits = sum(
            int((model((a - MEAN) / STD).argmax(1) == b).sum()) for a, b in zip(x.split(500), y.split(500), strict=True)
        )
    return hits / len(x)


def export(model: nn.Module, folder: Path) -> None:
    """Write the network as scripted TorchScript and as ONNX, by today's default exporters."""
    torch.jit.script(copy.deepcopy(model)).save(str(folder / "small_vgg.pt"))
    torch.onnx.export(
        model,
        (torch.zeros(2, 1, 28, 28),),
        folder / "small_vgg.onnx",
        dynamo=True,
        external_data=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )


def ship(source: Path, count: int, target: Path) -> None:
    """Copy the first `count` samples, compressed."""
    with np.load(source, allow_pickle=False) as data:
        np.savez_compressed(target, x=data["x"][:count], y=data["y"][:count])


def main() -> None:
    """Train, report the test accuracy, write the shipped files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    model = SmallVgg()
    train(model, *load(arguments.train), epochs=arguments.epochs, seed=arguments.seed)
    print(f"test accuracy {accuracy(model, *load(arguments.test)):.4f}")
    export(model, arguments.out)
    ship(arguments.train, SHIPPED_TRAIN, arguments.out / "train.npz")
    ship(arguments.test, SHIPPED_HOLDOUT, arguments.out / "holdout.npz")


if __name__ == "__main__":
    main()
