"""What holds for every server of ours beside what its document says.

It refuses requests with problem documents (RFC 9457), and an integer without a format is one of 64 bits.
"""

import schemathesis

PROBLEM = {
    "type": "object",
    "required": ["title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "code", "message"],
                "properties": {
                    "in": {"enum": ["path", "query", "querystring", "header", "cookie", "body"]},
                    "pointer": {"type": "string"},
                    "name": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}

REFUSALS = {
    "400": "Malformed.",
    "401": "Without credentials.",
    "404": "There is no such path.",
    "405": "The path has other methods.",
    "406": "Nothing that the client accepts.",
    "413": "Too large.",
    "415": "Of another media type.",
    "422": "It breaks the document.",
}

METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]


def say_sizes(node):
    if isinstance(node, list):
        for item in node:
            say_sizes(item)
    elif isinstance(node, dict):
        if node.get("type") == "integer":
            node.setdefault("format", "int64")
        for value in node.values():
            say_sizes(value)


@schemathesis.hook
def before_load_schema(context, raw_schema):
    say_sizes(raw_schema)
    # Tokens, wherever they come from, are sent as bearer tokens: Schemathesis makes up those alone.
    for scheme in raw_schema.get("components", {}).get("securitySchemes", {}).values():
        if scheme.get("type") in ("oauth2", "openIdConnect"):
            scheme.clear()
            scheme.update({"type": "http", "scheme": "bearer"})
    for item in raw_schema.get("paths", {}).values():
        for method in METHODS:
            if method not in item:
                continue
            responses = item[method]["responses"]
            for status, description in REFUSALS.items():
                response = responses.setdefault(status, {"description": description})
                if "$ref" not in response:
                    content = response.setdefault("content", {})
                    content.setdefault("application/problem+json", {"schema": PROBLEM})
