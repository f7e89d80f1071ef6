"""Sends every event to its built binary under AWS's own Runtime Interface Emulator, without Docker.

Needs a running platform (`cargo run`), the binaries in target/debug and `pip install aws-sam-cli`, which
ships the emulator (or RIE=its path). Arguments are passed to `local env`, for a platform whose data is not
in the usual place: `python3 events/check.py --data DIR`.
"""

import importlib.util
import json
import os
import pathlib
import platform
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

EVENTS = pathlib.Path(__file__).resolve().parent
BINARIES = EVENTS.parent / "target" / "debug"
START_SECONDS = 10
ANSWER_SECONDS = 35


def emulator() -> str:
    if path := os.environ.get("RIE"):
        return path
    spec = importlib.util.find_spec("samcli")
    if spec is None:
        sys.exit("no emulator: pip install aws-sam-cli, or set RIE to its path")
    machine = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
    return str(pathlib.Path(spec.origin).parent / "local" / "rapid" / f"aws-lambda-rie-{machine}")


def function_environment(function: str, local_flags: list[str]) -> dict[str, str]:
    command = [BINARIES / "local", *local_flags, "env", function]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    variables = dict(line.split("=", 1) for line in printed.splitlines())
    return variables | {
        "PATH": os.environ["PATH"],
        "TZ": ":UTC",
        "_HANDLER": "bootstrap",
        "LAMBDA_TASK_ROOT": str(BINARIES),
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "29",
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_listening(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("the emulator did not start")


def invoke(port: int, event: bytes) -> dict | None:
    url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
    try:
        with urllib.request.urlopen(url, data=event, timeout=ANSWER_SECONDS) as response:
            return json.loads(response.read() or "null")
    except urllib.error.HTTPError as error:
        return {"errorType": f"the emulator answered {error.code}"}


def problem(answer: dict | None, expected: dict) -> str | None:
    """What is wrong with an answer. The emulator gives a function's own error with status 200."""
    if isinstance(answer, dict) and "errorType" in answer:
        return f"failed: {answer['errorType']}"
    if expected["status"] is None:
        failed = [item["itemIdentifier"] for item in (answer or {}).get("batchItemFailures", [])]
        return None if failed == expected.get("failed", []) else f"failed messages {failed}"
    status = (answer or {}).get("statusCode")
    if status != expected["status"]:
        return f"status {status}, expected {expected['status']}"
    if "html" in answer.get("headers", {}).get("content-type", ""):
        return None
    body = json.loads(answer.get("body") or "null")
    error = ((body or {}).get("error") or {}).get("code")
    return None if error == expected["error"] else f"error {error}, expected {expected['error']}"


def check_function(function: str, events: dict[str, dict], local_flags: list[str]) -> int:
    port, api_port = free_port(), free_port()
    binary = BINARIES / next(iter(events.values()))["binary"]
    addresses = [
        *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{api_port}"),
    ]
    failed = 0
    with open(BINARIES / f"{function}.log", "wb") as log:
        environment = function_environment(function, local_flags)
        process = subprocess.Popen([emulator(), *addresses, binary], env=environment, stdout=log, stderr=log)
        try:
            wait_until_listening(port, process)
            for name, expected in events.items():
                wrong = problem(invoke(port, (EVENTS / name).read_bytes()), expected)
                failed += wrong is not None
                print(f"{name}: {wrong or 'ok'}")
        finally:
            process.terminate()
            process.wait(timeout=START_SECONDS)
    if failed:
        print(f"see {log.name}")
    return failed


def main() -> None:
    expected = json.loads((EVENTS / "expected.json").read_text())
    by_function: dict[str, dict[str, dict]] = {}
    for name, row in expected.items():
        by_function.setdefault(row["function"], {})[name] = row
    failed = sum(check_function(function, events, sys.argv[1:]) for function, events in by_function.items())
    print(f"events: {len(expected) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
