import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeDataPackage } from '../../runner/data-package.ts';
import type { Sha256 } from '../../runner/hash.ts';
import { readPipelineFile } from '../../runner/pipeline-file.ts';
import { openWorkshop } from '../../runner/workshop.ts';
import { onCommandLine } from './command-line.ts';
import { packageOf, SHOPS } from './data-package-shops.ts';
import { projectThatRan } from './project.ts';

describe('no data package is written', () => {
  it('unless all is up to date, published and undamaged', async () => {
    const shops = await projectThatRan(SHOPS);
    const refused = async (...args: string[]) => {
      const { code, err, out } = await onCommandLine(shops, 'package', shops.path('package'), ...args);
      expect([code, out]).toEqual([2, '']);
      expect(existsSync(shops.path('package'))).toBe(false);
      expect(readdirSync(shops.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      return err;
    };
    shops.edit('pipeline.yaml', 'times: 1', 'times: 3');
    expect(await refused('shop')).toMatch(/taxes.* not up to date\.\n {2}Run everything first/);
    shops.edit('pipeline.yaml', 'times: 3', 'times: 1');
    shops.edit('pipeline.yaml', 'publish_as: page.txt', 'publish_as: other.txt');
    expect(await refused()).toMatch(/does not hold what is up to date\.\n {2}Run everything first/);
    shops.edit('pipeline.yaml', 'publish_as: other.txt', 'publish_as: page.txt');

    // Damage that leaves no trace in size and times is found when the object is read.
    const workshop = await shops.workshop();
    const object = workshop.store.objectPath(workshop.store.latestReceipt('taxes')!.outputs['part']!.sha256);
    const bytes = readFileSync(object);
    bytes[bytes.length >> 1]! ^= 1;
    chmodSync(object, 0o644);
    writeFileSync(object, bytes);
    const unaware = { ...workshop, store: { ...workshop.store, holds: () => true } };
    await expect(writeDataPackage(unaware, shops.path('package'), [], false)).rejects.toThrow(
      /^Nothing is packed: what is stored of part is damaged\.\n {2}Run again/,
    );
    // Now it is gone.
    expect(await refused()).toMatch(/taxes.* not up to date/);
  });

  it('of what is no table, not there, or unheard of, and where there is something already', async () => {
    const shops = await projectThatRan(SHOPS);
    const said = async (folder: string, ...names: string[]) =>
      (await onCommandLine(shops, 'package', ...[folder === '' ? [] : shops.path(folder)].flat(), ...names)).err;
    expect(await said('package', 'grid')).toMatch(/^grid is a matrix\.\n {2}A data package holds tables/);
    expect(await said('package', 'page')).toMatch(/^page is a file\./);
    expect(await said('package', 'taxx')).toBe('There is no table `taxx`. Did you mean `tax`?\n');
    expect(await said('package', 'rate')).toMatch(/^The file of rate is not there\.\n.* stands in for it: made_rate/);
    expect(await said('')).toMatch(/^`package` takes a folder, and after it tables/);
    expect(existsSync(shops.path('package'))).toBe(false);
    shops.write({ 'full/file': '' });
    expect(await said('full')).toMatch(/full is not empty\.\n {2}Name a folder/);
    expect(await said('full/file')).toMatch(/file is a file\./);
    expect(shops.read('full/file')).toBe('');
  });

  it("of the user's data alone, unless it is named", async () => {
    const own = await projectThatRan({
      'pipeline.yaml': `pipeline: own
sources: { sale: { file: sales.csv, evidence: user's data, columns: { amount: INTEGER } } }
stages: { page: { sh: 'cp {inputs.sale} {outputs.page}', inputs: [sale], outputs: { page: { file: page.bin } } } }
`,
      'sales.csv': 'amount\n1\n',
    });
    const { code, err } = await onCommandLine(own, 'package', own.path('package'));
    expect([code, err]).toEqual([
      2,
      "Nothing is packed: all its tables are user's data.\n  If you may publish them, name them: sale\n",
    ]);
    expect((await packageOf(own, 'sale')).content.resources).toHaveLength(1);
  });

  it('of dates that CSV readers do not know', async () => {
    const dates = await projectThatRan({
      'pipeline.yaml': `pipeline: dates
stages:
  dates:
    run: stages/dates.sql
    outputs: { old: { columns: { day: DATE } }, new: { columns: { day: DATE } } }
`,
      'stages/dates.sql': `CREATE TABLE old AS SELECT DATE '0044-03-15 (BC)' AS day;
CREATE TABLE new AS SELECT DATE '2020-01-01' AS day;
`,
    });
    const { code, err } = await onCommandLine(dates, 'package', dates.path('package'));
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/old\.day has 0044-03-15 \(BC\), which .*\n {2}Name the other/),
    ]);
    expect(existsSync(dates.path('package'))).toBe(false);
    expect((await packageOf(dates, 'new')).content.resources).toHaveLength(1);
  });

  it('when it is interrupted', async () => {
    const shops = await projectThatRan(SHOPS);
    const controller = new AbortController();
    const workshop = await openWorkshop(
      readPipelineFile(shops.path('pipeline.yaml')),
      shops.path('.cache'),
      controller.signal,
    );
    const verify = (hash: Sha256) => {
      controller.abort(new Error('ended'));
      return workshop.store.verify(hash);
    };
    const ending = { ...workshop, store: { ...workshop.store, verify } };
    await expect(writeDataPackage(ending, shops.path('package'), [], false)).rejects.toThrow('ended');
    expect(readdirSync(shops.folder).filter((name) => name.startsWith('package'))).toEqual([]);
  });
});
