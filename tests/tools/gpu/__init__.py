"""The sections of the GPU check, see `tests.tools.gpu_check`."""
