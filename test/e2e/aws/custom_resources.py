"""Custom resources as CloudFormation treats them: it sends a request, waits for the answer, and takes it seriously.

moto sends Create only, doesn't wait, and takes no failure for an answer:
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/custom_model.py
https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/responses.py (process_cfn_response)

The event, and what may be answered:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
"""

import json
import threading
import uuid
from typing import Any

from moto.awslambda.utils import get_backend as get_lambda_backend
from moto.cloudformation.custom_model import CustomModel
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudtrail.responses import CloudTrailResponse

#: CloudFormation's limit for what a resource says of itself.
LONGEST_ANSWER = 4096


class ResourceFailed(Exception):
    """A resource said no, with this reason. If that was its creation, it is there all the same, to be deleted."""

    created: CustomModel | None = None


class _Waiting:
    def __init__(self) -> None:
        self.answered = threading.Event()
        self.answer: dict[str, Any] = {}


_waiting: dict[str, _Waiting] = {}


def install(record: str) -> None:
    """`record` is the file that keeps every request with its answer, one JSON object in a line."""

    def take_answer(self: CloudFormationResponse) -> tuple[int, dict[str, int], str]:
        body = self.body if isinstance(self.body, bytes) else self.body.encode()
        answer = json.loads(body)
        if len(body) > LONGEST_ANSWER:
            answer = {**answer, "Status": "FAILED", "Reason": "Response is too long."}
        waiting = _waiting.pop(answer["RequestId"], None)
        if waiting is None:
            return 403, {"status": 403}, ""
        waiting.answer = answer
        waiting.answered.set()
        return 200, {"status": 200}, ""

    def create(
        cls: Any, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any
    ) -> CustomModel:
        resource = CustomModel(region_name, "", kwargs["LogicalId"], resource_name)
        resource.account_id = account_id
        resource.stack_id = kwargs["StackId"]
        resource.type = kwargs["ResourceType"]
        resource.properties = _as_text(cloudformation_json["Properties"])
        try:
            _take(resource, _ask(resource, "Create", {}))
        except ResourceFailed as failure:
            resource.logical_resource_id = resource.logical_id
            failure.created = resource
            raise
        return resource

    def update(cls: Any, *, original_resource: Any, cloudformation_json: Any, **kwargs: Any) -> CustomModel:
        old = original_resource.properties
        original_resource.properties = _as_text(cloudformation_json["Properties"])
        try:
            more = {"PhysicalResourceId": original_resource.resource_name, "OldResourceProperties": old}
            answer = _ask(original_resource, "Update", more)
        except ResourceFailed:
            original_resource.properties = old
            raise
        if answer["PhysicalResourceId"] != original_resource.resource_name:
            raise NotImplementedError("a custom resource that replaces itself")
        _take(original_resource, answer)
        return original_resource

    def delete(self: CustomModel, account_id: str, region_name: str) -> None:
        _ask(self, "Delete", {"PhysicalResourceId": self.resource_name})

    def attribute(self: CustomModel, name: str) -> Any:
        if name not in self.data:
            message = f"CustomResource attribute error: Vendor response doesn't contain {name} attribute in object {self.resource_name}"
            raise ValidationError(message=message)
        return self.data[name]

    def _ask(resource: Any, request_type: str, more: dict[str, Any]) -> dict[str, Any]:
        event = {
            "RequestType": request_type,
            "RequestId": str(uuid.uuid4()),
            # CDK's own providers answer over HTTPS to port 443 and nowhere else. `routes` leads there.
            "ResponseURL": f"https://cloudformation.{resource.region_name}.amazonaws.com/cloudformation_{resource.region_name}/cfnresponse?stack={resource.stack_id}",
            "ServiceToken": resource.properties["ServiceToken"],
            "StackId": resource.stack_id,
            "LogicalResourceId": resource.logical_id,
            "ResourceType": resource.type,
            "ResourceProperties": resource.properties,
            **more,
        }
        waiting = _waiting[event["RequestId"]] = _Waiting()
        function = get_lambda_backend(resource.account_id, resource.region_name).get_function(event["ServiceToken"])
        function.invoke(json.dumps(event), {"x-amz-invocation-type": "Event"}, {})
        # The function has ended, so no answer will come any more. CloudFormation can't know that, and waits on.
        if not waiting.answered.wait(1):
            waiting.answer = {"Status": "FAILED", "Reason": "CloudFormation did not receive a response from your Custom Resource."}
        with open(record, "a", encoding="utf8") as file:
            file.write(json.dumps({"event": event, "answer": waiting.answer}) + "\n")
        if waiting.answer["Status"] != "SUCCESS":
            resource.resource_name = waiting.answer.get("PhysicalResourceId", resource.resource_name)
            message = f"Received response status [FAILED] from custom resource. Message returned: {waiting.answer.get('Reason')}"
            raise ResourceFailed(f"{message} (RequestId: {event['RequestId']})")
        return waiting.answer

    authorize = CloudFormationResponse._authenticate_and_authorize_normal_action

    def unless_signed(self: CloudFormationResponse, resource: str = "*") -> None:
        # The address itself is signed, so whoever has it may answer.
        if self._get_action() != "ProcessCfnResponse":
            authorize(self, resource)

    CloudFormationResponse.process_cfn_response = take_answer
    CloudFormationResponse._authenticate_and_authorize_normal_action = unless_signed
    CustomModel.create_from_cloudformation_json = classmethod(create)
    CustomModel.update_from_cloudformation_json = classmethod(update)
    CustomModel.delete = delete
    # The cdk command looks there for the cause of a failure. moto doesn't know the operation, and cdk tries it for half a minute.
    CloudTrailResponse.lookup_events = lambda self: json.dumps({"Events": []})
    CustomModel.get_cfn_attribute = attribute


def _take(resource: Any, answer: dict[str, Any]) -> None:
    resource.resource_name = answer["PhysicalResourceId"]
    resource.set_data(answer.get("Data") or {})


def _as_text(value: Any) -> Any:
    """CloudFormation turns every value into a string."""
    if isinstance(value, dict):
        return {key: _as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
