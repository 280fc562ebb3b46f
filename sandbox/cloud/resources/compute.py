"""Creates functions, layers and state machines. Roles and policies are recorded: nothing checks them here.

A function exists twice: in our runtime with its code, and in moto without, so that AWS's API knows its name.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

from sandbox.cloud.resources.site import ACCOUNT, Created, Site, made_up_id, pick
from sandbox.cloud.runtime import Function
from sandbox.cloud.runtime.function import Json

_FUNCTION = ("Handler", "Runtime", "Timeout", "MemorySize", "Environment", "Description", "Architectures")


def record_role(_site: Site, name: str, _properties: Json) -> Created:
    identity = f"AROA{made_up_id(name, length=16).upper()}"
    return Created(name, {"Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "RoleId": identity})


def record_policy(_site: Site, name: str, _properties: Json) -> Created:
    return Created(f"arn:aws:iam::{ACCOUNT}:policy/{name}", {"Id": name})


def create_layer(site: Site, name: str, properties: Json) -> Created:
    arn = site.arn("lambda", f"layer:{properties.get('LayerName', name)}:1")
    site.layers[arn] = site.folder(properties["Content"]["S3Key"])
    return Created(arn, {"LayerVersionArn": arn})


def create_function(site: Site, name: str, properties: Json) -> Created:
    arn = site.arn("lambda", f"function:{name}")
    runtime = properties.get("Runtime", "")
    if runtime.startswith("python"):
        site.runtime.add(_function(site, name, arn, properties))
    else:
        site.inert[f"AWS::Lambda::Function {name}"] = f"only Python runs here, not {runtime or 'an image'}"
    known = {"Handler": "index.handler", "Runtime": "python3.13", **pick(properties, _FUNCTION), "Role": _role(site)}
    site.client("lambda").create_function(FunctionName=name, Code={"ZipFile": _nothing_zipped()}, **known)
    return Created(name, {"Arn": arn})


def _function(site: Site, name: str, arn: str, properties: Json) -> Function:
    variables = properties.get("Environment", {}).get("Variables", {})
    return Function(
        name=name,
        arn=arn,
        handler=properties["Handler"],
        code=_code(site, name, properties["Code"]),
        layers=tuple(site.layers[layer] for layer in properties.get("Layers", [])),
        variables={key: _as_text(value) for key, value in variables.items()},
        timeout=float(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        runtime=properties["Runtime"],
        concurrency=properties.get("ReservedConcurrentExecutions"),
    )


def _role(site: Site) -> str:
    """One role for all functions: moto asks whether it exists, and nobody what it may do. 28 roles took 0.4 s."""
    if not site.roles:
        role = site.client("iam").create_role(RoleName="local-cloud", AssumeRolePolicyDocument="{}")["Role"]
        site.roles.append(role["Arn"])
    return site.roles[0]


def _code(site: Site, name: str, code: Json) -> Path:
    if "S3Key" in code:
        return site.folder(code["S3Key"])
    folder = site.scratch / name
    folder.mkdir()
    (folder / "index.py").write_text(code["ZipFile"])
    return folder


def _as_text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nothing_zipped() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("nothing.py", "")
    return archive.getvalue()


def create_version(site: Site, _name: str, properties: Json) -> Created:
    version = site.client("lambda").publish_version(FunctionName=properties["FunctionName"])
    arn = version["FunctionArn"]
    return Created(arn, {"Version": version["Version"], "FunctionArn": arn})


def create_alias(site: Site, _name: str, properties: Json) -> Created:
    wanted = pick(properties, ("FunctionName", "FunctionVersion", "Name"))
    arn = site.client("lambda").create_alias(**wanted)["AliasArn"]
    return Created(arn, {"AliasArn": arn})


def record_event_source(_site: Site, name: str, _properties: Json) -> Created:
    """Not given to moto: it would invoke inside send_message, retry never and ignore ReportBatchItemFailures."""
    return Created(made_up_id(name, length=32), {"Id": made_up_id(name, length=32)})


def create_state_machine(site: Site, name: str, properties: Json) -> Created:
    machine = site.client("stepfunctions").create_state_machine(
        name=name,
        definition=_definition(site, properties),
        roleArn=properties.get("RoleArn", f"arn:aws:iam::{ACCOUNT}:role/{name}"),
        type=properties.get("StateMachineType", "STANDARD"),
    )
    arn = machine["stateMachineArn"]
    return Created(arn, {"Arn": arn, "Name": name, "StateMachineRevisionId": "INITIAL"})


def _definition(site: Site, properties: Json) -> str:
    if "DefinitionString" in properties:
        text = properties["DefinitionString"]
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        text = site.assembly.asset(properties["DefinitionS3Location"]["Key"]).read_text()
    substitutions = properties.get("DefinitionSubstitutions", {})
    return re.sub(r"\$\{(\w+)\}", lambda match: str(substitutions.get(match[1], match[0])), text)


def record_state_machine_version(_site: Site, _name: str, properties: Json) -> Created:
    """A version is the machine itself here: moto starts no executions of versions, and there is only one."""
    return Created(properties["StateMachineArn"], {"Arn": properties["StateMachineArn"]})


def record_state_machine_alias(_site: Site, _name: str, properties: Json) -> Created:
    routes = properties.get("RoutingConfiguration") or [properties["DeploymentPreference"]]
    arn = routes[0]["StateMachineVersionArn"]
    return Created(arn, {"Arn": arn})
