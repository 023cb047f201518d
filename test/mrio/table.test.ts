import { describe, expect, it } from 'vitest';
import {
  accountLabels,
  balance,
  demandByConsumer,
  emptyTable,
  grossInput,
  grossOutput,
  requireBalanced,
  type MrioTable,
} from '../../mrio/table.ts';

/** Two regions, one sector. Rows: 10 + 20 + final 30, 5, exports 7 and 4 + 8 + 1, 40, 2; columns balance. */
function twoRegions(): MrioTable {
  return {
    ...emptyTable(['A', 'B'], [1]),
    intermediate: Float64Array.from([10, 20, 4, 8]),
    finalDemand: Float64Array.from([30, 5, 7, 1, 40, 2]),
    primaryInput: Float64Array.from([58, 27]),
  };
}

describe('a table', () => {
  it('adds up rows to gross output and columns to gross input', () => {
    expect(Array.from(grossOutput(twoRegions()))).toEqual([72, 55]);
    expect(Array.from(grossInput(twoRegions()))).toEqual([72, 55]);
  });

  it('labels its accounts region by region', () => {
    expect(accountLabels({ regions: ['A', 'B'], sectors: [1, 14] })).toEqual(['A.1', 'A.14', 'B.1', 'B.14']);
  });

  it('is balanced where both totals agree, zero accounts included', () => {
    expect(Array.from(balance(twoRegions()).relativeDifference)).toEqual([0, 0]);
    expect(Array.from(balance(emptyTable(['A'], [1, 2])).relativeDifference)).toEqual([0, 0]);
  });

  it('names the worst accounts, with both totals, where it does not balance', () => {
    const table = twoRegions();
    table.primaryInput[1]! += 11;
    expect(() => requireBalanced(table, 1e-6, 'the table')).toThrow(
      /the table does not balance in 1 of \d+ accounts .*B\.1: row 55, column 66 \(16\.7%\)/,
    );
    expect(requireBalanced(table, 0.2, 'the table').relativeDifference[1]).toBeCloseTo(11 / 66, 12);
  });

  it('does not take a NaN for balance', () => {
    const table = twoRegions();
    table.primaryInput[0] = NaN;
    expect(() => requireBalanced(table, 1, 'the table')).toThrow('A.1');
  });
});

describe('exports', () => {
  it('count with the exporting region, or are a consumer of their own', () => {
    const joined = demandByConsumer(twoRegions(), 'with-region');
    expect(joined.consumers).toEqual(['A', 'B']);
    expect(Array.from(joined.values)).toEqual([37, 5, 1, 42]);
    const separate = demandByConsumer(twoRegions(), 'separate');
    expect(separate.consumers).toEqual(['A', 'B', 'export']);
    expect(Array.from(separate.values)).toEqual([30, 5, 7, 1, 40, 2]);
  });
});
