"""Operations on a stack in CloudFormation's order, with its way back.

moto makes and deletes each resource, which is what is used here. It doesn't do what lies between them: it updates and adds in
the template's order, removes first, updates nothing that changed through a reference, and has no rollback:
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/parsing.py (ResourceMap.update, ResourceMap.delete)
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/models.py (execute_change_set, "implement rollback")
"""

import copy
from typing import Any

from .custom_resources import ResourceFailed
from moto.cloudformation.exceptions import CloudFormationError
from moto.cloudformation.models import CloudFormationBackend, Event, Stack, cloudformation_backends
from moto.cloudformation.parsing import ResourceMap, clean_json, parse_and_create_resource, parse_and_update_resource
from moto.ec2 import models as ec2_models
from moto.ec2.models.core import TaggedEC2Resource
from .order import in_dependency_order


#: What moto's CloudFormation doesn't know, and nothing here needs: https://docs.getmoto.org/en/latest/docs/services/cf.html
LEFT_OUT = {"AWS::CDK::Metadata", "AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy"}


class ChangeSetNotFound(CloudFormationError):
    code = "ChangeSetNotFound"


class Operation:
    """Brings the resources of a stack from what they are to what a template says, or back."""

    def __init__(self, stack: Stack, template: dict[str, Any], parameters: dict[str, Any]):
        self.stack = stack
        self.map: ResourceMap = stack.resource_map
        self.target = (template, parameters)
        self.origin = (self.map._template, self.map.input_parameters)
        self.deployed = _deployed(self.map)
        self.origin_deployed = dict(self.deployed)
        #: What to do on the way back, in the order of the way there.
        self.steps: list[tuple[str, str, Any]] = []
        self.replaced: list[tuple[Any, Any]] = []

    def run(self) -> None:
        self._load(*self.target)
        for logical_id in in_dependency_order(self.map._resource_json_map):
            try:
                self._deploy(logical_id)
            except Exception as error:
                action = "UPDATE" if logical_id in self.origin_deployed else "CREATE"
                self.report(logical_id, f"{action}_FAILED", str(getattr(error, "message", error)))
                raise ResourceFailed(str(error)) from error

    def clean_up(self) -> None:
        """Deletes what is not needed any more: CloudFormation does it after everything else has worked."""
        wanted = set(self.map._resource_json_map)
        for resource, template in reversed(self.replaced):
            if template.get("UpdateReplacePolicy") != "Retain":
                self.map._delete_resource(resource, template)
        for logical_id in reversed(in_dependency_order(_templates(self.origin_deployed))):
            if logical_id not in wanted:
                self._delete(logical_id)

    def roll_back(self) -> None:
        failed = None
        # What was deployed before is kept as it was resolved then, so that no reference has to be resolved again.
        for action, logical_id, previous in reversed(self.steps):
            try:
                if action == "created":
                    self._delete(logical_id)
                elif action == "replaced":
                    self.map._delete_resource(self.map._parsed_resources[logical_id], self.deployed[logical_id]["template"])
                    self.map._parsed_resources[logical_id] = previous
                else:
                    self._update(logical_id, self.origin_deployed[logical_id]["resolved"])
            except Exception as error:
                self.report(logical_id, "UPDATE_FAILED", str(error))
                failed = error
        self._load(*self.origin)
        self.deployed.clear()
        self.deployed.update(self.origin_deployed)
        if failed is not None:
            raise ResourceFailed(str(failed)) from failed

    def delete_all(self) -> None:
        for logical_id in reversed(in_dependency_order(_templates(self.deployed))):
            try:
                self._delete(logical_id)
            except Exception as error:
                self.report(logical_id, "DELETE_FAILED", str(error))
                raise

    def report(self, logical_id: str, status: str, reason: str | None = None) -> None:
        resource = self.map._parsed_resources.get(logical_id)
        template = self.map._resource_json_map.get(logical_id) or self.deployed.get(logical_id, {}).get("template", {})
        self.stack.events.append(
            Event(
                stack_id=self.stack.stack_id,
                stack_name=self.stack.name,
                logical_resource_id=logical_id,
                physical_resource_id=getattr(resource, "physical_resource_id", "") or "",
                resource_type=template.get("Type", ""),
                resource_status=status,
                resource_status_reason=reason,
                resource_properties=None,
            )
        )

    def _load(self, template: dict[str, Any], parameters: dict[str, Any]) -> None:
        self.map._template = template
        self.map._resource_json_map = template.get("Resources", {})
        self.map.input_parameters = parameters
        self.map.resolved_parameters = {}
        self.map.load_mapping()
        self.map.load_parameters()
        self.map.load_conditions()

    def _deploy(self, logical_id: str) -> None:
        template = self.map._resource_json_map[logical_id]
        condition = template.get("Condition")
        if condition and not self.map.lazy_condition_map[condition]:
            return
        resolved = clean_json(copy.deepcopy(template), self.map)
        known = self.deployed.get(logical_id)
        if known is None:
            self.deployed[logical_id] = {"template": template, "resolved": resolved}
            self._create(logical_id, template)
        elif known["resolved"].get("Properties", {}) != resolved.get("Properties", {}):
            previous = self.map._parsed_resources[logical_id]
            try:
                self._update(logical_id, resolved)
            except ResourceFailed:
                self.steps.append(("updated", logical_id, previous))
                raise
            current = self.map._parsed_resources[logical_id]
            if current is not previous and _id(current) != _id(previous):
                self.replaced.append((previous, known["template"]))
                self.steps.append(("replaced", logical_id, previous))
            else:
                self.steps.append(("updated", logical_id, previous))
            self.report(logical_id, "UPDATE_COMPLETE")
        self.deployed[logical_id] = {"template": template, "resolved": resolved}

    def _create(self, logical_id: str, template: dict[str, Any]) -> None:
        account_id, region = self.map._account_id, self.map._region_name
        try:
            resource = parse_and_create_resource(logical_id, template, self.map, account_id, region)
        except ResourceFailed as failure:
            self.map._parsed_resources[logical_id] = failure.created
            self.steps.append(("created", logical_id, None))
            raise
        if resource is None and template["Type"] not in LEFT_OUT:
            raise NotImplementedError(f"moto can't create {template['Type']}")
        self.map._parsed_resources[logical_id] = resource
        self.steps.append(("created", logical_id, None))
        if isinstance(resource, TaggedEC2Resource):
            tags = {**self.map.tags, "aws:cloudformation:logical-id": logical_id}
            ec2_models.ec2_backends[account_id][region].create_tags([resource.physical_resource_id], tags)
        self.report(logical_id, "CREATE_COMPLETE")

    def _update(self, logical_id: str, resolved: dict[str, Any]) -> None:
        if self.map._parsed_resources[logical_id] is None:
            return
        account_id, region = self.map._account_id, self.map._region_name
        updated = parse_and_update_resource(logical_id, copy.deepcopy(resolved), self.map, account_id, region)
        if updated is None:
            raise NotImplementedError(f"moto can't update {resolved['Type']}")
        self.map._parsed_resources[logical_id] = updated

    def _delete(self, logical_id: str) -> None:
        template = self.deployed[logical_id]["template"]
        resource = self.map._parsed_resources.get(logical_id)
        if template.get("DeletionPolicy") == "Retain":
            status = "DELETE_SKIPPED"
        else:
            status = "DELETE_COMPLETE"
            if resource is not None:
                self.map._delete_resource(resource, template)
        self.report(logical_id, status)
        self.map._parsed_resources.pop(logical_id, None)
        del self.deployed[logical_id]


