import { openFiles } from './delimited/files.ts';
import type { OpenTable } from './open-table.ts';
import { namedPrimaryInput, openSaved, type Dialect } from './pymrio/folder.ts';

/**
 * Releases before 3.9 keep value added among the satellites, where nothing else is in the unit of the table. The same
 * unit in an extension of impacts is a sum of these rows, which is not to be counted again.
 */
const EXIOBASE: Dialect = {
  format: 'EXIOBASE 3',
  finalDemandFrames: ['F_Y', 'F_hh', 'FY'],
  isPrimaryInput: (row) =>
    namedPrimaryInput(row) || (row.extension === 'satellite' && row.unit !== null && row.unit === row.tableUnit),
};

/**
 * Opens a release of EXIOBASE 3, monetary, of one year: the archive as it is downloaded (`IOT_2011_pxp.zip`), or its folder.
 *
 * Coefficients A, or deliveries Z where the release has them; final demand Y; satellites by account (F) and by final
 * demand (F_hh, later F_Y). Regions are called as in the files.
 * @throws ModelError where files are missing, or rows and columns do not belong together
 */
export const openExiobase3 = async (path: string): Promise<OpenTable> => openSaved(await openFiles(path), EXIOBASE);
