"""What a function loads: at its start, and with every port that its handler names. Each in a fresh process."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from infra.functions import ALL

NEVER = {"zeep", "joserfc", "requests", "jsonschema", "aws_xray_sdk", "aws_lambda_powertools"}
TAKES_A_BODY = {
    f"coupa/{operation}"
    for operation in (
        "add_documents",
        "add_recipients",
        "configure_callback",
        "create_package",
        "delete_package",
        "extend_expiry",
    )
}
ALLOWED = {
    # What only some functions may load before they have been given anything to do.
    "httpx": {"coupa/add_documents", "workflow/deliver_notifications"},  # source URLs, Coupa's endpoint
    "lxml": {"callbacks/gosign_soap"},
    "pyhanko": {"workflow/inspect_signatures"},
    "asyncio": {"workflow/inspect_signatures"},
    "pydantic": TAKES_A_BODY,  # vendors' answers are read by it too: loaded with the provider
    "pypdfium2": set(),  # when a page is looked at
}

LOADED = r"""
import importlib, json, pathlib, re, sys
from esign.runtime.composition import App
from esign.runtime.settings import Settings
name = sys.argv[1]
module = importlib.import_module("functions." + name.replace("/", ".") + ".handler")
app = App(Settings(json.loads(sys.argv[2])))
source = pathlib.Path(module.__file__).read_text()
if name.startswith("callbacks/"):
    source = pathlib.Path(sys.modules["esign.runtime.callbacks"].__file__).read_text()
at_start = sorted(sys.modules)
for port in sorted(set(re.findall(r"\bapp(?:\(\))?\.(\w+)", source)) - {"settings"}):
    getattr(app, port)
print(json.dumps([at_start, sorted(sys.modules)]))
"""
VARIABLES = {
    "ESIGN_TABLE": "esign",
    "ESIGN_DOCUMENTS_BUCKET": "documents",
    "ESIGN_EVIDENCE_BUCKET": "evidence",
    "ESIGN_SECRETS_PREFIX": "esign/unit",
    "ESIGN_CALLBACKS_BASE_URL": "https://connector.example",
    "ESIGN_BELL_QUEUE_URL": "https://sqs.example/bell",
    "ESIGN_REFRESH_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:stateMachine:refresh",
}


def in_a_fresh_process(code, *arguments):
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(("layers/shared/python", "."))}
    run = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=variables | {"AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.fixture(scope="module", params=[row.folder for row in ALL])
def loaded(request):
    """(folder of the function, modules at its start, modules with its ports)."""
    at_start, with_ports = in_a_fresh_process(LOADED, request.param, json.dumps(VARIABLES))
    return request.param, set(at_start), set(with_ports)


def test_no_function_loads_a_library_that_it_does_not_use(loaded):
    _, _, with_ports = loaded
    assert not NEVER & with_ports


def test_http_pdf_and_validation_libraries_are_loaded_only_where_they_are_used(loaded):
    folder, _, with_ports = loaded
    assert with_ports & ALLOWED.keys() == {library for library, folders in ALLOWED.items() if folder in folders}


def test_no_function_loads_a_provider_before_it_knows_the_account(loaded):
    folder, _, with_ports = loaded
    vendors = [
        name.split(".")[2:4] for name in with_ports if name.startswith("esign.providers.") and name.count(".") > 2
    ]
    caller = folder.removeprefix("callbacks/") if folder.startswith("callbacks/") else "nobody"
    assert all(caller.startswith(vendor) and module.startswith("callback") for vendor, module in vendors)


def test_aws_is_loaded_by_the_first_call_that_needs_it(loaded):
    _, at_start, _ = loaded
    assert not {"boto3", "botocore"} & at_start


def test_the_provider_of_an_account_brings_no_library_of_another_and_no_pdf_library():
    code = "import json, sys, esign.providers.connective.connect; print(json.dumps(sorted(sys.modules)))"
    modules = set(in_a_fresh_process(code))
    assert "httpx" in modules
    assert not {"zeep", "lxml", "pyhanko", "requests", "pypdfium2"} & modules