def _deployed(resource_map: ResourceMap) -> dict[str, Any]:
    return resource_map.__dict__.setdefault("deployed", {})


def _templates(deployed: dict[str, Any]) -> dict[str, Any]:
    return {logical_id: entry["template"] for logical_id, entry in deployed.items()}


def _id(resource: Any) -> Any:
    return getattr(resource, "physical_resource_id", None)


def install() -> None:
    def execute_change_set(self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None) -> None:
        change_set = self.describe_change_set(change_set_name)
        stack = self.stacks[change_set.stack_id]
        kind = change_set.change_set_type
        _carry_out(self, stack, kind, change_set.template, change_set.template_dict, change_set.parameters)
        change_set.execution_status = "EXECUTE_COMPLETE"

    def create_resources(self: Stack) -> None:
        backend = cloudformation_backends[self.account_id][self.region_name]
        _carry_out(backend, self, "CREATE", self.template, self.template_dict, self.parameters)

    describe, delete = CloudFormationBackend.describe_change_set, CloudFormationBackend.delete_change_set

    def is_there(self: CloudFormationBackend, name: str) -> bool:
        return any(name in (key, change_set.change_set_name) for key, change_set in self.change_sets.items())

    # cdk deletes a change set that may be there, and asks for it until there is none.
    def describe_change_set(self: CloudFormationBackend, change_set_name: str) -> Any:
        if not is_there(self, change_set_name):
            raise ChangeSetNotFound(f"ChangeSet [{change_set_name}] does not exist")
        return describe(self, change_set_name)

    def delete_change_set(self: CloudFormationBackend, change_set_name: str) -> None:
        if is_there(self, change_set_name):
            delete(self, change_set_name)

    CloudFormationBackend.execute_change_set = execute_change_set
    CloudFormationBackend.describe_change_set = describe_change_set
    CloudFormationBackend.delete_change_set = delete_change_set
    Stack.create_resources = create_resources
    ResourceMap.delete = lambda self: _delete(self)
    # Whoever asks for a stack while it is in work must not make moto create what it looks for.
    Stack.stack_resources = property(lambda self: [r for k in self.resource_map.deployed if (r := self.resource_map._parsed_resources.get(k))])
    # A parameter that keeps its value keeps what was passed, which for one of SSM is a name and not what is stored there:
    # https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/responses.py (create_change_set, UsePreviousValue)
    Stack.stack_parameters = property(_passed_parameters)
    outputs = Stack.outputs.fget
    Stack.outputs = property(lambda self: None if self.status.endswith("IN_PROGRESS") else outputs(self))


