"""In which order CloudFormation works on resources."""

import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any


def in_dependency_order(resources: dict[str, Any]) -> list[str]:
    """Whatever a resource refers to, or says that it depends on, comes before it."""
    graph = {
        logical_id: sorted(name for name in set(_references(resource)) if name in resources and name != logical_id)
        for logical_id, resource in sorted(resources.items())
    }
    return list(TopologicalSorter(graph).static_order())


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "Ref":
                yield item
            elif key == "Fn::GetAtt":
                yield item.split(".")[0] if isinstance(item, str) else item[0]
            elif key == "DependsOn":
                yield from [item] if isinstance(item, str) else item
            else:
                if key == "Fn::Sub":
                    text = item if isinstance(item, str) else item[0]
                    yield from re.findall(r"\$\{([^!.}]+)", text)
                yield from _references(item)
