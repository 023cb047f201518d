import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onCommandLine, SMALL } from './command-line.ts';
import { brokenRules, idsOf, readCrate, typesOf, type ReadCrate } from './crate-rules.ts';
import { project, type Project } from './project.ts';
import { CITATION } from './citation.ts';

/** Of everything one: a source that is there and one that is not, code of three kinds, a scenario, a citation. */
const SHOPS: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: shops
sources:
  sale:
    file: data-raw/sales of 2017.csv
    evidence: published fact
    description: What shops sold
    columns: { shop: VARCHAR, amount: DOUBLE }
  rate:
    file: data-raw/user/rates.csv
    otherwise: made_rate
    columns: { shop: VARCHAR, rate: DOUBLE }
stages:
  rates:
    run: stages/rates.ts
    inputs: [sale]
    parameters: { rate: 0.5, names: [a, b] }
    outputs: { made_rate: { evidence: stand-in, columns: { shop: VARCHAR, rate: DOUBLE } } }
  taxes:
    run: stages/taxes.sql
    description: Multiplies
    inputs: [sale, rate]
    parameters: { times: 1 }
    outputs: { tax: { description: Tax by shop, columns: { shop: VARCHAR, tax: DOUBLE }, key: [shop] } }
  page:
    sh: cat {file:stages/head.txt} {inputs.tax} > {outputs.page}
    inputs: [tax]
    outputs: { page: { file: page.txt, publish_as: page.txt } }
scenarios:
  double: { taxes: { times: 2 } }
`,
  'data-raw/sales of 2017.csv': 'shop,amount\nHarbour,12.5\nStation,8\n',
  'stages/rates.ts': `import { half } from './helpers/half.ts';
export default async (context) => {
  const { shop } = await context.query('SELECT shop FROM sale ORDER BY shop');
  await context.writeTable('made_rate', { shop, rate: Float64Array.from(shop, () => half(2 * context.parameters.rate)) });
};
`,
  'stages/helpers/half.ts': 'export const half = (value) => value / 2;\n',
  'stages/taxes.sql': `CREATE TABLE tax AS
