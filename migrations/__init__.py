"""The tables' history: one revision per change, in `versions/`, run by `storage.schema` at every start.

A revision is written by hand: copy the newest, count up `revision`, point `down_revision` at the one before,
and name constraints and indexes as `storage.tables` does (`op.f` marks a check's name as complete). To change
a column use `op.batch_alter_table`, which rebuilds the table on SQLite. The tests walk the history up, down
and up again, and compare its end with `storage.tables`.
"""
