"""What the layers are made of, for the stage's machine and Python."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra import interpreters
from infra.functions import ALL
from infra.layer_build import BuiltLayer, build_layer, requirements
from infra.stages import HOST, LAMBDA, Target
from infra.synthesis import layer_names

ARM64 = 0xB7  # e_machine of ELF
LIMIT = 80e6  # bytes, unzipped, of a function with its layers


@pytest.fixture(scope="module")
def deployed() -> dict[str, BuiltLayer]:
    return {name: build_layer(name, LAMBDA) for name in layer_names()}


@pytest.fixture(scope="module")
def local() -> dict[str, BuiltLayer]:
    return {name: build_layer(name, HOST) for name in layer_names()}


def _distributions(layer: BuiltLayer) -> set[str]:
    return {folder.name.lower() for folder in layer.path.glob("python/*.dist-info")}


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _pyc_magic(python: Path) -> bytes:
    command = [str(python), "-I", "-c", "import importlib.util as u, sys; sys.stdout.buffer.write(u.MAGIC_NUMBER)"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_the_functions_take_boto3_from_the_runtime() -> None:
    assert "boto" not in requirements()


def test_every_requirement_is_pinned_with_its_hash() -> None:
    lines = requirements().splitlines()
    pins = [line for line in lines if not line.startswith(" ")]
    assert len(pins) > 10
    assert all("==" in pin for pin in pins)
    assert requirements().count("--hash=sha256:") >= len(pins)


@pytest.mark.parametrize(
    ("extra", "wanted"), [("soap", {"zeep", "lxml"}), ("pades", {"pyhanko", "cryptography"}), ("jose", {"joserfc"})]
)
def test_an_extra_layer_adds_only_what_the_dependencies_lack(extra: str, wanted: set[str]) -> None:
    def names(text: str) -> set[str]:
        return {line.split("==")[0] for line in text.splitlines() if not line.startswith(" ")}

    assert wanted <= names(requirements(extra))
    assert not names(requirements(extra)) & names(requirements())


def test_the_local_layer_holds_the_same_versions_as_the_deployed(
    local: dict[str, BuiltLayer], deployed: dict[str, BuiltLayer]
) -> None:
    assert _distributions(local["dependencies"]) == _distributions(deployed["dependencies"])
    assert len(_distributions(local["dependencies"])) > 10


def test_every_library_in_the_deployed_layer_is_for_arm64(deployed: dict[str, BuiltLayer]) -> None:
    libraries = list(deployed["dependencies"].path.rglob("*.so"))
    assert libraries
    for library in libraries:
        assert struct.unpack_from("<H", library.read_bytes()[:20], 18) == (ARM64,), library.name


@pytest.mark.parametrize("target", [HOST, LAMBDA], ids=["local", "deployed"])
def test_every_module_is_compiled_for_the_targets_python_and_taken_unchecked(target: Target) -> None:
    compiler = interpreters.find_cpython(target.python)
    if compiler is None:
        pytest.skip(f"no CPython {target.python} on this machine, so the layer has no .pyc files")
    magic = _pyc_magic(compiler)
    for name in layer_names():
        layer = build_layer(name, target).path / "python"
        modules = [file for file in layer.rglob("*.py") if "__pycache__" not in file.parts]
        compiled = list(layer.rglob("*.pyc"))
        assert len(compiled) == len(modules) > 0
        for file in compiled:
            head = file.read_bytes()[:8]
            assert head == magic + b"\x01\0\0\0", file.name  # hash-based, unchecked (PEP 552)


def test_the_local_layers_can_be_imported_without_the_development_environment(local: dict[str, BuiltLayer]) -> None:
    paths = os.pathsep.join(str(layer.path / "python") for layer in local.values())
    code = "import httpx, pydantic, pypdfium2, ssrfguard, stamina, aws_lambda_powertools, esign.ports"
    command = [sys.executable, "-S", "-B", "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_layer_for_tokens_holds_all_that_is_asked_of_it(local: dict[str, BuiltLayer]) -> None:
    """A token is signed and verified in a process that has the layers alone."""
    code = "from joserfc import jwt; from joserfc.jwk import ECKey, KeySet, RSAKey\n"
    code += "for key, name in ((RSAKey.generate_key(2048), 'PS256'), (ECKey.generate_key('P-256'), 'ES256')):\n"
    code += "    known = KeySet.import_key_set({'keys': [key.as_dict(private=False)]})\n"
    code += "    assert jwt.decode(jwt.encode({'alg': name}, {'a': 1}, key, [name]), known, [name]).claims == {'a': 1}"
    paths = os.pathsep.join(str(local[name].path / "python") for name in ("dependencies", "jose"))
    command = [sys.executable, "-S", "-B", "-c", code]
    done = subprocess.run(command, env={"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_layer_for_signatures_holds_all_that_is_asked_of_it(local: dict[str, BuiltLayer]) -> None:
    """What is left out of it is not missed: a signed PDF is looked at in a process that has the layers alone."""
    from sandbox.signing.notary import Notary
    from tests.fakes.papers import a_pdf

    box = (50.0, 50.0, 100.0, 40.0)
    notary, signed = Notary(), a_pdf()
    for name in ("A", "B"):  # the first is sound only if what the second added can be compared, metadata and all
        signed = notary.sign_pdf(signed, email=f"{name}@example.com", name=name, field=name, page=1, rectangle=box)
    code = "import io, sys; from esign.pades.inspector import PdfSignatureInspector as Inspector\n"
    code += "assert Inspector().inspect(io.BytesIO(sys.stdin.buffer.read())).sound == 2"
    paths = os.pathsep.join(str(layer.path / "python") for layer in local.values())
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", code],
        env={"PYTHONPATH": paths},
        input=signed,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_only_one_function_has_the_layer_for_signatures() -> None:
    assert [row.folder for row in ALL if "pades" in row.layers] == ["workflow/inspect_signatures"]


def test_a_function_with_its_layers_is_small(
    deployed: dict[str, BuiltLayer], record_property: Callable[[str, object], None]
) -> None:
    sizes = {name: _size(layer.path) for name, layer in deployed.items()}
    record_property("unzipped MB", {name: round(size / 1e6, 1) for name, size in sizes.items()})
    for row in ALL:
        assert sum(sizes[name] for name in row.layers) < LIMIT, row.folder


def test_the_same_sources_make_the_same_layer(tmp_path: Path) -> None:
    first, second = (build_layer("shared", HOST, cache=tmp_path / name) for name in ("one", "two"))
    assert first.hash == second.hash
    assert _digest(first.path) == _digest(second.path)


def test_a_layer_is_built_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build_layer("shared", HOST, cache=tmp_path)
    assert "Building layer shared" in capfd.readouterr().err
    build_layer("shared", HOST, cache=tmp_path)
    assert capfd.readouterr().err == ""


def test_a_layer_for_another_python_is_another_layer() -> None:
    assert (
        build_layer("shared", HOST).hash
        != build_layer("shared", Target(python="3.99", architecture="arm64", platform="x")).hash
    )


def test_without_the_right_python_a_layer_has_no_pyc_files(tmp_path: Path) -> None:
    layer = build_layer("shared", Target(python="3.99", architecture="arm64", platform="x"), cache=tmp_path)
    assert not list(layer.path.rglob("*.pyc"))


def test_a_missing_python_is_said_loudly(capfd: pytest.CaptureFixture[str]) -> None:
    interpreters.warn_missing("3.99")
    said = capfd.readouterr().err
    assert "No CPython 3.99" in said
    assert said.count("!!") >= 3


def test_an_interpreter_that_does_not_run_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / "python3.98"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert interpreters.find_cpython("3.98") is None


def test_the_interpreter_of_this_process_is_found() -> None:
    assert interpreters.find_cpython(HOST.python) == Path(sys.executable)
