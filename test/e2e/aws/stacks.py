"""The order of CloudFormation, for all agents-path.*.test.ts: what a resource depends on is there before it, also if it is only
referred to. moto makes what a reference leads to without what that one depends on:
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/parsing.py (ResourceMap.__getitem__)

And what the cdk command asks for: events of resources, a change set that is not there, resources and outputs of a stack in work.
"""

from typing import Any

from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap

#: What moto's CloudFormation doesn't know, and nothing here needs: https://docs.getmoto.org/en/latest/docs/services/cf.html
LEFT_OUT = {"AWS::CDK::Metadata", "AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy"}


class ChangeSetNotFound(CloudFormationError):
    code = "ChangeSetNotFound"


def install() -> None:
    create, describe, delete, outputs = (
        ResourceMap.__getitem__, CloudFormationBackend.describe_change_set, CloudFormationBackend.delete_change_set, Stack.outputs.fget
    )

    def create_after_others(self: ResourceMap, logical_id: str) -> Any:
        template = self._resource_json_map.get(logical_id)
        if logical_id in self._parsed_resources or not template:
            return create(self, logical_id)
        others = template.get("DependsOn", [])
        for other in [others] if isinstance(others, str) else others:
            self[other]
        resource = create(self, logical_id)
        if resource is not None:
            _report(self, logical_id, template["Type"], getattr(resource, "physical_resource_id", ""))
        elif "Condition" not in template and template["Type"] not in LEFT_OUT:
            raise NotImplementedError(f"moto can't create {template['Type']}")
        return resource

    def execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        stack._add_stack_event("CREATE_IN_PROGRESS", resource_status_reason="User Initiated")
        stack.template, stack.parameters = change_set.template, change_set.parameters
        resources = change_set.template_dict["Resources"]
        stack.template_dict = {**change_set.template_dict, "Resources": dict(sorted(resources.items()))}
        stack.resource_map = stack._create_resource_map()
        stack.output_map = stack._create_output_map()
        try:
            stack.create_resources()
        except Exception as failure:
            stack.status = "CREATE_FAILED"
            stack._add_stack_event("CREATE_FAILED", resource_status_reason=str(failure))
        change_set.execution_status = "EXECUTE_COMPLETE"

    def describe_change_set(self: CloudFormationBackend, change_set_name: str) -> Any:
        if not any(change_set_name in (key, one.change_set_name) for key, one in self.change_sets.items()):
            raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")
        return describe(self, change_set_name)

    def delete_change_set(self: CloudFormationBackend, change_set_name: str) -> None:
        try:
            describe_change_set(self, change_set_name)
        except ChangeSetNotFound:
            return
        delete(self, change_set_name)

    ResourceMap.__getitem__ = create_after_others
    CloudFormationBackend.execute_change_set = execute_change_set
    CloudFormationBackend.describe_change_set = describe_change_set
    CloudFormationBackend.delete_change_set = delete_change_set
    Stack.stack_resources = property(lambda self: [r for k in self.resource_map if (r := self.resource_map._parsed_resources.get(k))])
    Stack.outputs = property(lambda self: None if self.status.endswith("IN_PROGRESS") else outputs(self))


def _report(resources: ResourceMap, logical_id: str, resource_type: str, physical_id: str) -> None:
    stack = cloudformation_backends[resources._account_id][resources._region_name].stacks.get(resources.stack_id)
    if stack is not None:
        stack.events.append(Event(stack.stack_id, stack.name, logical_id, physical_id, resource_type, "CREATE_COMPLETE", None, None))
