from enum import StrEnum


class IntegrationInfoKind(StrEnum):
    GENERIC = "generic"
    HUGGINGFACE = "huggingface"
    MLFLOW = "mlflow"

    def __str__(self) -> str:
        return str(self.value)
