import { StageError, type StageContext } from '../../runner/stage.ts';
import { readChecks } from './checks-data.ts';
import { readEmissions, readExtent, readGroups } from './emissions-data.ts';
import { readFactors } from './factors-data.ts';
import { readMethods } from './methods-data.ts';
import { hasInputs, rows } from '../rows.ts';
import { readWords, wordsBeside, type Words } from './words.ts';

/**
 * Everything that the report shows, read from the result tables. What its tables are not among the inputs for is null.
 * @throws StageError where a parameter is not what it has to be
 */
export async function readReportData(context: StageContext) {
  const extent = await readExtent(context);
  const words = wordsBeside(readWords(context), extent.outside);
  const emissions = await readEmissions(context, extent);
  const comparisons = hasInputs(context, 'comparison', 'published') ? await readComparisons(context) : null;
  const isPrinted = comparisons !== null || hasInputs(context, 'correlation');
  const printed = isPrinted
    ? printedPollutant(
        words,
        emissions.map(({ pollutant }) => pollutant),
      )
    : null;
  const regionNames = distinct(await readNames(context, 'SELECT code, name FROM region'));
  const sectorNames = await readNames(context, 'SELECT id::VARCHAR AS code, name FROM sector');
  return {
    words,
    extent: { ...extent, sectors: sectorNames.size },
    emissions,
    /** Whether the page has to say which pollutant it is about. */
    several: emissions.length > 1,
    groups: await readGroups(context),
    intensityUnit: unitOf(context, 'intensity', 'kg_per_output'),
    /** The pollutant of the printed figures; null without them. */
    printed,
    factors: await readFactors(context),
    comparisons,
    ...(await readChecks(context)),
    methods: await readMethods(context),
    regionNames,
    sectorNames,
  };
}

export type ReportData = Awaited<ReturnType<typeof readReportData>>;
export type Comparison = NonNullable<ReportData['comparisons']>[number];

/** A page tells regions apart by their names. */
function distinct(names: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const all = [...names.values()];
  const twice = all.find((name, k) => all.indexOf(name) !== k);
  if (twice === undefined) return names;
  const codes = [...names].filter(([, name]) => name === twice).map(([code]) => code);
  throw new StageError(`regions ${codes.join(' and ')} are both called ${twice}`, 'give each region a name of its own');
}

/** The declared unit of a column; none: null. */
const unitOf = ({ origins }: StageContext, table: string, column: string): string | null =>
  origins.find(({ artifact }) => artifact === table)?.columns[column]?.unit ?? null;

/** The pollutant that is printed: the one of the parameter, or the only one. */
function printedPollutant({ printedPollutant: given }: Words, pollutants: readonly string[]): string {
  const [first = 'emissions', second] = pollutants;
  if (given !== null || second === undefined) return given ?? first;
  throw new StageError(
    `stage report has no parameter printed_pollutant, and there are ${pollutants.join(', ')}`,
    'say which of them the printed figures are of',
  );
}

const readComparisons = (context: StageContext) =>
  rows(
    context,
    {
      statistic: 'text',
      measure: 'text or null',
      kind: 'text or null',
      place: 'text or null',
      fromRegions: 'text or null',
      fromSectors: 'text or null',
      toRegions: 'text or null',
      toSectors: 'text or null',
      printed: 'number',
      ours: 'number',
      unit: 'text',
      difference: 'number',
      evidence: 'text',
      note: 'text or null',
    },
    `SELECT comparison.statistic, measure, kind, place, from_regions AS "fromRegions", from_sectors AS "fromSectors",
       to_regions AS "toRegions", to_sectors AS "toSectors", comparison.published AS printed, ours, comparison.unit,
       relative_difference AS difference, evidence, comparison.note
     FROM comparison LEFT JOIN published USING (statistic) ORDER BY evidence, place, statistic`,
  );

/** Names by code. */
async function readNames(context: StageContext, sql: string): Promise<ReadonlyMap<string, string>> {
  const names = await rows(context, { code: 'text', name: 'text' }, sql);
  return new Map(names.map(({ code, name }) => [code, name]));
}
