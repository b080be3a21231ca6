"""Task definitions and services with everything that their templates say, for all agents-path.*.test.ts.

moto's CloudFormation registers a task definition without its roles, platform and CPU, and makes a service without its load
balancer and network: https://github.com/getmoto/moto/blob/5.2.5/moto/ecs/models.py (create_from_cloudformation_json, "TODO:
LoadBalancers"). Its ECS API takes all of it, so that is what is called here, as CloudFormation itself does.
"""

import inspect
from typing import Any

from moto.core.utils import camelcase_to_underscores, pascal_to_camelcase
from moto.ecs.models import Service, TaskDefinition, ecs_backends

#: Maps whose keys are the user's own names.
_MAPS = {"Options", "DockerLabels", "DriverOpts", "Labels"}


def install() -> None:
    def register(cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any) -> TaskDefinition:
        backend = ecs_backends[account_id][region_name]
        properties = cloudformation_json["Properties"]
        family = properties.get("Family", resource_name)
        return backend.register_task_definition(**{**_arguments(backend.register_task_definition, properties), "family": family})

    def create(cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any) -> Service:
        backend = ecs_backends[account_id][region_name]
        properties = cloudformation_json["Properties"]
        return backend.create_service(
            cluster_str=properties["Cluster"],
            service_name=properties.get("ServiceName", resource_name),
            task_definition_str=properties.get("TaskDefinition"),
            role_arn=properties.get("Role"),
            **{"desired_count": 1, **_arguments(backend.create_service, properties)},
        )

    TaskDefinition.create_from_cloudformation_json = classmethod(register)
    Service.create_from_cloudformation_json = classmethod(create)


def _arguments(function: Any, properties: dict[str, Any]) -> dict[str, Any]:
    """The properties that the function knows, as the API spells them."""
    known = inspect.signature(function).parameters
    as_api = {camelcase_to_underscores(pascal_to_camelcase(key)): _lowered(value) for key, value in properties.items()}
    return {name: value for name, value in as_api.items() if name in known}


def _lowered(value: Any) -> Any:
    if isinstance(value, list):
        return [_lowered(item) for item in value]
    if isinstance(value, dict):
        return {pascal_to_camelcase(key): item if key in _MAPS else _lowered(item) for key, item in value.items()}
    return value
