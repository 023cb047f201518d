import type { EmissionForms, Selection } from './calibration-forms.ts';
import {
  difference,
  equal,
  extreme,
  mean,
  orientation,
  orientationOf,
  scaled,
  share,
  sum,
  total,
  type Ratio,
  type Reading,
} from './calibration-readings.ts';
import type { Figure, Form, PrintedFigure } from './calibration-types.ts';

/**
 * How far emissions may be moved for a figure. Totals of Table 1 come first; flows of single networks last but for
 * figures that contradict others, or whose definition is not printed.
 */
const WEIGHT = { total: 20, role: 10, share: 3, intensity: 5, flow: 1, doubtful: 0.1 };

/** t per 10,000 CNY in kg per 10,000 CNY. */
const KG_PER_TONNE = 1000;

interface FigureContext {
  readonly forms: EmissionForms;
  /** Emissions that say which city stands at the end of a printed range, and the orientation of the others. */
  readonly reference: Float64Array;
  /** Orientation of every city: as printed, or as in the reference. */
  readonly orientation: ReadonlyMap<string, number>;
}

/** Reads a figure; `figure` names the regions and sectors that it is about. */
type Builder = (context: FigureContext, figure: PrintedFigure) => Reading;

const citiesOf = ({ forms }: FigureContext, named: readonly string[] | null): readonly string[] =>
  named ?? forms.scene.cities;

const withSectors = (regions: readonly string[], sectors: readonly number[] | null): Selection =>
  sectors === null ? { regions } : { regions, sectors };

/** Emissions per output, kg per 10,000 CNY. */
const intensity = (forms: EmissionForms, selection: Selection): Form =>
  scaled(forms.production(selection), KG_PER_TONNE / forms.output(selection));

/** Mean of the intensities of cities, each counting once. */
const meanIntensity = (forms: EmissionForms, cities: readonly string[]): Form =>
  mean(cities.map((city) => intensity(forms, { regions: [city] })));

/** (15) between different cities of the agglomeration. */
function flowWithin(context: FigureContext, { fromRegions, fromSectors, toRegions, toSectors }: PrintedFigure): Form {
  const without = (cities: readonly string[], city: string): string[] => cities.filter((other) => other !== city);
  const suppliers = citiesOf(context, fromRegions);
  const users = citiesOf(context, toRegions);
  const { forms } = context;
  if (suppliers.length < users.length) {
    return sum(
      suppliers.map((city) =>
        forms.flow(withSectors([city], fromSectors), withSectors(without(users, city), toSectors)),
      ),
    );
  }
  return sum(
    users.map((city) => forms.flow(withSectors(without(suppliers, city), fromSectors), withSectors([city], toSectors))),
  );
}

/** Share of sectors in the production-based emissions of each city. */
function productionShares(context: FigureContext, { fromRegions, fromSectors }: PrintedFigure): Ratio[] {
  const { forms } = context;
  return citiesOf(context, fromRegions).map((city) =>
    share(forms.production(withSectors([city], fromSectors)), forms.production({ regions: [city] })),
  );
}

/** Intensities of sectors in the cities of an orientation, where they have output. */
function sectorIntensities(
  { forms, orientation: of }: FigureContext,
  { fromSectors }: PrintedFigure,
  sign: number,
): Ratio[] {
  return forms.scene.cities
    .filter((city) => of.get(city) === sign)
    .flatMap((city) => (fromSectors ?? forms.scene.sectors).map((sector) => ({ regions: [city], sectors: [sector] })))
    .filter((selection) => forms.output(selection) > 0)
    .map((selection) => total(intensity(forms, selection)));
}

function rangeOfShares(end: 'min' | 'max'): Builder {
  return (context, figure) =>
    extreme(end, productionShares(context, figure), figure.value, WEIGHT.share, context.reference);
}

function rangeOfIntensities(end: 'min' | 'max', sign: number): Builder {
  return (context, figure) =>
    extreme(end, sectorIntensities(context, figure, sign), figure.value, WEIGHT.intensity, context.reference);
}

