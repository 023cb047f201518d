import anais from './anais.ts';
import runner from './runner.ts';

/** The benches by name; each runs with the flags that follow its name. */
const BENCHES = new Map([
  ['anais', anais],
  ['runner', runner],
]);

const [name = '', ...flags] = process.argv.slice(2);
const bench = BENCHES.get(name);
if (bench === undefined) {
  if (name !== '') console.error(`there is no bench ${name}`);
  console.error(`usage: npm run bench -- NAME, where NAME is one of: ${[...BENCHES.keys()].join(', ')}`);
  process.exitCode = 2;
} else {
  await bench(flags);
}
