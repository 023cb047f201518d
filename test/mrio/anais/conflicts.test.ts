import { describe, expect, it } from 'vitest';
import { anais } from '../../../mrio/anais/anais.ts';
import { AnaisConflict, requireNoConflict } from '../../../mrio/anais/anais-conflict.ts';
import { conflictBound } from '../../../mrio/anais/bounds.ts';
import { finding, suggestion } from '../../../mrio/anais/conflict-words.ts';
import { conflicts, type Conflict, type Relaxation } from '../../../mrio/anais/conflicts.ts';
import { coefficientBand, division, shareReference, type Division } from '../../../mrio/anais/disaggregation.ts';
import { elasticRun, type ElasticSolution } from '../../../mrio/anais/interior-point/elastic-run.ts';
import { anaisProblem, type AnaisProblem } from '../../../mrio/anais/problem.ts';
import type { Consistency } from '../../../mrio/anais/rows.ts';
import { dimensions } from '../../../mrio/table.ts';
import { createRandom } from '../../../stages/stand-in/random.ts';
import { ANAIS_OPTIONS } from '../../support/anais-options.ts';
import { askPlainly } from '../../support/plain-constraints.ts';
import { aggregate, randomDivision } from '../../support/random-division.ts';

const quiet = (): void => undefined;

/** The problem of a division, with right-hand sides changed afterwards. */
function problemOf(
  known: Division,
  consistency: Consistency,
  change: (problem: AnaisProblem) => void = quiet,
  widening = 0.1,
): AnaisProblem {
  const variant = { bound: 'relative', objective: 'relative', consistency } as const;
  const problem = anaisProblem(known, shareReference(known), coefficientBand(known.target, widening), variant);
  change(problem);
  return problem;
}

/** Multiplies the right-hand side of a row. */
const times =
  (row: (layout: AnaisProblem['layout']) => number, factor: number) =>
  ({ layout, rightHandSide }: AnaisProblem): void => {
    rightHandSide[row(layout)]! *= factor;
  };

/** Money that each constraint which may give way costs, as the elastic run counts it. */
function costs({ layout }: AnaisProblem, { size }: ElasticSolution): Map<number, number> {
  const coherence = layout.range('coherence');
  const caps = layout.range('coherence cap').start;
  const cost = new Map<number, number>();
  for (let row = coherence.start; row < layout.count; row++) {
    cost.set(row, 1 / size[row < caps ? caps + row - coherence.start : row]!);
  }
  return cost;
}

/** The problem with some constraints as they would have to be; bands a hair wider, since rounding may go either way. */
function relaxed(problem: AnaisProblem, relaxations: readonly Relaxation[]): AnaisProblem {
  const { layout } = problem;
  const [low, high, b] = [problem.bandLow.slice(), problem.bandLow.slice(), problem.rightHandSide.slice()];
  high.forEach((value, at) => (high[at] = value + problem.bandWidth[at]!));
  for (const { row, family, needed } of relaxations) {
    const at = row - layout.range(family).start;
    if (family === 'coherence') low[at] = needed! * (1 - 1e-7);
    else if (family === 'coherence cap') high[at] = needed! * (1 + 1e-7);
    else b[row] = needed!;
  }
  return { ...problem, rightHandSide: b, bandLow: low, bandWidth: high.map((value, at) => value - low[at]!) };
}

/** Each conflict, and the problem in which the others have given way. */
async function oneByOne(problem: AnaisProblem, solution: ElasticSolution): Promise<[Conflict, AnaisProblem][]> {
  const found = await conflicts(problem, solution);
  return found.map((conflict) => {
    const others = found.filter((other) => other !== conflict).map(({ relaxation }) => relaxation);
    return [conflict, relaxed(problem, others)];
  });
}

const { known } = randomDivision(6, { cities: 3, provinces: 3, sectors: 3 });

