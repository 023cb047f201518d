/** Reads a package with nothing but the standard library: numbers as the bits that they are read as. */
export const PYTHON = `
import csv, decimal, gzip, json, os, sys
from datetime import date, datetime
folder = sys.argv[1]
csv.field_size_limit(1 << 30)
def value(text, field, missing):
    if text in missing:
        assert not field.get('constraints', {}).get('required'), field
        return None
    kind = field['type']
    if kind == 'integer': return str(int(text)) if abs(int(text)) > 1 << 53 else int(text)
    if kind == 'boolean': return {'true': True, 'false': False}[text]
    if kind == 'date': return date.fromisoformat(text).isoformat()
    if kind == 'datetime': return datetime.strptime(text, field['format']).isoformat(timespec='microseconds')
    if kind == 'number': return str(decimal.Decimal(text)) if field['duckdbType'].startswith('DECIMAL') else float(text).hex()
    return text
read = {}
for resource in json.load(open(os.path.join(folder, 'datapackage.json'), encoding='utf-8'))['resources']:
    dialect = resource['dialect']
    with gzip.open(os.path.join(folder, resource['path']), 'rt', encoding=resource['encoding'], newline='') as file:
        header, *rows = csv.reader(file, delimiter=dialect['delimiter'], quotechar=dialect['quoteChar'],
            doublequote=dialect['doubleQuote'], skipinitialspace=dialect['skipInitialSpace'], strict=True)
    fields = resource['schema']['fields']
    assert header == [field['name'] for field in fields]
    assert all(len(row) == len(fields) for row in rows)
    read[resource['name']] = [[value(text, field, resource['schema']['missingValues'])
        for text, field in zip(row, fields)] for row in rows]
json.dump(read, sys.stdout)
`;
