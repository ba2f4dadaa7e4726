"""Code that nothing uses is removed, not kept for later: git keeps it.

Vulture reports every dataclass field that only JSON reads, so of its findings only those on functions, classes,
methods, properties and imports count, and on code that cannot be reached. A use in a test is no use.
"""

from vulture import Vulture

from house.sources import ROOT, place, python_files

KINDS = {"function", "class", "method", "property", "import", "unreachable_code"}
CALLED_BY_OTHERS = [
    "@*router.*",  # FastAPI calls routes
    "@*.get",
    "@*.websocket",
    "@*.exception_handler",
    "@*.middleware",
    "@field_validator",  # Pydantic
    "@model_validator",
    "@DBOS.*",  # the engine calls workflows and steps
    "@event.listens_for",  # SQLAlchemy
]
NAMES_OF_OTHERS = [
    "process_bind_param",  # SQLAlchemy's column types
    "process_result_value",
    "impl",
    "downgrade",  # Alembic
    "upgrade",
    "render",  # Starlette's responses
    "capture_signals",  # uvicorn's server
]


def test_everything_in_the_product_is_used_by_the_product() -> None:
    vulture = Vulture(ignore_names=NAMES_OF_OTHERS, ignore_decorators=CALLED_BY_OTHERS)
    vulture.scavenge([str(path) for path in python_files("backend/retoma")])
    unused = [item for item in vulture.get_unused_code(min_confidence=60) if item.typ in KINDS]
    assert [f"{place(ROOT / item.filename, item.first_lineno)} {item.typ} {item.name}" for item in unused] == []
