/**
 * The parts of Node that can change what a stage writes, by their names in `process.versions`.
 * Those that only talk to the network or to the system are left out.
 */
const LIBRARIES = [
  // Intl, TextDecoder, the cases and classes of letters in regular expressions; with its data.
  ...['icu', 'cldr', 'unicode', 'tz'],
  // node:zlib: another version may pack the same bytes differently.
  ...['zlib', 'brotli', 'zstd'],
  // node:sqlite: a database holds the version that wrote it.
  'sqlite',
];

/**
 * The versions of Node that enter a key. Of Node itself the major one. Of V8 the first two numbers: `Math.exp` and its
 * like are V8's and may differ in the last bit from one to the next; the numbers after them are repairs.
 */
export function engineVersions(versions: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const first = (name: string, parts: number) => (versions[name] ?? '').split('.').slice(0, parts).join('.');
  const libraries = LIBRARIES.flatMap((name) => (versions[name] === undefined ? [] : [[name, versions[name]]]));
  return { major: first('node', 1), v8: first('v8', 2), ...(Object.fromEntries(libraries) as Record<string, string>) };
}