SELECT shop, amount * rate * getvariable('times') AS tax FROM sale JOIN rate USING (shop);
`,
  'stages/head.txt': 'Shops\n',
  LICENSE: 'Do as you like.\n',
  'README.md': '# Shops\n',
  'CITATION.cff': CITATION,
};

async function crateOf(of: Project, name = 'crate'): Promise<ReadCrate> {
  const { code, err } = await onCommandLine(of, 'crate', of.path(name));
  expect([code, err]).toEqual([0, '']);
  return readCrate(of.path(name));
}

const entity = ({ byId }: ReadCrate, id: string) => byId.get(id)!;

/** What a program of others says of it, which knows RO-Crate but not its profiles; null: it is not installed. */
async function saidByOthers(folder: string): Promise<string[] | null> {
  interface Validator {
    results: { status: string; message: string }[];
    parseJSON(text: string): void;
    rootDataEntity(): void;
    checkFiles(files: Record<string, object>): void;
  }
  const name: string = 'ro-crate';
  const found = (await import(name).catch(() => null)) as { Validator: new () => Validator } | null;
  if (found === null) return null;
  const validator = new found.Validator();
  const text = readFileSync(join(folder, 'ro-crate-metadata.json'), 'utf8');
  // The one context that it knows without the web; what it looks at means the same in both.
  validator.parseJSON(text.replace('https://w3id.org/ro/crate/1.1/context', 'https://w3id.org/ro/crate/1.2/context'));
  validator.rootDataEntity();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const ids = files.map((file) =>
    join(file.parentPath, file.name)
      .slice(folder.length + 1)
      .split('/')
      .map(encodeURIComponent)
      .join('/'),
  );
  validator.checkFiles(Object.fromEntries(ids.map((id) => [id, { exists: true, isDir: false }])));
  return validator.results.filter(({ status }) => status !== 'success').map(({ message }) => message);
}

describe('a crate', () => {
  it('has all that its specifications ask for, and says what was made from what', async (test) => {
    const shops = project(SHOPS);
    expect(await onCommandLine(shops)).toMatchObject({ code: 0, err: expect.not.stringContaining('failed') as string });
    const crate = await crateOf(shops);
    expect(brokenRules(crate)).toEqual([]);
    // The rules do notice what is missing.
    for (const id of ['#engine', '#step/page', 'stages/rates.ts', '#action/taxes', '#source/rate', '#artifact/tax']) {
      const byId = new Map([...crate.byId].filter(([known]) => known !== id));
      expect(brokenRules({ ...crate, graph: [...byId.values()], byId })).not.toEqual([]);
    }

    const text = readFileSync(shops.path('crate/ro-crate-metadata.json'), 'utf8');
    for (const place of [shops.folder, process.cwd(), '/tmp/', process.env['HOME'] ?? '/home/']) {
      expect(text).not.toContain(place);
    }
    expect(readFileSync(shops.path('crate/data-out/page.txt'), 'latin1')).toMatch(/^Shops\n/);
    expect(readFileSync(shops.path('crate/data-raw/sales of 2017.csv'), 'utf8')).toContain('Harbour');

    const root = entity(crate, './');
    expect(root).toMatchObject({
      name: 'Shops and taxes: shops',
      description: expect.stringMatching(/^Who pays what\.\n\nThe pipeline shops as it was run: 5 stages/) as string,
      version: '1.2.3',
      license: { '@id': 'https://spdx.org/licenses/MIT' },
      author: [{ '@id': 'https://orcid.org/0000-0002-1825-0097' }, { '@id': '#author/2' }],
      citation: { '@id': 'https://doi.org/10.1000/182' },
      mainEntity: { '@id': 'pipeline.yaml' },
    });
    expect(entity(crate, 'https://orcid.org/0000-0002-1825-0097')).toMatchObject({
      '@type': 'Person',
      name: 'Ada Example',
    });
    expect(entity(crate, '#author/2')).toMatchObject({ '@type': 'Organization', name: 'The authors' });

    // The stages, as they were run.
    expect(entity(crate, '#action/taxes@double')).toMatchObject({
      instrument: { '@id': '#tool/taxes' },
      object: [
        { '@id': 'data-raw/sales%20of%202017.csv' },
        { '@id': 'data-out/rates/made_rate.parquet' },
        { '@id': '#value/taxes@double/times' },
      ],
      result: { '@id': 'data-out/scenarios/double/taxes/tax.parquet' },
      agent: root['author'],
    });
    expect(entity(crate, '#value/taxes@double/times')).toMatchObject({
      value: 2,
      exampleOfWork: { '@id': '#parameter/taxes/times' },
    });
    expect(entity(crate, '#value/rates/names')).toMatchObject({ value: '["a","b"]' });
    expect(entity(crate, '#parameter/rates/rate')).toMatchObject({ additionalType: 'Float' });
    // What stands in for a file that is not there takes its slot.
    expect(idsOf(entity(crate, 'data-out/rates/made_rate.parquet')['exampleOfWork'])).toEqual([
      '#artifact/made_rate',
      '#source/rate',
    ]);
    expect(entity(crate, '#source/rate')).toMatchObject({ valueRequired: false });
    expect(entity(crate, 'data-raw/sales%20of%202017.csv')).toMatchObject({
      description: 'What shops sold. Evidence: published fact.',
      encodingFormat: 'text/csv',
    });
    // Code, and what it needs.
    expect(entity(crate, '#tool/rates')).toMatchObject({
      mainEntity: { '@id': 'stages/rates.ts' },
      softwareRequirements: { '@id': 'stages/helpers/half.ts' },
    });
    expect(entity(crate, '#tool/page')).toMatchObject({
      text: 'cat {file:stages/head.txt} {inputs.tax} > {outputs.page}',
      softwareRequirements: { '@id': 'stages/head.txt' },
    });
    const steps = crate.graph.filter((one) => typesOf(one).includes('HowToStep'));
    expect(steps.map(({ name }) => name)).toEqual(['rates', 'taxes', 'page', 'taxes@double', 'page@double']);

    const others = await saidByOthers(shops.path('crate'));
    if (others === null) await test.annotate('The package ro-crate is not installed: its validator is left out.');
    else expect(others).toEqual([]);

    // Again, the same; also into a folder that is there and is empty.
    mkdirSync(shops.path('again'));
    await crateOf(shops, 'again');
    expect(readFileSync(shops.path('again/ro-crate-metadata.json'), 'utf8')).toBe(text);
    expect(readdirSync(shops.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is written where nothing is cited or licensed, and where the run left no record', async () => {
    const small = project(SMALL);
    expect((await onCommandLine(small)).code).toBe(0);
    for (const record of readdirSync(small.path('.cache/runs'))) writeFileSync(small.path(`.cache/runs/${record}`), '');
    const crate = await crateOf(small);
    expect(brokenRules(crate)).toEqual([]);
    expect(entity(crate, './')).toMatchObject({
      name: 'small',
      license: expect.stringContaining('No licence') as string,
    });
    expect(entity(crate, '#run')['agent']).toBeUndefined();
    small.write({ LICENSE: 'Mine.\n' });
    const licensed = await crateOf(small, 'licensed');
    expect(entity(licensed, './')).toMatchObject({ license: { '@id': 'LICENSE' } });
    expect(brokenRules(licensed)).toEqual([]);
  });

  it('is refused unless all is up to date, published and untouched, and where there is something already', async () => {
    const small = project(SMALL);
    const refused = async (folder = 'crate') => {
      const { code, err } = await onCommandLine(small, 'crate', small.path(folder));
      expect(code).toBe(2);
      return err;
    };
    expect(await refused()).toMatch(/^Nothing is archived: numbers, words are not up to date\.\n {2}Run .*pipeline\n$/);
    await onCommandLine(small, 'run', 'numbers');
    expect(await refused()).toContain('words is not up to date');
    await onCommandLine(small);
    small.edit('pipeline.yaml', 'publish_as: report.txt', 'publish_as: other.txt');
    expect(await refused()).toMatch(/data-out does not hold what is up to date\.\n {2}Run everything first/);
    small.edit('pipeline.yaml', 'publish_as: other.txt', 'publish_as: report.txt');
    writeFileSync(small.path('data-out/report.txt'), 'total 25\n');
    expect(await refused()).toMatch(/data-out\/report\.txt was edited since the run\.\n {2}Run again/);
    expect(existsSync(small.path('crate'))).toBe(false);
    expect(readdirSync(small.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    small.write({ 'full/file': '' });
    expect(await refused('full')).toMatch(/full is not empty\.\n {2}Name a folder/);
    expect(await refused('full/file')).toMatch(/file is a file\./);
  });
});