const PLANTED: readonly (readonly [string, Consistency, (problem: AnaisProblem) => void])[] = [
  ['a total output far above what bands allow', 'totals', times((l) => l.totalOutput(0, 0), 3)],
  ['a total output far below', 'totals', times((l) => l.totalOutput(0, 1), 0.2)],
  ['a total primary input that others contradict', 'totals', times((l) => l.totalPrimaryInput(0, 0), 2)],
  ['a total final demand that others contradict', 'totals', times((l) => l.totalFinalDemand(0, 2), 0.5)],
  ['a known supplier that others contradict', 'totals', times((l) => l.knownSupplier(0, 0), 3)],
  ['a known user that others contradict', 'totals', times((l) => l.knownUser(0, 4), 5)],
  ['a total output that blocks contradict', 'blocks', times((l) => l.totalOutput(0, 0), 3)],
  ['a total primary input that blocks contradict', 'blocks', times((l) => l.totalPrimaryInput(0, 1), 2)],
  ['a block of inputs', 'blocks', times((l) => l.blockOfInputs(0, 0, 0), 3)],
  ['a block of sales', 'blocks', times((l) => l.blockOfSales(0, 1, 2), 3)],
  ['a block within', 'blocks', times((l) => l.blockWithin(0, 0, 0, 1), 3)],
  ['a block of final demand', 'blocks', times((l) => l.blockOfFinalDemand(0, 2, 1), 3)],
];

describe.each(PLANTED)('%s (%s)', (_, consistency, plant) => {
  const problem = problemOf(known, consistency, plant);
  const solution = elasticRun(problem, quiet);

  it('is proven to be a conflict: its bound meets the optimum that the simplex method finds', async () => {
    const optimum = await askPlainly(problem, { cost: costs(problem, solution) });
    expect(solution.bound).toBeGreaterThan(1e-4);
    expect(solution.bound).toBeLessThanOrEqual(optimum! * (1 + 1e-7));
    expect(solution.sum).toBeCloseTo(optimum!, 6);
    expect(await askPlainly(problem, {})).toBeNull();
  });

  it('can be solved once it gives way as far as is said', async () => {
    const found = await conflicts(problem, solution);
    const mended = relaxed(problem, found.map(({ relaxation }) => relaxation)); // prettier-ignore
    expect(elasticRun(mended, quiet).bound).toBeLessThan(1e-9);
    const tolerant = await askPlainly(mended, { cost: costs(problem, solution) });
    expect(tolerant).toBeLessThan(1e-6);
  });

  it('would not be solved by another total, alone, if it gave way by less than is said', async () => {
    for (const [conflict, mended] of await oneByOne(problem, solution)) {
      const totals = conflict.against.filter(({ measure }) => measure === 'money');
      expect(totals.length).toBeGreaterThan(0);
      for (const one of totals.slice(0, 3)) {
        const less = one.given + 0.99 * ((one.needed ?? 0) - one.given);
        expect(await askPlainly(relaxed(mended, [{ ...one, needed: less }]), {})).toBeNull();
      }
    }
  });

  it('is irreducible: nothing that stands against it can be missed', async () => {
    for (const [conflict, mended] of await oneByOne(problem, solution)) {
      expect(conflict.irreducible).toBe(true);
      const rows = [conflict.relaxation, ...conflict.against].map(({ row }) => row);
      expect(await askPlainly(mended, { only: new Set(rows) })).toBeNull();
      for (const missed of rows) {
        const rest = new Set(rows.filter((row) => row !== missed));
        expect(await askPlainly(mended, { only: rest })).not.toBeNull();
      }
    }
  });
});

