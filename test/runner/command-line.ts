import { vi } from 'vitest';
import { main } from '../../runner/cli.ts';
import type { Project } from './project.ts';

/** Runs the command line on the pipeline of a project, in this process: one of its own takes half as long to start as to run. */
export async function onCommandLine(project: Project, ...args: string[]) {
  const said = { out: '', err: '' };
  const spies = (['out', 'err'] as const).map((stream) =>
    vi.spyOn(process[`std${stream}`], 'write').mockImplementation((text) => {
      said[stream] += String(text);
      return true;
    }),
  );
  try {
    return { code: await main(['--file', project.path('pipeline.yaml'), ...args]), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Two stages that read nothing: numbers in a table, and a text. */
export const SMALL: Readonly<Record<string, string>> = {
  'pipeline.yaml': `pipeline: small
stages:
  numbers:
    run: stages/numbers.sql
    parameters: { times: 2 }
    outputs:
      number: { columns: { code: VARCHAR, value: { type: DOUBLE, unit: t } }, key: [code] }
  words:
    sh: printf 'total %s\\n' {parameters.total} > {outputs.report}
    parameters: { total: 24 }
    outputs:
      report: { file: report.txt, publish_as: report.txt }
`,
  'stages/numbers.sql': `CREATE TABLE number AS
SELECT code, value * getvariable('times') AS value FROM (VALUES ('A', 2.0::DOUBLE), ('B', 4.0), ('C', 6.0)) t(code, value);
`,
};
