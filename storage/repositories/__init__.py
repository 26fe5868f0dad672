"""One repository per aggregate, each over the connection of its unit of work."""