describe('what is named, and the amount', () => {
  const found = async (consistency: Consistency, plant: (problem: AnaisProblem) => void): Promise<Conflict[]> => {
    const problem = problemOf(known, consistency, plant);
    return conflicts(problem, elasticRun(problem, quiet));
  };
  const right = problemOf(known, 'blocks').rightHandSide;
  const { layout } = problemOf(known, 'blocks');

  it('a total output above what bands allow: the largest that the simplex method finds', async () => {
    const problem = problemOf(known, 'totals', PLANTED[0]![2]);
    const row = problem.layout.totalOutput(0, 0);
    const [conflict, ...others] = await conflicts(problem, elasticRun(problem, quiet));
    expect(others).toEqual([]);
    const { family, place, give, needed, given } = conflict!.relaxation;
    expect({ family, place, give }).toEqual({
      family: 'total output',
      place: { from: { region: 'H', sector: 1 }, to: null },
      give: 'lower',
    });
    expect(given).toBe(problem.rightHandSide[row]);
    const largest = await askPlainly(problem, { largest: row });
    expect(Math.abs(needed! / largest! - 1)).toBeLessThan(1e-6);
    expect(conflict!.against.map((one) => one.family)).toContain('coherence cap');
  });

  it.each([
    ['block within', layout.blockWithin(0, 0, 0, 1)],
    ['total output', layout.totalOutput(0, 0)],
    ['total primary input', layout.totalPrimaryInput(0, 1)],
  ])('a %s three times as large: it has to be what it was, since all others still are', async (family, row) => {
    const [conflict, ...others] = await found('blocks', times(() => row, 3)); // prettier-ignore
    expect(others).toEqual([]);
    expect(conflict!.relaxation).toMatchObject({
      family,
      row,
      give: 'lower',
      measure: 'money',
      given: 3 * right[row]!,
    });
    expect(conflict!.relaxation.needed! / right[row]!).toBeCloseTo(1, 6);
  });

  it('a primary input above the whole output: these two, and nothing else', async () => {
    const [conflict] = await found('totals', (problem) => {
      const { rightHandSide: b } = problem;
      b[problem.layout.totalOutput(0, 0)] = b[problem.layout.totalPrimaryInput(0, 0)]! / 2;
    });
    expect(conflict!.irreducible).toBe(true);
    expect(conflict!.relaxation).toMatchObject({ family: 'total output', give: 'raise' });
    expect(conflict!.against).toMatchObject([{ family: 'total primary input', give: 'lower' }]);
  });

  it('a supplier of more than the bands of all users allow: upper ends times outputs, less what others supply', async () => {
    // 60% of all primary inputs come from P1.1 instead.
    const problem = problemOf(known, 'totals', ({ layout: rows, rightHandSide: b }) => {
      for (let i = 0; i < 3; i++) {
        const moved = 0.6 * b[rows.totalPrimaryInput(0, i)]!;
        b[rows.totalPrimaryInput(0, i)]! -= moved;
        b[rows.knownSupplier(0, 0)]! += moved;
      }
    });
    const { layout: rows, rightHandSide: b } = problem;
    const all = await conflicts(problem, elasticRun(problem, quiet));
    const conflict = all.find(({ relaxation }) => relaxation.family === 'known supplier')!;
    expect(conflict.relaxation).toMatchObject({
      give: 'lower',
      place: { from: { region: 'P1', sector: 1 }, to: { region: 'H', sector: null } },
      given: b[rows.knownSupplier(0, 0)],
    });
    const { high } = coefficientBand(known.target, 0.1);
    const taken = [0, 1, 2].reduce((sum, j) => sum + high[j]! * b[rows.totalOutput(0, j)]!, 0);
    const others = b[rows.knownSupplier(3, 0)]! + b[rows.knownSupplier(6, 0)]!;
    expect(conflict.relaxation.needed! / (taken - others)).toBeCloseTo(1, 6);
    const families = new Set(conflict.against.map(({ family }) => family));
    expect([...families].sort()).toEqual(['coherence cap', 'total output']);
    for (const { family, place } of conflict.against) if (family === 'coherence cap') expect(place.from.sector).toBe(1);
  });

  it('a band too narrow in one account: its coefficient, and by how much to widen it', async () => {
    // Product 1 may be no input of any account but C1.1, where it may be at most 1% of output.
    const problem = problemOf(known, 'totals');
    const { bandLow, bandWidth } = problem;
    for (let u = 0; u < 9; u++) {
      bandLow[3 * u] = 0;
      bandWidth[3 * u] = u === 0 ? 0.01 : 0;
    }
    const [conflict, ...others] = await conflicts(problem, elasticRun(problem, quiet));
    const bands = [conflict!, ...others]
      .map(({ relaxation }) => relaxation)
      .filter(({ measure }) => measure === 'coefficient');
    expect(bands.length).toBeGreaterThan(0);
    for (const { family, place, needed } of bands) {
      expect(family).toBe('coherence cap');
      expect(place.from).toEqual({ region: null, sector: 1 });
      expect(needed).toBeLessThan(1);
    }
    const mended = relaxed(problem, [conflict!, ...others].map(({ relaxation }) => relaxation)); // prettier-ignore
    expect(await askPlainly(mended, { cost: costs(problem, elasticRun(problem, quiet)) })).toBeLessThan(1e-6);
  });

  it('two conflicts: each with what stands against it', async () => {
    const both = await found('totals', ({ layout: rows, rightHandSide: b }) => {
      for (const i of [0, 1]) b[rows.totalOutput(0, i)] = b[rows.totalPrimaryInput(0, i)]! / 2;
    });
    const pairs = both.map(({ relaxation, against }) => [relaxation, ...against].map(({ row }) => row));
    const { layout: rows } = problemOf(known, 'totals');
    for (const i of [0, 1]) {
      expect(pairs).toContainEqual([rows.totalOutput(0, i), rows.totalPrimaryInput(0, i)]);
    }
  });

  it('two divided regions: the one it is about', async () => {
    const parent = (region: string): string => ({ C1: 'G', C2: 'G', C3: 'H', C4: 'H' })[region] ?? region;
    const { truth, known: one } = randomDivision(13, { cities: 4, provinces: 2, sectors: 2 });
    const two = division(one.reference, aggregate(truth, parent), parent);
    const problem = problemOf(two, 'blocks', times((l) => l.totalOutput(1, 0), 3), 1); // prettier-ignore
    const [conflict, ...others] = await conflicts(problem, elasticRun(problem, quiet));
    expect(others).toEqual([]);
    expect(conflict!.relaxation.place.from).toEqual({ region: 'H', sector: 1 });
  });
});

