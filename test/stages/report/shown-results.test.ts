import { beforeAll, describe, expect, it } from 'vitest';
import { miniature, writeTables } from './miniature.ts';
import { reportOrigins } from './origins.ts';
import { all, miniatureReport, parse, plain, reportOf, row, standIn, type Element, type Paths } from './report-page.ts';

let full: Paths;
let empty: Paths;
let page: Element;
let usersPage: Element;
beforeAll(async () => {
  ({ full, empty, page, usersPage } = await miniatureReport());
}, 60_000);

describe('the report shows', () => {
  const sentences = (report: Element): string[] => all(report, '.answer').map(({ textContent }) => plain(textContent));
  const evidence =
    'Evidence, from the printed rows of Table 1 alone: of 2 factors, population density goes most closely with ' +
    'consumption-based emissions (r = 0.797).';

  it('the answer, about the stand-in economy, and apart from it what is evidence', () => {
    expect(sentences(page)).toEqual([
      'In the stand-in economy, the 3 cities of Beijing-Tianjin-Hebei emitted 400,000 t of NOx in 2017; what they ' +
        'finally bought caused 500,000 t, of which 120,000 t (24%) was emitted in other provinces.',
      'There, Beijing and Tangshan account for 80.0% of the consumption-based and 100.0% of the production-based ' +
        'emissions; emissions exceed what local consumption causes above all in Tangshan (by 150,000 t).',
      'There, 75% of what flows between the cities comes from the one that emits more for each unit of output.',
      evidence,
    ]);
  });

  it('the answer plainly where all files are the user’s', () => {
    const [first, second, third, last] = sentences(usersPage);
    expect(first).toMatch(/^The 3 cities of Beijing-Tianjin-Hebei emitted/);
    expect(second).toMatch(/^Beijing and Tangshan account/);
    expect(third).toMatch(/^75% of what flows/);
    expect(last).toBe(evidence);
  });

  it('no evidence in the answer that rests on more than published facts', async () => {
    const origins = standIn.map((origin) =>
      origin.artifact === 'correlation' ? { ...origin, evidence: 'stand-in' } : origin,
    );
    const report = parse(await reportOf(full, origins));
    expect(sentences(report).filter((sentence) => sentence.startsWith('Evidence'))).toEqual([]);
  });

  it('Table 1, with the correlations as printed and as they are', () => {
    // Two factors, then consumption as printed and computed, and their difference: 250,000 / 200,000 - 1.
    expect(row(page, 'factors', 'Beijing')).toEqual(['1,261', '76.50', '200,000', '250,000', '+25.0%']);
    expect(row(page, 'factors', 'r, as printed').slice(0, 2)).toEqual(['0.797', '0.506']);
    expect(row(page, 'factors', 'r, printed rows').slice(0, 2)).toEqual(['0.797', '0.503']);
    expect(row(page, 'factors', 'p, two-sided').slice(0, 2)).toEqual(['0.001', '0.080']);
    expect(row(page, 'factors', '95% confidence interval').slice(0, 2)).toEqual(['0.44 to 0.94', '−0.07 to 0.83']);
    expect(row(page, 'factors', 'r, with computed').slice(0, 2)).toEqual(['0.812', '0.482']);
    expect(row(page, 'factors', '95% confidence interval, computed').slice(0, 2)).toEqual([
      '0.40 to 0.90',
      '−0.10 to 0.80',
    ]);
    expect(plain(page.querySelector('#factors')!.textContent)).toContain(
      'printed as 0.506; the printed rows give 0.503.',
    );
  });

  it('the balance of each city', () => {
    expect(row(page, 'accounts', 'Beijing')).toEqual(['100,000', '250,000', '−150,000', '500.25', 'consumer-oriented']);
    expect(row(page, 'accounts', 'Langfang')).toEqual(['0', '100,000', '−100,000', '–', 'consumer-oriented']);
  });

  it('bars as long as the emissions', () => {
    // 99 of Beijing's 100 thousand t are from metals, and 150 of 250 are for construction.
    const widths = all(page.querySelector('#accounts svg')!, '[aria-label=bar] rect').map((bar) =>
      Number(bar.getAttribute('width')),
    );
    const longest = Math.max(...widths);
    expect(longest / 300).toBeCloseTo(Math.min(...widths.filter((width) => width > 0)), 6);
    const expected = [99, 1, 150, 100, 300, 150, 100].map((thousand) => (longest * thousand) / 300);
    const drawn = widths.filter((width) => width > 0).sort((a, b) => a - b);
    expect(drawn).toHaveLength(expected.length);
    for (const [i, width] of expected.sort((a, b) => a - b).entries()) expect(drawn[i]).toBeCloseTo(width, 6);
  });

  it('names in the bars with room for them, and every amount to the pointer', () => {
    const figure = page.querySelector('#accounts svg')!;
    const titles = all(figure, 'title').map(({ textContent }) => plain(textContent));
    expect(titles).toContain('Beijing, production: metal 99.0 thousand t');
    expect(titles).toContain('Beijing, production: service 1.0 thousand t');
    const named = all(figure, 'g[aria-label=text]')[0]!.textContent;
    // Production of Beijing is 99 and 1; consumption 150 and 100; of Tangshan 300 and 150; of Langfang 100.
    expect(named.match(/metal|construction|service/g)).toHaveLength(6);
  });

  it('circles whose area is the intensity, where there is one', () => {
    const circles = all(page.querySelector('#intensity svg')!, 'circle').map((circle) =>
      Number(circle.getAttribute('r')),
    );
    expect(circles).toHaveLength(2);
    const [least, greatest] = circles.sort((a, b) => a - b);
    expect((greatest! / least!) ** 2).toBeCloseTo(3000 / 500.25, 6);
  });

  it('the share of inefficient flows, by basis, where there are any', () => {
    const figure = all(page.querySelector('#intensity')!, 'svg')[1]!;
    expect(figure.getAttribute('aria-label')).toContain('average 75%');
    expect(figure.textContent).toContain('25%');
    expect(figure.textContent).not.toContain('metals');
  });

  it('the largest flows of each network, with their share of all its flows', () => {
    const lines = all(page.querySelector('#networks')!, 'tbody tr').map((line) =>
      all(line, 'th, td').map((cell) => plain(cell.textContent)),
    );
    // 30 + 40 + 14 + 10 + 5 + 1 t; the sixth flow is not shown, but counts.
    expect(lines).toEqual([
      ['Construction 100 t between all cities'],
      ['Beijing', 'Metals', 'Langfang', 'Construction', '40', '40.0%'],
      ['Tangshan', 'Metals', 'Beijing', 'Construction', '30', '30.0%'],
      ['Beijing', 'Service', 'Tangshan', 'Construction', '14', '14.0%'],
      ['Tangshan', 'Metals', 'Langfang', 'Construction', '10', '10.0%'],
      ['Beijing', 'Metals', 'Tangshan', 'Construction', '5', '5.0%'],
      ['Service 8 t between all cities'],
      ['Beijing', 'Metals', 'Tangshan', 'Service', '8', '100.0%'],
    ]);
  });

  it('suppliers and consumers among the provinces', () => {
    const [suppliers, consumers] = all(page.querySelector('#provinces')!, 'svg');
    expect(suppliers!.textContent).toMatch(/Shanxi.*42\.5/s);
    expect(consumers!.textContent).toMatch(/Shanxi.*1\.8/s);
    // There is only one.
    const words = plain(page.querySelector('#provinces p')!.textContent);
    expect(words).toMatch(/the same scale\. Table 4 counts as main only as many as are named in print\.$/);
  });

  it('the eight largest suppliers among many, in their order', async () => {
    const codes = Array.from({ length: 10 }, (_, i) => `P${i}`);
    const many = await writeTables({
      region: [
        ...miniature['region']!,
        ...codes.map((code, i) => ({ ...miniature['region']![3]!, id: 5 + i, code, name: `Far ${i}` })),
      ],
      outside_flow: codes.map((code, i) => ({
        ...{ pollutant: 'NOx', region: 'BJ', outside_region: code, consumed_t: 0 },
        supplied_t: i === 4 ? 99000 : 1000 * i,
      })),
    });
    const section = parse(await reportOf({ ...full, ...many })).querySelector('#provinces')!;
    expect(plain(section.querySelector('p')!.textContent)).toContain('The 8 largest are shown; Table 4 counts');
    const [suppliers, consumers] = all(section, 'figure');
    expect(suppliers!.textContent.match(/Far \d/g)).toEqual([4, 9, 8, 7, 6, 5, 3, 2].map((i) => `Far ${i}`));
    expect(consumers!.textContent).toContain('Nothing to show.');
  });

  it('ours against the printed figures, by kind of evidence', () => {
    const groups = all(page.querySelector('#comparison')!, 'tr.group').map(({ textContent }) => plain(textContent));
    expect(groups.map((group) => group.split(' ').slice(0, 2).join(' '))).toEqual([
      'Published fact',
      'Calibrated stand-in',
      'Stand-in from',
    ]);
    expect(row(page, 'comparison', 'Consumption: Beijing')).toEqual([
      'Table 1',
      '200,000',
      '250,000',
      't',
      '+25.0%',
      '',
    ]);
    expect(row(page, 'comparison', 'Flow share: Tangshan, Metals → Beijing, Construction, Service')).toEqual([
      'section 3.2',
      '6.29',
      '7.50',
      '%',
      '+1.2 points',
      '4',
    ]);
    expect(row(page, 'comparison', 'Production over consumption').slice(1, 5)).toEqual([
      '129.0',
      '129.0',
      '%',
      '0.0 points',
    ]);
    expect(row(page, 'comparison', 'Flow: Shanxi → Beijing').slice(1, 5)).toEqual(['27,530', '–', 't', '–']);
  });

  it('orders in words, and what they follow from', () => {
    const tangshan = row(page, 'comparison', 'Orientation: Tangshan').slice(1, 5);
    expect(tangshan).toEqual(['production-oriented', 'balanced by sign production-oriented', '', 'differs']);
    const beijing = row(page, 'comparison', 'Orientation: Beijing').slice(1, 5);
    expect(beijing).toEqual(['balanced', 'consumer-oriented', '', 'differs']);
    expect(row(page, 'comparison', 'Main supplier: Shanxi').slice(1, 5)).toEqual(['yes', 'no place 1', '', 'differs']);
    const notes = plain(page.querySelector('#comparison .notes')!.textContent);
    expect(notes).toContain('tolerance of the stage compare (its parameter about_equal)');
    expect(notes).toContain('Ours counts the first province as main supplier: as many as the study names');
  });

  it('each note on the comparison once, under its number', () => {
    const notes = all(page.querySelector('#comparison .notes')!, 'li').map(({ textContent }) => plain(textContent));
    expect(new Set(notes).size).toBe(notes.length);
    const noted = (heading: string): string[] =>
      row(page, 'comparison', heading)
        .at(-1)!
        .split(', ')
        .map((number) => notes[Number(number) - 1]!);
    expect(noted('Intensity: Tangshan intensity_TS')).toEqual(['Printed in Mt.']);
    expect(noted('Intensity: Tangshan, Metals')).toEqual(['Printed in Mt.', 'Of cities.']);
    expect(noted('Production over consumption')).toEqual(['Printed as 29% higher.']);
    // What the row shows already is not said again.
    expect(noted('Flow share: Tangshan')).toEqual(['Of its transfer.']);
  });

  it('the certificate of both steps', () => {
    expect(row(page, 'certificate', '1. least largest deviation').slice(0, 5)).toEqual([
      '0.412773',
      '0.412773',
      '2.4 × 10⁻⁷',
      '3.1 × 10⁻⁹',
      '87',
    ]);
    expect(row(page, 'certificate', '2. least sum').slice(0, 2)).toEqual(['18,231.77', '18,229.60']);
  });

  it('how many records were read, counted and not counted', () => {
    expect(row(page, 'records', 'counted')).toEqual(['3', '60.00%']);
    expect(row(page, 'records', 'not counted: unknown place')).toEqual(['1', '20.00%']);
    expect(row(page, 'records', 'read')).toEqual(['5', '100.00%']);
    expect(plain(page.querySelector('#records caption')!.textContent)).toContain('400,000 t of NOx');
  });

  it('what is certified of each table', () => {
    const wrong = row(page, 'records', 'accounts out of balance');
    expect(wrong).toEqual(['1', '', '', '0', 'does not hold. reference_table: TS.1']);
    expect(row(page, 'records', 'spectral radius of A')).toEqual(['', '', '0.543', '1', 'holds']);
    // Of a single pollutant it is not said which.
    expect(row(page, 'records', 'emissions')).toEqual(['', '', '534,000', '', '']);
  });
});

