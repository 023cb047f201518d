import { readCitation } from './crate-citation.ts';
import type { Pipeline } from './pipeline.ts';

/** What a study is called, and what it says of itself. */
export interface StudyAbout {
  readonly title: string;
  readonly abstract: string | null;
  readonly version: string | null;
}

/** As the CITATION.cff beside the pipeline file says: one further up is about other data. Without one it has its name. */
export function studyAbout({ folder, name }: Pick<Pipeline, 'folder' | 'name'>): StudyAbout {
  const { title, abstract, version } = readCitation(folder);
  return { title: title === null ? name : `${title}: ${name}`, abstract, version };
}
