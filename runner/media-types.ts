import { extname } from 'node:path';

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.arrow': 'application/vnd.apache.arrow.file',
  '.cff': 'application/yaml',
  '.csv': 'text/csv',
  '.gz': 'application/gzip',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mjs': 'text/javascript',
  '.parquet': 'application/vnd.apache.parquet',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.py': 'text/x-python',
  '.r': 'text/x-r',
  '.sh': 'application/x-sh',
  '.sql': 'application/sql',
  '.svg': 'image/svg+xml',
  '.ts': 'text/x-typescript',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
  '.zip': 'application/zip',
};

/** What a file is by the ending of its name; a name without one is taken for text. */
export function mediaType(file: string): string {
  const extension = extname(file).toLowerCase();
  return extension === '' ? 'text/plain' : (BY_EXTENSION[extension] ?? 'application/octet-stream');
}