describe('the report against other methods', () => {
  const section = (report: Element): string => plain(report.querySelector('#methods')!.textContent);
  const lines = (report: Element): string[][] =>
    all(report.querySelector('#methods')!, 'tbody tr').map((line) =>
      all(line, 'th, td').map((cell) => plain(cell.textContent)),
    );

  it('has every score in percent, by errors in the totals', () => {
    expect(lines(page).slice(0, 3)).toEqual([
      ['Totals exact'],
      ['ANAIS', '16.00', '19.00', '0.0700', '0.154', '16.40', '2.50', '72.0 (true: 75.0)', ''],
      ['RAS', '15.00', '18.00', '0.0600', '0.151', '16.20', '3.00', '73.0 (true: 75.0)', ''],
    ]);
    expect(lines(page)).toContainEqual([
      'ANAIS',
      '12.0 ± 1.0',
      '13.0 ± 2.0',
      '5.00 ± 1.00',
      '0.140 ± 0.015',
      '20 of 20',
      '',
    ]);
  });

  it('has no scores of a method that found no table, and says why', () => {
    expect(lines(page)).toContainEqual([
      'ANAIS',
      '–',
      '–',
      '–',
      '–',
      '–',
      '–',
      '– (true: 75.0)',
      'no table: step 1 & 2',
    ]);
    expect(section(page)).toContain('No table was found by ANAIS at 5%.');
    expect(
      lines(page)
        .find(([method, , , , , found]) => method === 'RAS' && found === '19 of 20')
        ?.at(-1),
    ).toBe('no table: no way');
  });

  it('says whether ANAIS beats RAS, from the numbers, whichever way it goes', async () => {
    expect(section(page)).toContain(
      'ANAIS beats RAS in some cases only: its error is the smaller one in 1 of 4 comparisons (4 measures at 2 levels of errors). ' +
        'With exact totals, the error in flows is: RAS 15.00%, ANAIS 16.00%.',
    );
    expect(section(page)).toContain('ANAIS beats RAS: its error is the smaller one in all of 6 comparisons');
    const worse = miniature['validation_national']!.map((scores) =>
      scores['method'] === 'RAS' ? { ...scores, wape: 0.01, stpe: 0.01, theil_u: 0.01 } : scores,
    );
    const report = parse(await reportOf({ ...full, ...(await writeTables({ validation_national: worse })) }));
    expect(section(report)).toContain('ANAIS does not beat RAS: its error is the smaller one in none of 6 comparisons');
    const alone = miniature['validation_national']!.filter(({ method }) => method !== 'RAS');
    const without = parse(await reportOf({ ...full, ...(await writeTables({ validation_national: alone })) }));
    expect(section(without)).toContain('ANAIS and RAS cannot be compared');
  });

  it('says plainly that the true table is a stand-in, where it is', () => {
    expect(section(page)).toContain('The true table is a stand-in');
    const sources = all(page.querySelector('#methods')!, '.source').map(({ textContent }) => plain(textContent));
    expect(sources[0]).toMatch(/^From validation_study · rests on .*stand-in/);
    expect(sources[2]).toBe('From validation_national · rests on estimate from published facts');
  });

  it('says that nothing can be said of the study where the target is the user’s own', async () => {
    const report = parse(
      await reportOf({ ...full, validation_study: empty['validation_study']! }, reportOrigins('present')),
    );
    expect(section(report)).toContain('the true table is known only where the target is a stand-in');
    expect(section(report)).not.toContain('The true table is a stand-in');
    expect(all(report.querySelector('#methods')!, 'svg')).toHaveLength(1);
  });

  it('draws one line a method in each field, on one scale from 0', () => {
    const [study, national] = all(page.querySelector('#methods')!, 'svg');
    // ANAIS and RAS in four fields; ANAIS, RAS and GRAS in three.
    expect(all(study!, '[aria-label=line] path')).toHaveLength(8);
    expect(all(national!, '[aria-label=line] path')).toHaveLength(9);
    const height = (circle: Element): number => Number(circle.getAttribute('cy'));
    const first = all(study!, '[aria-label=dot]')[0]!;
    const flows = height(all(first, 'circle')[0]!);
    const others = all(study!, '[aria-label=dot] circle').map(height);
    // The largest error, 20%, is drawn highest; footprints, 2.5%, lowest.
    expect(Math.min(...others)).toBeLessThan(flows);
    expect(Math.max(...others)).toBeGreaterThan(flows);
  });
});
