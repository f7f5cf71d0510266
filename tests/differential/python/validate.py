"""Says which values are valid by which schemas, as Python's jsonschema has it.

Reads `{"schemas": {name: schema}, "values": [[name, value]]}` from standard input, and writes a list of booleans.
Numbers are decimal, so that `multipleOf` is exact.
"""

import json
import re
import sys
from datetime import datetime
from decimal import Decimal, getcontext

from jsonschema import Draft202012Validator, FormatChecker, validators


def is_integer(_checker, value):
    """Whole floats are integers (JSON Schema 2020-12, 6.1.1)."""
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or isinstance(value, Decimal) and value == value.to_integral_value()


FORMATS = FormatChecker()
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


@FORMATS.checks("date-time", raises=ValueError)
def is_date_time(value):
    """RFC 3339, which the package has a checker for only with more packages."""
    if not isinstance(value, str):
        return True
    datetime.fromisoformat(re.sub(r"\.\d+", "", value.upper()))
    return DATE_TIME.fullmatch(value) is not None


def main():
    getcontext().prec = 700
    asked = json.load(sys.stdin, parse_float=Decimal)
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer)
    kind = validators.extend(Draft202012Validator, type_checker=types)
    whole = {"components": {"schemas": asked["schemas"]}}

    def of(name):
        schema = {"$ref": f"#/components/schemas/{name}", **whole}
        return kind(schema, format_checker=FORMATS)

    known = {name: of(name) for name in asked["schemas"]}
    json.dump([known[name].is_valid(value) for name, value in asked["values"]], sys.stdout)


if __name__ == "__main__":
    main()
