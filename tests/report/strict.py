"""The published schemas are open to later fields; the tests are not: what is written is described."""
import json


def strict(schema):
    """The same schema without room for fields that it does not describe."""
    if isinstance(schema, list):
        return [strict(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get('properties'), dict) and 'additionalProperties' not in schema and schema.get('type') != 'string':
        closed['additionalProperties'] = False
    return closed


def load(path):
    """A published schema, and what is wrong with it as one: it names itself, and describes each field."""
    with open(path, encoding='utf-8') as f:
        schema = json.load(f)
    return schema, ([] if schema.get('$id', '').startswith('urn:sidelight:schema:') else [f'{path} has no $id']) + undescribed(schema, path)


def undescribed(schema, where):
    """Fields without a description."""
    if isinstance(schema, list):
        return [x for s in schema for x in undescribed(s, where)]
    if not isinstance(schema, dict):
        return []
    fields = schema.get('properties')
    found = [f'{where}: {name} has no description' for name, s in fields.items() if not s.get('description')] if isinstance(fields, dict) else []
    return found + [x for key, s in schema.items() for x in undescribed(s, f'{where}/{key}')]
