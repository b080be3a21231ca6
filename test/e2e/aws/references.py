"""Fn::GetStackOutput, by which aws-cdk-lib 2.276 refers to other stacks, for agents-path.credentials.test.ts and
agents-path.tasks.test.ts. moto doesn't know it:
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/parsing.py (clean_json)

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
"""

from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import cloudformation_backends
from moto.cloudformation.parsing import ResourceMap


def install() -> None:
    clean = parsing.clean_json

    def with_stack_outputs(resource_json: Any, resources_map: ResourceMap) -> Any:
        if isinstance(resource_json, dict) and "Fn::GetStackOutput" in resource_json:
            return _output(clean(resource_json["Fn::GetStackOutput"], resources_map), resources_map)
        return clean(resource_json, resources_map)

    # It calls itself by this name.
    parsing.clean_json = with_stack_outputs


def _output(reference: dict[str, str], resources_map: ResourceMap) -> str:
    backend = cloudformation_backends[resources_map._account_id][reference.get("Region", resources_map._region_name)]
    for stack in backend.stacks.values():
        for output in stack.outputs or []:
            if reference["StackName"] in (stack.name, stack.stack_id) and output["OutputKey"] == reference["OutputName"]:
                return output["OutputValue"]
    raise ValidationError(message=f"Output {reference['OutputName']} of stack {reference['StackName']} does not exist")