def _passed_parameters(stack: Stack) -> dict[str, Any]:
    known = stack.resource_map._template.get("Parameters", {})
    return {name: stack.resource_map.input_parameters.get(name, parameter.get("Default")) for name, parameter in known.items()}


def _carry_out(backend: CloudFormationBackend, stack: Stack, kind: str, text: Any, template: Any, parameters: Any) -> None:
    def state(status: str, reason: str | None = None) -> None:
        stack.status = status
        stack._add_stack_event(status, resource_status_reason=reason)

    stack.resource_map.cross_stack_resources = backend.exports
    operation = Operation(stack, template, parameters)
    # moto's map of resources doesn't know its stack, and its deletion has events, too.
    stack.resource_map.stack = stack
    rollback = "ROLLBACK" if kind == "CREATE" else "UPDATE_ROLLBACK"
    state(f"{kind}_IN_PROGRESS", "User Initiated")
    try:
        operation.run()
    except Exception as failure:
        state(f"{rollback}_IN_PROGRESS", str(failure))
        try:
            operation.roll_back()
        except ResourceFailed as again:
            state(f"{rollback}_FAILED", str(again))
            return
        state(f"{rollback}_COMPLETE")
        return
    stack.template, stack.template_dict, stack.parameters = text, template, parameters
    stack.description = template.get("Description")
    stack.output_map = stack._create_output_map()
    operation.clean_up()
    for export in stack.exports:
        backend.exports[export.name] = export
    state(f"{kind}_COMPLETE")


def _delete(resource_map: ResourceMap) -> None:
    if hasattr(resource_map, "stack"):
        Operation(resource_map.stack, resource_map._template, resource_map.input_parameters).delete_all()
