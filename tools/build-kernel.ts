/** Assembles mrio/linear-algebra/kernel.wat into kernel-bytes.ts: `npm run build:kernel`, after a change of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import loadWabt from 'wabt';

const FOLDER = resolve(import.meta.dirname, '../mrio/linear-algebra');

/** The module in kernel.wat, as base64. */
export async function assembleKernel(): Promise<string> {
  const wabt = await loadWabt();
  const source = readFileSync(`${FOLDER}/kernel.wat`, 'utf8');
  return Buffer.from(wabt.parseWat('kernel.wat', source, { simd: true }).toBinary({}).buffer).toString('base64');
}

if (process.argv[1] === import.meta.filename) {
  const lines = (await assembleKernel()).match(/.{1,110}/g)!.map((line) => `  '${line}',`);
  const text = [
    '/** kernel.wat, assembled: `npm run build:kernel`. A test holds the two against each other. */',
    'export const KERNEL_BYTES = [',
    ...lines,
    "].join('');",
    '',
  ];
  writeFileSync(`${FOLDER}/kernel-bytes.ts`, text.join('\n'));
}
