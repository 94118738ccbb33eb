"""Uploaded file → `AuditedModel`: one torch.fx graph with named layers, whatever the format."""
