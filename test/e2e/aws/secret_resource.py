"""AWS::SecretsManager::Secret, for agents-path.credentials.test.ts and agents-path.raw.test.ts: moto's CloudFormation doesn't know
it, https://docs.getmoto.org/en/latest/docs/services/cf.html

What becomes of it is moto's own secret. Dynamic references are resolved where this project allows them, in the value of a
secret: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html

And the ends of ARNs, which moto draws at random from letters only, so that one in 32 has six of the same case:
https://github.com/getmoto/moto/blob/5.2.5/moto/secretsmanager/utils.py (SecretsManagerSecretIdentifier.generate). Such an end
looks like a part of the name, and the library warns about it.
"""

import itertools
import json
import re
from typing import Any

from moto.core.common_models import CloudFormationModel
from moto.secretsmanager.models import secretsmanager_backends
from moto.secretsmanager.utils import SecretsManagerSecretIdentifier
from moto.ssm.models import ssm_backends
from moto.utilities.id_generator import IdSourceContext, moto_id_manager

_REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm):(.+?)\}\}")


class Secret(CloudFormationModel):
    def __init__(self, arn: str):
        self.arn = arn

    @property
    def physical_resource_id(self) -> str:
        return self.arn

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SecretsManager::Secret"

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Id"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self.arn

    def is_created(self) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> "Secret":
        properties = cloudformation_json["Properties"]
        created = secretsmanager_backends[account_id][region_name].create_secret(
            name=properties.get("Name", resource_name),
            secret_string=_value(properties, account_id, region_name),
            secret_binary=None,
            description=properties.get("Description"),
            tags=properties.get("Tags"),
            kms_key_id=properties.get("KmsKeyId"),
            client_request_token=None,
            replica_regions=[{"Region": replica["Region"]} for replica in properties.get("ReplicaRegions", [])],
            force_overwrite=False,
        )
        return cls(json.loads(created)["ARN"])


def _value(properties: dict[str, Any], account_id: str, region_name: str) -> str | None:
    generate = properties.get("GenerateSecretString")
    if generate is None:
        text = properties.get("SecretString")
        return None if text is None else _REFERENCE.sub(lambda found: _resolve(found, account_id, region_name), text)
    password = "generated-" + "x" * 22
    if "SecretStringTemplate" not in generate:
        return password
    return json.dumps({**json.loads(generate["SecretStringTemplate"]), generate["GenerateStringKey"]: password})


def _resolve(found: re.Match[str], account_id: str, region_name: str) -> str:
    service, text = found.groups()
    if service == "ssm":
        return ssm_backends[account_id][region_name].get_parameter(text.split(":")[0]).value
    # secret-id:SecretString:json-key:version-stage:version-id, and a full ARN has colons of its own.
    secret_id, _, rest = text.partition(":SecretString")
    key = rest.lstrip(":").split(":")[0]
    stored = secretsmanager_backends[account_id][region_name].get_secret_value(secret_id, "", "AWSCURRENT")["SecretString"]
    return json.loads(stored)[key] if key else stored


_numbers = itertools.count(1)


def _end_of_arn(context: IdSourceContext) -> str | None:
    return f"aB{next(_numbers):04}" if isinstance(context.get("resource_identifier"), SecretsManagerSecretIdentifier) else None


def install() -> None:
    """The class is known as soon as it exists: moto looks for the subclasses of CloudFormationModel."""
    moto_id_manager.add_id_source(_end_of_arn)
