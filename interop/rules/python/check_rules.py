"""Checks messages by protovalidate. A line of the input is the full name of a message and its bytes in base64; a line of the output is a JSON
array with the path of each violation. A path is an array of [field, subscript or null]."""

import base64
import importlib
import json
import pathlib
import sys

from google.protobuf import symbol_database
from protovalidate import Validator

GENERATED = pathlib.Path(sys.argv[1])


def main() -> None:
    for module in GENERATED.rglob('*_pb2.py'):
        importlib.import_module('.'.join(module.relative_to(GENERATED).with_suffix('').parts))
    validator = Validator()
    pool = symbol_database.Default().pool
    for line in sys.stdin:
        name, text = line.rstrip('\n').split(' ')
        try:
            message = message_class(pool, name).FromString(base64.b64decode(text))
            answer = [path(violation.proto.field) for violation in validator.collect_violations(message)]
        except Exception as error:  # noqa: BLE001
            answer = {'error': f'{type(error).__name__}: {error}'}
        sys.stdout.write(json.dumps(answer) + '\n')


CLASSES: dict = {}


def message_class(pool, name: str):
    if name not in CLASSES:
        from google.protobuf import message_factory

        CLASSES[name] = message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
    return CLASSES[name]


def path(field) -> list:
    return [] if field is None else [[element.field_name or None, subscript(element.subscript)] for element in field.elements]


def subscript(chosen) -> str | None:
    if chosen is None:
        return None
    value = chosen.value
    return str(value).lower() if isinstance(value, bool) else str(value)


main()
