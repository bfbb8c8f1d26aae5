# SPDX-License-Identifier: MIT
"""What bench_server serves."""
import json
import os


class Folder:
    """Bodies as files, and the table by which bench_server finds them."""

    def __init__(self, path):
        self.path, self.rows = path, []
        os.makedirs(path, exist_ok=True)

    def add(self, file, body, *targets):
        """A target is "PATH" or "PATH QUERY"; those that were added first come first."""
        with open(os.path.join(self.path, file), "w", encoding="ascii") as f:
            f.write(body if isinstance(body, str) else json.dumps(body, separators=(",", ":")) + "\n")
        for target in targets:
            path, _, query = target.partition(" ")
            self.rows.append(f"{path} {query or '-'} {file}\n")

    def write_routes(self):
        with open(os.path.join(self.path, "routes"), "w", encoding="ascii") as f:
            f.write("".join(self.rows))
