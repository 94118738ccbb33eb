"""TorchScript archives: checked before they are loaded, then translated by running their IR under `torch.export`."""
