"""The tables' history. `storage.schema` runs it."""
