"""MiniStack as it comes from PyPI, and what it lacks. All that is ours is here."""

import itertools
import json
import os
import re

import botocore.session
from botocore.exceptions import ClientError
from ministack import app
from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, ecs, lambda_svc, secretsmanager
from ministack.services.cloudformation import custom_resource, provisioners

# 1. The name of the secret. MiniStack turns the keys of a template's container definition into those of the API, but not the key
#    inside of RepositoryCredentials, so that ECS finds no credentialsParameter.
_convert = provisioners._normalize_container_defs


def _normalize_container_defs(definitions):
    converted = _convert(definitions)
    for definition in converted:
        if "repositoryCredentials" in definition:
            definition["repositoryCredentials"] = provisioners._pascal_to_camel(definition["repositoryCredentials"])
    return converted


provisioners._normalize_container_defs = _normalize_container_defs

# 2. Types of resources that MiniStack's EC2 has, but not its CloudFormation: an address, a NAT gateway and rules of security groups.


def _address_create(_logical_id, _properties, _stack):
    body = _ask(ec2._allocate_address, Domain="vpc")
    return _in(body, "publicIp"), {"AllocationId": _in(body, "allocationId"), "PublicIp": _in(body, "publicIp")}


def _address_delete(address, _properties):
    for allocation, record in list(ec2._addresses.items()):
        if record["PublicIp"] == address:
            _ask(ec2._release_address, AllocationId=allocation)


def _nat_create(_logical_id, properties, _stack):
    gateway = _in(_ask(ec2._create_nat_gateway, SubnetId=properties["SubnetId"], AllocationId=properties["AllocationId"]), "natGatewayId")
    return gateway, {"NatGatewayId": gateway}


def _nat_delete(gateway, _properties):
    _ask(ec2._delete_nat_gateway, NatGatewayId=gateway)


def _ask(action, **parameters):
    status, _, body = action({name: [value] for name, value in parameters.items()})
    text = body.decode() if isinstance(body, bytes) else body
    if status >= 400:
        raise ValueError(text)
    return text


def _in(text, element):
    return re.search(f"<{element}>(.+?)</{element}>", text).group(1)


def _rules(kind):
    def create(logical_id, properties, stack):
        ec2._security_groups[properties["GroupId"]][kind] += provisioners._ec2_sg_permissions([properties])
        return f"{stack}-{logical_id}", {}

    def delete(_physical_id, properties):
        rules = ec2._security_groups.get(properties["GroupId"], {}).get(kind, [])
        rules[:] = [rule for rule in rules if rule not in provisioners._ec2_sg_permissions([properties])]

    return {"create": create, "delete": delete}


provisioners._RESOURCE_HANDLERS.update({
    "AWS::EC2::EIP": {"create": _address_create, "delete": _address_delete},
    "AWS::EC2::NatGateway": {"create": _nat_create, "delete": _nat_delete},
    "AWS::EC2::SecurityGroupIngress": _rules("IpPermissions"),
    "AWS::EC2::SecurityGroupEgress": _rules("IpPermissionsEgress"),
})

# 3. Whose rights they are. MiniStack reads the secret with nobody's rights. Here the execution role asks MiniStack's own API for it
#    first, in a session like those of MiniStack's functions, and IAM decides.
_start = ecs._start_task_worker
_credentials = ecs._resolve_repository_credentials


def _start_task_worker(task, definition, *args):
    role = definition.get("executionRoleArn")
    containers = [{**container, "_role": role} for container in definition["containerDefinitions"]]
    return _start(task, {**definition, "containerDefinitions": containers}, *args)


def _resolve_repository_credentials(container):
    if "repositoryCredentials" in container:
        _read_as(container["_role"], container["repositoryCredentials"]["credentialsParameter"])
    return _credentials(container)


def _read_as(role, secret):
    session = lambda_runtime.execution_credentials({
        "FunctionArn": f"arn:aws:lambda:{get_region()}:{get_account_id()}:function:ecs", "FunctionName": "ecs", "Role": role,
    })
    client = botocore.session.get_session().create_client(
        "secretsmanager", region_name=get_region(), endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
        aws_access_key_id=session["AWS_ACCESS_KEY_ID"], aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )
    try:
        client.get_secret_value(SecretId=secret)
    except ClientError as error:
        reason = error.response["Error"]
        raise ecs._SecretResolutionError(
            f"unable to get registry auth from asm: asm fetching secret from the service for {secret}: {reason['Code']}: {reason['Message']}"
        ) from error


if app.AUTH:
    ecs._start_task_worker = _start_task_worker
    ecs._resolve_repository_credentials = _resolve_repository_credentials

# 4. The ends of the ARNs of secrets. MiniStack's are six digits of 16, of which one in 16 has digits only or letters only, and looks
#    like a part of the name. AWS has letters in upper and lower case, and digits.
_new_uuid = secretsmanager.new_uuid
_numbers = itertools.count(1)
secretsmanager.new_uuid = lambda: f"aB{next(_numbers):04}{_new_uuid()[6:]}"

# 5. TLS for the answers of custom resources, as at AWS: the function sends them nowhere else.
custom_resource._response_url = lambda token: f"https://{os.environ['E2E_ANSWERS']}/_ministack/cfn-response/{token}"

# 6. A record for the tests: what CloudFormation asked of custom resources, what they answered, and what functions wrote. Nothing
#    depends on it.
_execute = lambda_svc._execute_function
_deliver = custom_resource.deliver_response
_events = {}


def _execute_function(function, event):
    _events[event.get("ResponseURL", "").split("/")[-1]] = event
    result = _execute(function, event)
    _append("functions.log", (result.get("log") or "") + "\n")
    return result


def _deliver_response(token, answer):
    _append("custom-resources.jsonl", json.dumps({"event": _events.pop(token), "answer": answer}) + "\n")
    return _deliver(token, answer)


def _append(name, text):
    with open(os.path.join(os.environ["E2E_RECORD"], name), "a", encoding="utf8") as file:
        file.write(text)


lambda_svc._execute_function = _execute_function
custom_resource.deliver_response = _deliver_response

app.main()
