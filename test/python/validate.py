"""Checks values against the JSON Schemas in docs/, as a reader in another language would.

Argument: the directory of the schemas. Reads a list of [schema file, name in $defs or null, value];
prints the problems of each as one JSON list.
"""

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator


def problems(directory: Path, file: str, name: str | None, value: Any) -> list[str]:
    schema = json.loads((directory / file).read_text())
    Draft202012Validator.check_schema(schema)
    if name is not None:
        schema = schema["$defs"][name]
    return [f"{error.json_path}: {error.message}"[:300] for error in Draft202012Validator(schema).iter_errors(value)]


directory = Path(sys.argv[1])
json.dump([problems(directory, *case) for case in json.load(sys.stdin)], sys.stdout)