/** How each measure of data-raw/published.csv that the stand-ins are fitted to is read. */
const MEASURES: Readonly<Record<string, Builder>> = {
  consumption: (context, { toRegions, value }) =>
    equal(total(context.forms.consumption(citiesOf(context, toRegions))), value, WEIGHT.total),
  'consumption share': (context, { toRegions, value }) => {
    const part = context.forms.consumption(citiesOf(context, toRegions));
    return equal(share(part, context.forms.consumption(citiesOf(context, null))), value, WEIGHT.doubtful);
  },
  'footprint share': (context, { toRegions, toSectors, value }) => {
    const cities = citiesOf(context, toRegions);
    const part = context.forms.consumption(cities, toSectors ?? context.forms.scene.sectors);
    return equal(share(part, context.forms.consumption(cities)), value, WEIGHT.doubtful);
  },
  'production over consumption': (context, { fromRegions, value }) => {
    const regions = citiesOf(context, fromRegions);
    const { forms } = context;
    return equal(share(forms.production({ regions }), forms.consumption(regions)), value, WEIGHT.role);
  },
  // The true table meets shares of output by construction: emissions have no part in them.
  'output share': (context, { fromRegions, fromSectors }) => {
    const { forms } = context;
    const output = (cities: readonly string[]): number => forms.output(withSectors(cities, fromSectors));
    const reached = output(citiesOf(context, fromRegions)) / output(citiesOf(context, null));
    return { conditions: [], reached: () => reached };
  },
  orientation: (context, { fromRegions, value }) => {
    const regions = citiesOf(context, fromRegions);
    const { forms } = context;
    return orientation(forms.production({ regions }), forms.consumption(regions), value, WEIGHT.role);
  },
  'production share': (context, { fromRegions, fromSectors, value }) => {
    const regions = citiesOf(context, fromRegions);
    const { forms } = context;
    const part = forms.production(withSectors(regions, fromSectors));
    return equal(share(part, forms.production({ regions })), value, WEIGHT.share);
  },
  'production share, least': rangeOfShares('min'),
  'production share, greatest': rangeOfShares('max'),
  intensity: (context, { fromRegions, fromSectors, value }) => {
    const selection = withSectors(citiesOf(context, fromRegions), fromSectors);
    return equal(total(intensity(context.forms, selection)), value, WEIGHT.intensity);
  },
  'intensity above average': (context, { fromRegions, value }) => {
    const average = meanIntensity(context.forms, citiesOf(context, null));
    const own = meanIntensity(context.forms, citiesOf(context, fromRegions));
    return equal(share(difference(own, average), average), value, WEIGHT.doubtful);
  },
  'intensity below average': (context, { fromRegions, value }) => {
    const average = meanIntensity(context.forms, citiesOf(context, null));
    const own = meanIntensity(context.forms, citiesOf(context, fromRegions));
    return equal(share(difference(average, own), average), value, WEIGHT.doubtful);
  },
  'sector intensity of production cities, least': rangeOfIntensities('min', 1),
  'sector intensity of production cities, greatest': rangeOfIntensities('max', 1),
  'sector intensity of consumer cities, least': rangeOfIntensities('min', -1),
  'sector intensity of consumer cities, greatest': rangeOfIntensities('max', -1),
  flow: (context, { fromRegions, fromSectors, toRegions, toSectors, value }) => {
    const suppliers = withSectors(citiesOf(context, fromRegions), fromSectors);
    const users = withSectors(citiesOf(context, toRegions), toSectors);
    return equal(total(context.forms.flow(suppliers, users)), value, WEIGHT.flow);
  },
  'flow within': (context, figure) => equal(total(flowWithin(context, figure)), figure.value, WEIGHT.flow),
  'flow share': (context, figure) => {
    const all = { ...figure, fromRegions: null, fromSectors: null };
    return equal(share(flowWithin(context, figure), flowWithin(context, all)), figure.value, WEIGHT.doubtful);
  },
};

/** Orientation of every city: as printed where it is, else that of the reference. */
function orientations(
  forms: EmissionForms,
  printed: readonly PrintedFigure[],
  reference: Float64Array,
): Map<string, number> {
  const known = new Map(
    printed
      .filter(({ measure }) => measure === 'orientation')
      .flatMap(({ fromRegions, value }) => (fromRegions ?? []).map((city) => [city, value] as const)),
  );
  return new Map(
    forms.scene.cities.map((city) => [
      city,
      known.get(city) ?? orientationOf(forms.production({ regions: [city] }), forms.consumption([city]), reference),
    ]),
  );
}

/** The printed figures that the stand-ins are fitted to; those whose measure is not linear in emissions are left out. */
export function fittedFigures(
  forms: EmissionForms,
  printed: readonly PrintedFigure[],
  reference: Float64Array,
): Figure[] {
  const context = { forms, reference, orientation: orientations(forms, printed, reference) };
  return printed.flatMap((figure) => {
    const build = MEASURES[figure.measure];
    if (build === undefined) return [];
    const { statistic, value, unit } = figure;
    return [{ statistic, unit, target: value, ...build(context, figure) }];
  });
}
