from enum import StrEnum


class GetAuditEmbeddingMethod(StrEnum):
    PCA = "pca"
    TSNE = "tsne"

    def __str__(self) -> str:
        return str(self.value)
