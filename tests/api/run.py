"""Holds a started `dormouse` to docs/openapi.json: schemathesis asks for everything the document allows, and more, and
a client that openapi-python-client generates from it does what a person would. `run.py EXAMPLES [SEED]` says how many
requests of each kind are made up per operation, and which."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "docs/openapi.json"
PROGRAM = ROOT / "target/debug/dormouse"
VENV = ROOT / "target/tools/api"
# Enough on a busy machine; reached only when something is broken.
FOR_EVER = 60


def tools() -> None:
    """Installs the pinned tools, once for each version of the list."""
    wanted = (HERE / "requirements.txt").read_text()
    installed = VENV / "requirements.txt"
    if installed.exists() and installed.read_text() == wanted:
        return
    print("Installing schemathesis and openapi-python-client …", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    pip = [VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", HERE / "requirements.txt"], check=True)
    installed.write_text(wanted)


class Dormouse:
    """A running one, for the local user, on a private PostgreSQL in a folder of its own."""

    def __init__(self, folder: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AUTH_", "DATABASE_"))}
        environment |= {"METRICS_PORT": "0", "RUST_LOG": "warn"}
        command = [PROGRAM, "--data-dir", f"{folder}/data", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        self.url = next(line.split()[1] for line in self.process.stdout if line.strip().startswith("address"))
        # Whatever else it says is heard, so that it never waits for somebody to listen.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def __enter__(self) -> "Dormouse":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(FOR_EVER)

    def ask(self, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=FOR_EVER) as answer:
            return json.load(answer)

    def settle(self) -> None:
        """Makes what operations can be about: a task, and a notification of it."""
        soon = datetime.now(timezone.utc) + timedelta(seconds=1)
        self.ask("/v1/tasks", {"title": "Water the plants", "remind_at": soon.isoformat()})
        until = time.monotonic() + FOR_EVER
        while not self.ask("/v1/notifications")["items"]:
            if time.monotonic() > until:
                sys.exit("no notification came")
            time.sleep(0.1)


def main(examples: str, *seed: str) -> None:
    tools()
    # Root's PostgreSQL runs as somebody else, who has to enter the folder.
    with tempfile.TemporaryDirectory(prefix="dormouse-api-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        with Dormouse(folder) as dormouse:
            dormouse.settle()
            st = [VENV / "bin/schemathesis", "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT]
            options = ["--url", dormouse.url, "--max-examples", examples, "--checks", "all", "--no-color"]
            options += ["--seed", *seed] if seed else []
            subprocess.run([*st, *options], check=True, cwd=folder)
            generate = [VENV / "bin/openapi-python-client", "generate", "--meta", "none"]
            generate += ["--path", DOCUMENT, "--output-path", f"{folder}/dormouse_client"]
            subprocess.run(generate, check=True, cwd=folder, stdout=subprocess.DEVNULL)
            client = [VENV / "bin/python", HERE / "client.py", dormouse.url]
            subprocess.run(client, check=True, env={**os.environ, "PYTHONPATH": folder})


if __name__ == "__main__":
    main(*sys.argv[1:])
