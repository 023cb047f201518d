import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder, readAll } from './read-all.ts';

const PYTHON = ['python3', '/usr/bin/python3'].find(
  (python) => spawnSync(python, ['-c', 'import scipy.io']).status === 0,
);

const folder = new Folder();
afterAll(() => {
  folder.remove();
});

const SCRIPT = `
import sys
import numpy as np
import scipy.io, scipy.sparse
path, compressed = sys.argv[1], sys.argv[2] == 'true'
names = np.array(['Beijing', 'Tianjin', '石家庄', ''], dtype=object).reshape(4, 1)
scipy.io.savemat(path, {
    'Z': np.arange(6.0).reshape(2, 3) / 8,
    'fortran': np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    'single': np.array([[0.5, np.nan]], dtype=np.float32),
    'whole': np.array([[-1], [300]], dtype=np.int16),
    'large': np.array([[2**53]], dtype=np.int64),
    'logical': np.array([[True, False]]),
    'big': np.array([[1.5, 2.5]], dtype='>f8'),
    'sparse': scipy.sparse.csc_matrix(np.array([[0, 1.5], [0, 0], [2.5, 3.5]])),
    'empty': np.zeros((0, 0)),
    'complex': np.array([[1 + 2j]]),
    'cube': np.zeros((2, 2, 2)),
    'MRIO': {'Z': np.eye(2), 'names': names, 'deep': {'year': 2012.0}},
    'regions': names,
    'lines': np.array(['one', 'three']),
    'city': '北京',
}, do_compression=compressed)
`;

describe.skipIf(PYTHON === undefined)('a file of scipy.io.savemat (needs python3 with scipy)', () => {
  it.each([true, false])('is read as it was written, compressed: %s', async (compressed) => {
    const path = folder.file('scipy.mat');
    const run = spawnSync(PYTHON!, ['-c', SCRIPT, path, String(compressed)], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const { arrays, texts } = await readAll(path);
    expect(arrays).toEqual({
      Z: { rows: 2, columns: 3, values: [0, 0.375, 0.125, 0.5, 0.25, 0.625] },
      fortran: { rows: 2, columns: 3, values: [0, 3, 1, 4, 2, 5] },
      single: { rows: 1, columns: 2, values: [0.5, NaN] },
      whole: { rows: 2, columns: 1, values: [-1, 300] },
      large: { rows: 1, columns: 1, values: [2 ** 53] },
      logical: { rows: 1, columns: 2, values: [1, 0] },
      big: { rows: 1, columns: 2, values: [1.5, 2.5] },
      sparse: { rows: 3, columns: 2, values: [0, 0, 2.5, 1.5, 0, 3.5] },
      empty: { rows: 0, columns: 0, values: [] },
      'MRIO.Z': { rows: 2, columns: 2, values: [1, 0, 0, 1] },
      'MRIO.deep.year': { rows: 1, columns: 1, values: [2012] },
    });
    const names = ['Beijing', 'Tianjin', '石家庄', ''];
    expect(texts).toEqual({ 'MRIO.names': names, regions: names, lines: ['one', 'three'], city: ['北京'] });
  });
});
