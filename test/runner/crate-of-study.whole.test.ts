import { expect, it } from 'vitest';
import { CITATION } from './citation.ts';
import { onCommandLine } from './command-line.ts';
import { brokenRules, readCrate } from './crate-rules.ts';
import { project } from './project.ts';
import { OTHER_STUDY as FILE, TWO_STUDIES as TWO } from './two-studies.ts';

it('a crate of another study is called as that study, by the authors of the workflow', async () => {
  const both = project({ ...TWO, 'CITATION.cff': CITATION });
  await both.runWith({ file: FILE });
  const rootOf = async (folder: string) => {
    const { code, err } = await onCommandLine(both, 'crate', both.path(folder), '--file', both.path(FILE));
    expect([code, err]).toEqual([0, '']);
    const crate = readCrate(both.path(folder));
    expect(brokenRules(crate)).toEqual([]);
    return crate.byId.get('./')!;
  };
  const plain = await rootOf('plain');
  expect(plain).toMatchObject({
    name: 'two',
    description: expect.stringMatching(/^The pipeline two as it was run: /) as string,
    author: [{ '@id': 'https://orcid.org/0000-0002-1825-0097' }, { '@id': '#author/2' }],
  });
  expect(plain).not.toHaveProperty('version');
  // It has a citation of its own beside its file.
  both.write({ 'examples/two/CITATION.cff': 'title: Words\nabstract: What is said.\nversion: 2\n' });
  expect(await rootOf('cited')).toMatchObject({
    name: 'Words: two',
    description: expect.stringMatching(/^What is said\.\n\nThe pipeline two as it was run: /) as string,
    version: '2',
  });
});
