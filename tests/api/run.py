"""Holds a started `dormouse` to docs/openapi.json, straight as the local user, and with tokens through the gateway:
schemathesis asks for everything the document allows, and more, and a client that openapi-python-client generates from it
does what a person would. `run.py EXAMPLES [SEED]` says how many requests of each kind are made up per operation, and
which."""

import json
import os
import re
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
PROGRAMS = ROOT / "target/debug"
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


class Program:
    """A running one, that says on standard output or on standard error where it listens."""

    def __init__(self, command: list, variables: dict[str, str], says: str, address: str) -> None:
        foreign = ("AUTH_", "DATABASE_", "FUNCTION")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        environment |= {"PORT": "0", "METRICS_PORT": "0", "RUST_LOG": "warn"} | variables
        self.process = subprocess.Popen(command, env=environment, text=True, **{says: subprocess.PIPE})
        said = getattr(self.process, says)
        found = next((found for line in said if (found := re.search(address, line))), None)
        if found is None:
            sys.exit(f"{command[0]} did not start")
        self.url = f"http://{found[1]}"
        # Whatever else it says is heard, so that it never waits for somebody to listen.
        threading.Thread(target=said.read, daemon=True).start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(FOR_EVER)


def dormouse(folder: Path, variables: dict[str, str]) -> Program:
    """One on a private PostgreSQL in a folder of its own."""
    command = [PROGRAMS / "dormouse", "--data-dir", folder / "data", "--listen", "127.0.0.1:0"]
    return Program(command, variables, "stdout", r"^ *address +http://(\S+)")


def gateway(functions: str, variables: dict[str, str]) -> Program:
    """One in front of whatever serves all functions, with room for as many requests as are made up."""
    variables = variables | {"FUNCTIONS_URL": functions, "RATE_LIMIT_PER_MINUTE": "1000000"}
    variables |= {"LOG_FORMAT": "json", "RUST_LOG": "warn,gateway::serve=info"}
    return Program([PROGRAMS / "gateway"], variables, "stderr", r'"listening".*"address":"([^"]+)"')


class Client:
    """One who asks somewhere, as somebody."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url
        self.token = token
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, path: str, body: object = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | self.headers
        request = urllib.request.Request(self.url + path, data, headers)
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


def issuer(folder: Path) -> tuple[str, dict[str, str]]:
    """A token, and what has a program believe it."""
    command = [PROGRAMS / "dormouse", "--data-dir", folder, "token", "--user", "api"]
    token = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    believed = {"AUTH_JWKS_FILE": f"{folder}/tokens/jwks.json", "AUTH_ISSUER": "dormouse-token"}
    return token.strip(), believed | {"AUTH_AUDIENCE": "dormouse"}


def hold(client: Client, folder: Path, examples: str, seed: tuple[str, ...]) -> None:
    """Has a server asked for everything, and used by the generated client."""
    client.settle()
    st = [VENV / "bin/schemathesis", "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT]
    options = ["--url", client.url, "--max-examples", examples, "--checks", "all", "--no-color"]
    options += ["--seed", *seed] if seed else []
    options += [option for name, value in client.headers.items() for option in ("--header", f"{name}: {value}")]
    subprocess.run([*st, *options], check=True, cwd=folder)
    person = [VENV / "bin/python", HERE / "client.py", client.url, *([client.token] if client.token else [])]
    subprocess.run(person, check=True, env={**os.environ, "PYTHONPATH": str(folder)})


def main(examples: str, *seed: str) -> None:
    tools()
    # Root's PostgreSQL runs as somebody else, who has to enter the folder.
    with tempfile.TemporaryDirectory(prefix="dormouse-api-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        generate = [VENV / "bin/openapi-python-client", "generate", "--meta", "none"]
        generate += ["--path", DOCUMENT, "--output-path", folder / "dormouse_client"]
        subprocess.run(generate, check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with dormouse(folder, {}) as straight:
            hold(Client(straight.url), folder, examples, seed)
        token, believed = issuer(folder / "data")
        with dormouse(folder, believed) as behind, gateway(behind.url, believed) as before:
            hold(Client(before.url, token), folder, examples, seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
