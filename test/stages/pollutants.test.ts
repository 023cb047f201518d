import { describe, expect, it } from 'vitest';
import { rowsByPollutant } from '../../stages/pollutants.ts';

const labels = ['A', 'B'];
const columnsOf = (values: Float64Array) => ({
  region: { labels, indices: Int32Array.of(0, 1) },
  sector: Uint8Array.of(7, 9),
  emission_t: values,
});

describe('the rows of several pollutants', () => {
  it('stand one pollutant after the other', () => {
    const parts = [
      { pollutant: 'NOx', values: Float64Array.of(1, 2) },
      { pollutant: 'SO2', values: Float64Array.of(3, 4) },
    ];
    expect(rowsByPollutant(parts, ({ values }) => columnsOf(values))).toEqual({
      pollutant: { labels: ['NOx', 'SO2'], indices: Int32Array.of(0, 0, 1, 1) },
      region: { labels, indices: Int32Array.of(0, 1, 0, 1) },
      sector: Uint8Array.of(7, 9, 7, 9),
      emission_t: Float64Array.of(1, 2, 3, 4),
    });
  });

  it('are not copied where there is one', () => {
    const values = Float64Array.of(1, 2);
    const rows = rowsByPollutant([{ pollutant: 'NOx', values }], (part) => columnsOf(part.values));
    expect(rows['emission_t']).toBe(values);
    expect(rows['pollutant']).toEqual({ labels: ['NOx'], indices: Int32Array.of(0, 0) });
  });
});
