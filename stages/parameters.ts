import type { ExportTreatment } from '../mrio/table.ts';
import { StageError, type StageContext } from '../runner/stage.ts';

/** The parameter `exports`: with the exporting region's final demand, or a consumer of their own. */
export function exportTreatment({ parameters }: StageContext): ExportTreatment {
  const value = parameters['exports'];
  if (value === 'with-region' || value === 'separate') return value;
  throw new StageError(`parameter exports is ${JSON.stringify(value)}`, 'set it to with-region or separate');
}
