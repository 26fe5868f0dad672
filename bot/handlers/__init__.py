"""One file per feature: decode, one service call, one view."""
