"""Reading fields out of JSON that others wrote: a field of the wrong type counts as absent."""

from collections.abc import Mapping, Sequence

from retoma.core.json import JsonObject, JsonValue


def text(source: JsonObject, key: str) -> str:
    """Return the string at `key`, or an empty one."""
    value = source.get(key)
    return value if isinstance(value, str) else ""


def number(source: JsonObject, key: str) -> float:
    """Return the number at `key`, or 0."""
    value = source.get(key)
    return value if isinstance(value, int | float) else 0


def mapping(value: JsonValue) -> JsonObject:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def objects(value: JsonValue) -> Sequence[JsonObject]:
    """Return the objects in a list; of anything else, none."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def strings(value: JsonValue) -> Sequence[str]:
    """Return the strings in a list; of anything else, none."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