describe('on random problems, right and wrong', () => {
  const cases = Array.from({ length: 24 }, (_, seed) => seed);

  it.each(cases)('says that there is a conflict where the simplex method finds no solution (seed %i)', async (seed) => {
    const random = createRandom(seed, 'conflicts').uniform;
    const { known: some } = randomDivision(seed, { cities: 2, provinces: 2, sectors: 2 });
    const consistency = seed % 2 === 0 ? 'totals' : 'blocks';
    const widening = [0.05, 0.3, 0.9][seed % 3]!;
    const spoil = ({ rightHandSide: b, layout }: AnaisProblem): void => {
      const first = layout.range('total output').start;
      for (let count = 0; count < seed % 4; count++) {
        b[first + Math.floor(random() * (layout.count - first))]! *= 0.3 + 2.7 * random();
      }
    };
    const problem = problemOf(some, consistency, spoil, widening);
    const solution = elasticRun(problem, quiet);
    const cost = costs(problem, solution);
    const optimum = await askPlainly(problem, { cost });
    expect(solution.bound > 1e-9).toBe(optimum! > 1e-9);
    expect(Math.abs(solution.sum - optimum!)).toBeLessThan(1e-6 * (1 + optimum!));
    if (!(solution.bound > 1e-9)) {
      await expect(requireNoConflict(problem, quiet)).resolves.toBeUndefined();
      return;
    }
    const found = await conflicts(problem, solution);
    const mended = relaxed(problem, found.map(({ relaxation }) => relaxation)); // prettier-ignore
    expect(await askPlainly(mended, { cost })).toBeLessThan(1e-6);
    await expect(requireNoConflict(problem, quiet)).rejects.toThrow(AnaisConflict);
  });

  it.each(['totals', 'blocks'] as const)('no duals prove more than the least violations: %s', async (consistency) => {
    const random = createRandom(9, 'duals').uniform;
    // One input of each city sector is far too high: these bands give way, and no total.
    const problem = problemOf(known, consistency, ({ bandLow, bandWidth }) => {
      for (let at = 0; at < bandLow.length; at += 3) [bandLow[at], bandWidth[at]] = [1.5, 0];
    });
    const solution = elasticRun(problem, quiet);
    const optimum = (await askPlainly(problem, { cost: costs(problem, solution) }))!;
    expect(optimum).toBeGreaterThan(0.01);
    let best = 0;
    for (let draw = 0; draw < 300; draw++) {
      const noise = 10 ** (3 * random() - 4);
      const duals = solution.duals.map((y) => y * (1 + noise * (2 * random() - 1)));
      const found = conflictBound(problem, solution.size, duals);
      expect(found).toBeLessThanOrEqual(optimum * (1 + 1e-7));
      best = Math.max(best, found);
    }
    expect(best).toBeGreaterThan(0.5 * optimum);
  });

  it.each(['totals', 'blocks'] as const)('no duals prove a conflict where there is none: %s', (consistency) => {
    const problem = problemOf(known, consistency, quiet, 0.9);
    const { size } = elasticRun(problem, quiet);
    const random = createRandom(5, 'duals').uniform;
    for (let draw = 0; draw < 200; draw++) {
      const spread = 10 ** (-3 * random());
      const duals = size.map((unit) => (random() < spread ? (2 * random() - 1) / unit : 0));
      expect(conflictBound(problem, size, duals)).toBeLessThanOrEqual(0);
    }
  });
});

