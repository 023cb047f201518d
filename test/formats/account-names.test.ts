import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { specialAccount } from '../../formats/account-names.ts';

/** The rows of the table of names in the documentation. */
function documented(): { what: string; axes: ('row' | 'column')[]; texts: string[] }[] {
  const text = readFileSync(new URL('../../docs/data.md', import.meta.url), 'utf8');
  const start = text.indexOf('| Account ');
  return text
    .slice(start, text.indexOf('\n\n', start))
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, what = '', where = '', ...names]) => ({
      what,
      axes: (['row', 'column'] as const).filter((axis) => where.includes(axis)),
      texts: [...names.join(' ').matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    }));
}

describe('names of accounts beside sectors', () => {
  it('are known as the documentation lists them', () => {
    expect(documented().length).toBeGreaterThan(10);
    for (const { what, axes, texts } of documented())
      for (const axis of axes) {
        const found = texts.map((text) => specialAccount(axis, null, [text]));
        expect(found, what).not.toContain(null);
        expect(new Set(found.map((one) => JSON.stringify(one))).size, `${what}: ${texts.join(', ')}`).toBe(1);
      }
  });

  it('may stand in the line of codes', () => {
    expect(specialAccount('column', 'Output', [])).toMatchObject({ kind: 'stated', of: 'all' });
  });

  it.each(['Outflow', 'Levies', 'GDP deflator', 'Governor'])('do not include %s', (name) => {
    expect(specialAccount('column', null, [name])).toBeNull();
  });

  it('are not taken from codes in lines other than the last, which may be those of regions', () => {
    expect(specialAccount('column', null, ['GO', 'Farms'])).toBeNull();
  });
});
