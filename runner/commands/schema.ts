import { ANSWERS, answerSchema } from '../answer-schemas.ts';
import { DONE, type Answer, type Call } from '../command.ts';
import { MistakeError } from '../diagnostic.ts';
import { editorSchema } from '../editor-schema.ts';
import { suggest } from '../nearest.ts';

export function answer({ words: [command] }: Call): Promise<Answer> {
  const json = command === undefined ? editorSchema() : answerSchema(command);
  if (json === null) {
    const remedy = suggest(command ?? '', Object.keys(ANSWERS));
    throw new MistakeError(`Nothing is said of how \`${command ?? ''}\` answers in JSON. ${remedy}`);
  }
  return Promise.resolve({ exitCode: DONE, lines: JSON.stringify(json, null, 2).split('\n'), json });
}
