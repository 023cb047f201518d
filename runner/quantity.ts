/** Sizes and durations as people write and read them. */

const BYTES = { kB: 1e3, KiB: 2 ** 10, MB: 1e6, MiB: 2 ** 20, GB: 1e9, GiB: 2 ** 30, TB: 1e12, TiB: 2 ** 40 } as const;
const SECONDS = { s: 1, min: 60, h: 3600 } as const;
export const BYTE_UNITS = Object.keys(BYTES);
export const SECOND_UNITS = Object.keys(SECONDS);

/** `512 MiB` in bytes; null if it is no size. */
export const parseBytes = (text: string): number | null => parse(text, BYTES);

/** `90 s`, `30 min`, `2 h` in seconds; null if it is no duration. */
export const parseSeconds = (text: string): number | null => parse(text, SECONDS);

function parse(text: string, units: Readonly<Record<string, number>>): number | null {
  const { amount, unit = '' } = /^(?<amount>\d+(?:\.\d+)?) ?(?<unit>[A-Za-z]+)$/.exec(text.trim())?.groups ?? {};
  const size = Object.hasOwn(units, unit) ? units[unit] : undefined;
  const value = size === undefined ? 0 : Number(amount) * size;
  return value > 0 && Number.isFinite(value) ? value : null;
}

export function formatSeconds(value: number): string {
  if (value < 60) return `${value.toFixed(1)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min ${Math.floor(value % 60)} s`;
  return `${Math.floor(value / 3600)} h ${Math.floor((value % 3600) / 60)} min`;
}

export function formatBytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(0)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(0)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}
