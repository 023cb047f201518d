/** `1 row`, `1,234 rows`; `2 entries` where that is the plural. */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
