"""What no document can say about this API, for schemathesis."""

import json
from uuid import uuid4

import schemathesis
from schemathesis.core.jsonschema import make_validator


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for whole records: with `fields` an answer holds no more than these."""
    if case.query:
        case.query.pop("fields", None)
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # What should be accepted must get as far as the records: with a key that was used for nothing
    # else, with whatever version there is, and from the first page on.
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if case.query:
        case.query.pop("cursor", None)


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A bundle, one record a line; what is no text is sent as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Lets null stand for a list or a text that is empty, which is answered as [] or {}.

    Whoever writes may say so of whatever is unknown; the document describes what is answered too,
    and there it is never null.
    """
    if type(failure).__name__ != "AcceptedNegativeData" or without_nulls(case.body) == case.body:
        return True
    described = case.operation.get_body_for_media_type(case.media_type)
    validator = make_validator(
        described.optimized_schema, case.operation.schema.adapter.jsonschema_validator_cls
    )
    return not validator.is_valid(without_nulls(case.body))


def without_nulls(value):
    """What is said in a body."""
    if isinstance(value, dict):
        return {name: without_nulls(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_nulls(part) for part in value]
    return value
