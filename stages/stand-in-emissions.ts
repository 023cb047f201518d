import { grossOutput } from '../mrio/table.ts';
import { stage, StageError, type StageContext } from '../runner/stage.ts';
import { TRUE_TABLE, accountColumns, readAxes, readTable, type Axes } from './accounts.ts';
import { exportTreatment } from './parameters.ts';
import { fittedFigures } from './stand-in/calibration-figures.ts';
import { emissionForms, type Scene } from './stand-in/calibration-forms.ts';
import { nearestEmissions } from './stand-in/calibration-program.ts';
import type { Figure, PrintedFigure } from './stand-in/calibration-types.ts';

/** What the prior and the printed figures are of. */
const POLLUTANT = 'NOx';

/** First with the ends of ranges and the unprinted orientations as in the prior, then as the first fit has them. */
const FITS = 2;
const GRAMS_PER_TONNE = 1e6;
const GRAMS_PER_KG = 1000;
/** Units of 10,000 CNY in a million CNY. */
const UNITS_PER_MILLION = 100;

export default stage(async (context) => {
  const axes = await readAxes(context);
  const table = await readTable(context, TRUE_TABLE, axes);
  const sectors = await readSectorFacts(context, axes);
  const printed = await readPrinted(context);
  const forms = emissionForms(await readScene(context, axes), table, exportTreatment(context, 'stand-in-emissions'));
  const prior = grossOutput(table).map(
    (output, k) => (output / UNITS_PER_MILLION) * sectors.intensity[k % axes.sectors.length]!,
  );
  let emissions: Float64Array = prior;
  let figures: readonly Figure[] = [];
  for (let fit = 0; fit < FITS; fit++) {
    context.progress({ done: fit, total: FITS, unit: 'fits' });
    figures = fittedFigures(forms, printed, emissions);
    const conditions = figures.flatMap((figure) => figure.conditions);
    emissions = await nearestEmissions(prior, conditions);
  }
  const grams = emissions.map((tonnes) => Math.round(tonnes * GRAMS_PER_TONNE));
  await writeEmissions(context, axes, grams);
  await writeEnergy(context, axes, grams, sectors);
  await writeCalibration(
    context,
    figures,
    grams.map((value) => value / GRAMS_PER_TONNE),
  );
});

interface SectorFacts {
  /** t per million CNY before calibration. */
  readonly intensity: Float64Array;
  /** kg per tce of primary energy; NaN where there is none. */
  readonly kgPerTce: Float64Array;
  /** Whether emissions are computed from energy use. */
  readonly fromEnergy: readonly boolean[];
}

async function readSectorFacts(context: StageContext, { sectors }: Axes): Promise<SectorFacts> {
  const { intensity, factor, source } = await context.query(`
    SELECT t_per_million_cny AS intensity, kg_per_tce AS factor, emissions_from AS source
    FROM sector LEFT JOIN emission_prior ON emission_prior.sector = sector.id ORDER BY id`);
  const facts = {
    intensity: intensity as Float64Array,
    kgPerTce: factor as Float64Array,
    fromEnergy: (source as string[]).map((text) => text === 'energy use'),
  };
  sectors.forEach((sector, s) => {
    const missing = Number.isNaN(facts.intensity[s]!)
      ? 't_per_million_cny'
      : facts.fromEnergy[s]! && !(facts.kgPerTce[s]! > 0)
        ? 'kg_per_tce'
        : null;
    if (missing === null) return;
    throw new StageError(
      `emission_prior gives no ${missing} for sector ${sector}`,
      `add it to ${context.places['emission_prior']}; sectors whose emissions come from energy use need both columns`,
    );
  });
  return facts;
}

async function readScene(context: StageContext, { sectors }: Axes): Promise<Scene> {
  const { code } = await context.query('SELECT code FROM region WHERE in_focus ORDER BY region.id, region.code');
  return { cities: code as string[], sectors };
}

/** The printed figures, with consumption-based totals from Table 1. */
async function readPrinted(context: StageContext): Promise<PrintedFigure[]> {
  const columns = await context.query(`
    SELECT statistic, coalesce(printed_consumption_t, value) AS value, unit, measure,
           from_regions, from_sectors, to_regions, to_sectors
    FROM published LEFT JOIN city_factor ON statistic = 'consumption_t_' || region
    ORDER BY statistic`);
  const words = (column: string, k: number): string[] | null => {
    const text = (columns[column] as (string | null)[])[k] ?? null;
    return text === null ? null : text.split(' ');
  };
  return (columns['statistic'] as string[]).map((statistic, k) => ({
    statistic,
    value: (columns['value'] as Float64Array)[k]!,
    unit: (columns['unit'] as string[])[k]!,
    measure: (columns['measure'] as string[])[k]!,
    fromRegions: words('from_regions', k),
    fromSectors: words('from_sectors', k)?.map(Number) ?? null,
    toRegions: words('to_regions', k),
    toSectors: words('to_sectors', k)?.map(Number) ?? null,
  }));
}

const everyAccount = (accounts: number): Int32Array => Int32Array.from({ length: accounts }, (_, k) => k);

async function writeEmissions(context: StageContext, axes: Axes, grams: Float64Array): Promise<void> {
  await context.writeTable('stand_in_emission', {
    ...accountColumns(axes, everyAccount(grams.length)),
    emission_g: grams,
  });
}

async function writeEnergy(
  context: StageContext,
  axes: Axes,
  grams: Float64Array,
  { kgPerTce, fromEnergy }: SectorFacts,
): Promise<void> {
  const sectorOf = (k: number): number => k % axes.sectors.length;
  const accounts = everyAccount(grams.length).filter((k) => fromEnergy[sectorOf(k)]!);
  await context.writeTable('stand_in_energy_use', {
    ...accountColumns(axes, accounts),
    energy_tce: Float64Array.from(accounts, (k) => grams[k]! / GRAMS_PER_KG / kgPerTce[sectorOf(k)]!),
  });
  const sectors = axes.sectors.filter((_, s) => fromEnergy[s]!);
  await context.writeTable('stand_in_emission_factor', {
    pollutant: sectors.map(() => POLLUTANT),
    sector: Uint8Array.from(sectors),
    kg_per_tce: kgPerTce.filter((_, s) => fromEnergy[s]!),
  });
}

async function writeCalibration(
  context: StageContext,
  figures: readonly Figure[],
  emissions: Float64Array,
): Promise<void> {
  const reached = Float64Array.from(figures, (figure) => figure.reached(emissions));
  await context.writeTable('calibration', {
    statistic: figures.map(({ statistic }) => statistic),
    target: Float64Array.from(figures, ({ target }) => target),
    reached,
    unit: figures.map(({ unit }) => unit),
    // Where the printed figure is 0 there is nothing to be relative to.
    relative_residual: Float64Array.from(
      figures,
      ({ target }, k) => (reached[k]! - target) / (target === 0 ? 1 : Math.abs(target)),
    ),
  });
}
