import { expect, it } from 'vitest';
import { readAxis } from '../../formats/axis-labels.ts';

it('the cell that names a region is looked for from its accounts on, not in the whole axis', () => {
  const [regions, sectors] = [100, 42];
  let looked = 0;
  const names = Array.from({ length: regions * sectors }, (_, at) =>
    at % sectors === 0 ? `City ${at / sectors}` : null,
  );
  const watched = new Proxy(names, {
    get: (line, property) => {
      looked++;
      return Reflect.get(line, property) as unknown;
    },
  });
  const codes = names.map((_, at) => String((at % sectors) + 1).padStart(2, '0'));
  const axis = readAxis('row', [watched, codes], (line, at) => `${'AB'[line]!}${at + 1}`);
  looked = 0;
  const cells = names.map((_, at) => axis.cellOf('region', at));
  expect(cells.slice(40, 44)).toEqual(['A1', 'A1', 'A43', 'A43']);
  expect(looked).toBeLessThan(2 * names.length * sectors);
});