describe('a constraint that cannot give way far enough', () => {
  const place = { from: { region: 'H', sector: 1 }, to: null };
  const total: Relaxation = {
    ...{ row: 0, give: 'lower', family: 'total output', place, measure: 'money', given: 1234, needed: null },
  };

  it('is not said to be allowed 0', () => {
    expect(finding(total)).toBe(
      'the total output of H.1 is 1,234 in the target table, all else allows none, not even 0',
    );
    expect(suggestion(total)).toBe('');
    const band: Relaxation = { ...total, family: 'coherence', measure: 'coefficient', given: 0.25 };
    expect(finding(band)).toMatch(/ is 0\.25, all else allows none, not even 0$/);
  });
});

describe('the error', () => {
  /** Of product 1 only C1.1 takes anything in: it would have to use up what the other regions deliver of it. */
  function oneUser(): Division {
    const { known: small } = randomDivision(6, { cities: 2, provinces: 3, sectors: 2 });
    const { n, sectorCount } = dimensions(small.reference);
    const intermediate = small.reference.intermediate.map((value, cell) => {
      if (Math.floor(cell / n) % sectorCount !== 0 || cell % n >= 2 * sectorCount) return value;
      return cell % n === 0 ? 1 + value : 0;
    });
    return { ...small, reference: { ...small.reference, intermediate } };
  }

  it.each(['structured', 'highs'] as const)(
    'names what gives way, what stands against it, and the change (%s)',
    async (solver) => {
      const failure = await anais(oneUser(), { ...ANAIS_OPTIONS, solver }, quiet).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AnaisConflict);
      const { message, remedy, conflicts: found } = failure as AnaisConflict;
      expect(message).toMatch(/^the constraints of ANAIS cannot all hold: .* add up to [\d.]+% or more\n {2}\S/);
      expect(message).toMatch(/all else (allows at (most|least)|asks for) [\d,.]+\n {4}against it/);
      expect(remedy).toMatch(/enough( together)?:\n {2}(lower|raise|widen) .* by [\d,.]+/);
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it('puts it in words', async () => {
    const problem = problemOf(known, 'blocks', times((l) => l.totalPrimaryInput(0, 0), 2)); // prettier-ignore
    const { message, remedy } = await requireNoConflict(problem, quiet).then(
      () => new AnaisConflict([], 0),
      (error: unknown) => error as AnaisConflict,
    );
    expect(message.split('\n')).toEqual([
      'the constraints of ANAIS cannot all hold: in every table the violations, each as a share of its constraint, add up to 50% or more',
      '  the total primary input of H.1 is 3,197.184 in the target table, all else allows at most 1,598.592',
      '    against it, with nothing to spare: the total output of H.1',
    ]);
    expect(remedy.split('\n')).toEqual([
      'This change is enough:',
      '  lower the total primary input of H.1 by 1,598.592 (50%), to 1,598.592',
      'In place of the total primary input of H.1, one of these, alone, would have to change by about as much or more:',
      '  raise the total output of H.1 by 1,598.592 (63.5%), to 4,116.721',
    ]);
  });
});
