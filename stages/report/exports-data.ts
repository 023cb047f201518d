import { sqlText } from '../../formats/database.ts';
import { EXPORT, type ExportTreatment } from '../../mrio/table.ts';
import type { StageContext } from '../../runner/stage.ts';
import { hasInputs, rows } from '../rows.ts';

/** What exports abroad are behind, t, and how they are counted. */
export interface Exports {
  readonly treatment: ExportTreatment;
  readonly total: number;
  /**
   * By the code of a region: with-region, emissions anywhere for what it delivers abroad, which are among those of its
   * consumption; separate, what it emits for exports of any region, which are among nobody's.
   */
  readonly byRegion: ReadonlyMap<string, number>;
}

/**
 * Exports by pollutant, of the regions that a query names. None: they cause nothing, or final demand is not among the
 * inputs. How they are counted, the results say: kept apart, they are a consumer.
 * @param shown SQL of the codes of these regions, in brackets
 */
export async function readExports(context: StageContext, shown: string): Promise<ReadonlyMap<string, Exports>> {
  const treatment = await readTreatment(context);
  if (treatment === 'with-region' && !hasInputs(context, 'final_demand')) return new Map();
  const found = await rows(
    context,
    { pollutant: 'text', region: 'text', emission: 'number' },
    treatment === 'separate' ? emittedForExports(shown) : causedByExports(shown),
  );
  return new Map(
    [...new Set(found.map(({ pollutant }) => pollutant))].map((pollutant) => {
      const own = found.filter((row) => row.pollutant === pollutant);
      const total = own.reduce((sum, { emission }) => sum + emission, 0);
      return [pollutant, { treatment, total, byRegion: new Map(own.map((row) => [row.region, row.emission])) }];
    }),
  );
}

async function readTreatment(context: StageContext): Promise<ExportTreatment> {
  const apart = await rows(
    context,
    { consumer: 'text' },
    `SELECT consumer_region AS consumer FROM consumption WHERE consumer_region = ${sqlText(EXPORT)} LIMIT 1`,
  );
  return apart.length > 0 ? 'separate' : 'with-region';
}

const emittedForExports = (shown: string): string =>
  `SELECT pollutant, producer_region AS region, sum(emission_t ORDER BY producer_sector) AS emission
   FROM consumption WHERE consumer_region = ${sqlText(EXPORT)} AND producer_region IN ${shown} AND emission_t <> 0
   GROUP BY pollutant, producer_region ORDER BY pollutant, producer_region`;

/** e'L of what is delivered, times what is delivered. */
const causedByExports = (shown: string): string =>
  `SELECT pollutant, region, sum(multiplier * value ORDER BY sector) AS emission
   FROM final_demand JOIN sector_account ON region = from_region AND sector = from_sector
   WHERE to_region = ${sqlText(EXPORT)} AND region IN ${shown} AND multiplier * value <> 0
   GROUP BY pollutant, region ORDER BY pollutant, region`;
