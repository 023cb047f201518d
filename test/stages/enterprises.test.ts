import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runEnterprises, type Checked } from './enterprises/run-enterprises.ts';

const HEADER = 'id,name,industry,place,nox_kg';
const GOOD = 'A1,唐山宏达钢铁有限公司,3110,130200,12.5';
const file = (...lines: string[]) => [HEADER, ...lines, ''].join('\n');

/** Lines that stand after GOOD, why each is rejected, and the column it is in. */
const FAULTY: [line: string, reason: string, column: string | null][] = [
  ['A2,x,3110,130200,', 'emission is empty', 'nox_kg'],
  ['A2,x,3110,130200," "', 'emission is empty', 'nox_kg'],
  ['A2,x,3110,130200,\u3000', 'emission is empty', 'nox_kg'],
  ['A2,x,3110,130200,abc', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,1.2.3', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,1_000', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,nan', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,inf', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,-', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,12kg', 'emission is not a number', 'nox_kg'],
  ['A2,x,3110,130200,-0.001', 'emission is negative', 'nox_kg'],
  ['A2,x,3110,130200,-0.0001', 'emission is negative', 'nox_kg'],
  ['A2,x,3110,130200,"－1,000"', 'emission is negative', 'nox_kg'],
  ['A2,x,3110,130200,-1e400', 'emission is negative', 'nox_kg'],
  ['A2,x,3110,130200,1e15', 'emission is too large', 'nox_kg'],
  ['A2,x,3110,130200,1e400', 'emission is too large', 'nox_kg'],
  ['A2,x,9910,130200,1', 'unknown industry', 'industry'],
  ['A2,x,31101,130200,1', 'unknown industry', 'industry'],
  ['A2,x,3,130200,1', 'unknown industry', 'industry'],
  ['A2,x,D31,130200,1', 'unknown industry', 'industry'],
  ['A2,x,31x,130200,1', 'unknown industry', 'industry'],
  ['A2,x,,130200,1', 'unknown industry', 'industry'],
  ['A2,x,C,130200,1', 'industry is only a section', 'industry'],
  ['A2,x,5110,130200,1', 'industry outside the sectors with enterprise records', 'industry'],
  ['A2,x,3110,990100,1', 'unknown place', 'place'],
  ['A2,x,3110,1302xx,1', 'unknown place', 'place'],
  ['A2,x,3110,,1', 'unknown place', 'place'],
  ['A2,x,3110,13,1', 'ambiguous place', 'place'],
  ['A2,x,3110,桥西区,1', 'ambiguous place', 'place'],
  [',x,3110,130200,1', 'id is empty', 'id'],
  ['A1,y,3110,110000,7', 'duplicate id', 'id'],
  ['A2,x,3110,130200', 'missing columns', null],
  ['A2', 'missing columns', null],
  ['"A2,x",3110,130200,1', 'missing columns', null],
  ['A2,x,3110,130200,1,', 'too many columns', null],
  ['A2,x,3110,130200,1,000', 'too many columns', null],
  ['A2,x,y,3110,130200,1', 'too many columns', null],
  ['A2,"x,3110,130200,1', 'stray quote', null],
  ['A2,x",3110,130200,1', 'stray quote', null],
  ['A2,"x"y,3110,130200,1', 'stray quote', null],
  ['A2, "x",3110,130200,1', 'stray quote', null],
  ['A2,x"y"z,3110,130200,1', 'stray quote', null],
  ['"', 'stray quote', null],
  ['A2,\uFFFD,3110,130200,1', 'damaged character', null],
  // More than one thing is wrong: the first that applies is the reason.
  ['A1,x,9910,990100,abc', 'emission is not a number', 'nox_kg'],
  ['A1,x,9910,990100,-5', 'emission is negative', 'nox_kg'],
  ['A1,x,9910,990100,5', 'unknown industry', 'industry'],
  ['A1,x,3110,990100,5', 'unknown place', 'place'],
];

describe('a faulty line', () => {
  it('is rejected with its text, one reason and the column it is in', async () => {
    const { clean, rejects, summary } = await runEnterprises(file(GOOD, ...FAULTY.map(([line]) => line)));
    expect(clean.map(({ line }) => line)).toEqual([2]);
    const expected = FAULTY.map(([raw, reason, column_name], i) => ({ line: i + 3, reason, column_name, raw }));
    expect(rejects).toEqual(expected.map((reject) => ({ file: 'enterprises.csv', ...reject })));
    expect(summary.reduce((sum, { lines }) => sum + lines, 0)).toBe(FAULTY.length);
    expect(new Set(summary.map(({ reason }) => reason))).toEqual(new Set(FAULTY.map(([, reason]) => reason)));
  });
});

/** Records with what each emits. */
const withKilograms = ({ clean, emissions }: Checked) => {
  expect(emissions.map(({ file, line }) => [file, line])).toEqual(clean.map(({ file, line }) => [file, line]));
  return clean.map(({ file: _, ...row }, i) => ({ ...row, kg: emissions[i]!.emission_kg }));
};

describe('a valid file', () => {
  it('gives each record its region and sector', async () => {
    const checked = await runEnterprises(
      file(GOOD, 'A2,,4411,110105,0.001', 'A3,x,061,1400,3', 'A4,x,46,130983123456,1e3'),
    );
    expect(checked.rejects).toEqual([]);
    expect(checked.summary).toEqual([]);
    const name = '唐山宏达钢铁有限公司';
    expect(withKilograms(checked)).toEqual([
      { line: 2, id: 'A1', name, industry: '3110', place: '130200', region: 'TS', sector: 14, kg: 12.5 },
      { line: 3, id: 'A2', name: null, industry: '4411', place: '110105', region: 'BJ', sector: 22, kg: 0.001 },
      { line: 4, id: 'A3', name: 'x', industry: '061', place: '1400', region: 'SX', sector: 2, kg: 3 },
      { line: 5, id: 'A4', name: 'x', industry: '46', place: '130983123456', region: 'CZ', sector: 23, kg: 1000 },
    ]);
    expect(checked.emissions.map(({ pollutant }) => pollutant)).toEqual(['NOx', 'NOx', 'NOx', 'NOx']);
  });

  it('reads quoted fields, and commas and doubled quotes in them', async () => {
    const checked = await runEnterprises(
      file('"A1","恒泰,二分厂",3110,130200,1', 'A2,"唐山""宏达""钢铁",3110,"130200"," 2 "', 'A3,"",3110,130200,3'),
    );
    expect(withKilograms(checked).map(({ id, name, kg }) => [id, name, kg])).toEqual([
      ['A1', '恒泰,二分厂', 1],
      ['A2', '唐山"宏达"钢铁', 2],
      ['A3', null, 3],
    ]);
  });

  it('takes columns by name', async () => {
    const checked = await runEnterprises(' nox_kg ,"place",industry,name,id\n12.5,130200,3110,宏达,A1');
    expect(withKilograms(checked)).toEqual([
      { line: 2, id: 'A1', name: '宏达', industry: '3110', place: '130200', region: 'TS', sector: 14, kg: 12.5 },
    ]);
  });

  it('may do without names, and have columns that are not needed', async () => {
    const checked = await runEnterprises('year,id,industry,place,nox_kg,\n2017,A1,3110,130200,5,remark');
    expect(withKilograms(checked)).toEqual([
      { line: 2, id: 'A1', name: null, industry: '3110', place: '130200', region: 'TS', sector: 14, kg: 5 },
    ]);
  });
});

describe('repeated ids', () => {
  it('keep the first line that is right by itself', async () => {
    const { clean, rejects } = await runEnterprises(
      file('A,x,3110,130200,-1', 'A,x,3110,130200,2', 'B,x,3110,130200,3', 'A,x,3110,130200,4', ' A ,x,9910,130200,5'),
    );
    expect(clean.map(({ line }) => line)).toEqual([3, 4]);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [2, 'emission is negative'],
      [5, 'duplicate id'],
      [6, 'unknown industry'],
    ]);
  });
});

describe('the text of the file', () => {
  const numbers = (checked: Awaited<ReturnType<typeof runEnterprises>>) => [
    checked.clean.map(({ line }) => line),
    checked.rejects.map(({ line, raw }) => [line, raw]),
  ];

  it('may end its lines with LF, CR LF or CR, with blank lines between: line numbers are those of an editor', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['', HEADER, '', GOOD, '  ', '', 'bad', 'A2,x,3110,130200,1', ''].join(end);
      expect(numbers(await runEnterprises(text))).toEqual([[4, 8], [[7, 'bad']]]);
      expect(numbers(await runEnterprises(text.trimEnd()))).toEqual([[4, 8], [[7, 'bad']]]);
    }
    const mixed = `${HEADER}\r\n${GOOD}\n\nbad\r\n\r\n\nA2,x,3110,130200,1\r`;
    expect(numbers(await runEnterprises(mixed))).toEqual([[2, 7], [[4, 'bad']]]);
  });

  it('may begin with a byte order mark', async () => {
    expect(numbers(await runEnterprises(`\uFEFF${file(GOOD)}`))).toEqual([[2], []]);
    expect(numbers(await runEnterprises(`\uFEFF${file(GOOD).replaceAll('\n', '\r\n')}`))).toEqual([[2], []]);
  });

  it('may be GB18030', async () => {
    // 宏达 and 坏 in GB18030
    const name = Buffer.from([0xba, 0xea, 0xb4, 0xef]);
    const bytes = [Buffer.from(`${HEADER}\r\nA1,`), name, Buffer.from(',3110,130200,1\r\n'), Buffer.from([0xbb, 0xb5])];
    const { clean, rejects } = await runEnterprises(Buffer.concat(bytes));
    expect(clean.map((row) => row.name)).toEqual(['宏达']);
    expect(rejects).toMatchObject([{ line: 3, reason: 'missing columns', raw: '坏' }]);
  });

  it('may have a broken character: that line is rejected', async () => {
    const broken = Buffer.concat([Buffer.from('A2,唐'), Buffer.from([0xff]), Buffer.from(',3110,130200,1\n')]);
    const { clean, rejects } = await runEnterprises(Buffer.concat([Buffer.from(file(GOOD)), broken]));
    expect(clean.map((row) => row.name)).toEqual(['唐山宏达钢铁有限公司']);
    expect(rejects).toMatchObject([{ line: 3, reason: 'damaged character', raw: 'A2,唐\uFFFD,3110,130200,1' }]);
  });

  it('may have line breaks inside quotes: they are spaces, and line numbers are those of an editor', async () => {
    for (const end of ['\n', '\r\n']) {
      const lines = [
        '"id",name,"industry\n",place,nox_kg',
        'A1,"多行\n\n""名称"", 二",3110,130200,1',
        '"A2\n",x,3110,130200,"2\n"',
        'A3,"a\nb",9910,130200,1',
        'A4,x,3110,130200,4',
      ];
      const { clean, rejects } = await runEnterprises(lines.join(end));
      expect(clean.map(({ line, id, name }) => [line, id, name])).toEqual([
        [3, 'A1', '多行  "名称", 二'],
        [6, 'A2', 'x'],
        [11, 'A4', 'x'],
      ]);
      expect(rejects.map(({ line, reason, raw }) => [line, reason, raw])).toEqual([
        [9, 'unknown industry', 'A3,"a\nb",9910,130200,1'],
      ]);
    }
  });

  it('may have quotes that are never closed, or too late: each line is a reject of its own', async () => {
    const lines = [
      'A2,"x,3110,130200,1',
      'A3,x",3110,130200,1',
      'A4,"x',
      'A5,x,3110,130200,1',
      'y",3110,130200,1',
      'A6,"x',
      'y",3110,130200',
      'A7,"x',
      'y"z,3110,130200,1',
      'A8,"x',
    ];
    const { clean, rejects } = await runEnterprises(file(GOOD, ...lines));
    expect(clean.map(({ id }) => id)).toEqual(['A1', 'A5']);
    expect(rejects.map(({ line, reason }) => [line, reason])).toEqual(
      [3, 4, 5, 7, 8, 9, 10, 11, 12].map((line) => [line, 'stray quote']),
    );
  });

  it('may have lines of separators and spaces only: they hold nothing', async () => {
    const text = file(GOOD, ',,,,', ' , ,\u3000,,', ',', '"","","","",""', 'A2,,,,', ',,,,0');
    expect(numbers(await runEnterprises(text))).toEqual([[2], [[7, 'A2,,,,'], [8, ',,,,0']]]); // prettier-ignore
    expect(numbers(await runEnterprises(`id;industry;place;nox_kg\nA;3110;130200;1\n;;;\n;,;;\n`))).toEqual([
      [2],
      [[4, ';,;;']],
    ]);
  });

  it('may have a line of half a megabyte', async () => {
    const long = 'x'.repeat(500_000);
    const { clean, rejects } = await runEnterprises(file(GOOD, long, 'A2,x,3110,130200,1'));
    expect(clean.map(({ line }) => line)).toEqual([2, 4]);
    expect(rejects[0]?.raw).toBe(long);
  });
});

describe('a file that cannot be used', () => {
  const remedy = expect.stringContaining('id,name,industry,place,nox_kg') as string;
  it.each([
    ['', /\.csv is empty$/],
    ['\n  \n', /\.csv is empty$/],
    ['id,name,industry,place\nA,x,3110,130200', /\.csv: there is no column NOx; the header is id,name/],
    [GOOD, /\.csv: there is no column id, industry, place, NOx; the header is A1,唐山/],
  ])('%j', async (text, message) => {
    await expect(runEnterprises(text)).rejects.toMatchObject({
      name: 'StageError',
      message: expect.stringMatching(message) as string,
      remedy,
    });
  });

  it('has a header only', async () => {
    await expect(runEnterprises(HEADER)).rejects.toThrow(/has a header but no records/);
  });

  it('has no valid line: the three most frequent reasons are named', async () => {
    const lines = ['a', 'b', 'c', 'd,x,3110,130200,-1', 'e,x,3110,130200,-1', 'f,x,3110,,1', 'f,x,31,,1', '"'];
    await expect(runEnterprises(file(...lines))).rejects.toThrow(
      /none of its 8 lines is valid; most frequent: missing columns \(3, such as enterprises.csv line 2\); emission is negative \(2, such as enterprises.csv line 5, column nox_kg\); unknown place \(2, .*column place\)$/,
    );
  });

  it('has a line without end', async () => {
    const start = Buffer.byteLength(file(GOOD));
    await expect(runEnterprises(file(GOOD, 'x'.repeat(3_000_000)))).rejects.toThrow(
      `the line after the first ${start} bytes is longer than a megabyte`,
    );
  });
});

describe('any mixture of lines', () => {
  const COLUMNS = HEADER.split(',');
  const anyLine = fc
    .oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.stringMatching(/^[",a1.\- ]{0,20}$/))
    .filter((line) => !/[\r\n\u{10FFFF}]/u.test(line));
  const validFields = fc.record({
    id: fc.integer({ min: 1, max: 40 }).map((n) => `N${n}`),
    name: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((name) => !/[\r\n\uFFFD]/.test(name)),
    industry: fc.constantFrom('3110', '4411', '0610', '25', '461'),
    place: fc.constantFrom('130200', '110000', '650100', '1301'),
    grams: fc.nat(1e9),
    quoted: fc.boolean(),
  });
  const field = (text: string, quoted: boolean) =>
    quoted || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  it('is split into records and rejects: nothing is lost, nothing is there twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(COLUMNS, { minLength: COLUMNS.length }),
        fc.array(fc.oneof({ weight: 3, arbitrary: validFields }, anyLine), { minLength: 1, maxLength: 200 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        async (header, entries, end) => {
          const lines = entries.map((entry) => {
            if (typeof entry === 'string') return entry;
            const values: Record<string, string> = { ...entry, nox_kg: String(entry.grams / 1000) } as never;
            return header.map((column) => field(values[column]!, entry.quoted)).join(',');
          });
          // One record that is valid in any case.
          const first = header.map((column) => ({ ...GOOD_FIELDS })[column]!).join(',');
          const { clean, emissions, rejects } = await runEnterprises([header.join(','), first, ...lines].join(end));

          const holdsNothing = (line: string) => /^(?:[ \t\f\u00A0\u3000,]|"[ \t\u00A0\u3000]*")*$/.test(line);
          const there = lines.flatMap((line, i) => (holdsNothing(line) ? [] : [i + 3]));
          // Two lines may happen to be one record with a line break in quotes.
          const told = rejects.flatMap(({ line, raw }) => raw.split('\n').map((text, i) => [line + i, text] as const));
          const numbers = [...clean.map(({ line }) => line), ...told.map(([line]) => line)];
          expect(numbers.sort((a, b) => a - b)).toEqual([2, ...there]);
          for (const [line, text] of told) expect(text).toBe(lines[line - 3]);

          const seen = new Set<string>();
          const valid = entries.flatMap((entry, i) => {
            if (typeof entry === 'string' || seen.has(entry.id)) return [];
            seen.add(entry.id);
            return [[i + 3, entry.id, entry.grams] as const];
          });
          const grams = emissions.map(({ emission_kg }) => Math.round(emission_kg * 1000));
          expect(clean.slice(1).map(({ line, id }, i) => [line, id, grams[i + 1]])).toEqual(valid);
        },
      ),
      { numRuns: 8 },
    );
  });

  const GOOD_FIELDS: Record<string, string> = {
    id: 'first',
    name: 'x',
    industry: '3110',
    place: '130200',
    nox_kg: '1',
  };

  it('gives the same at any number of threads', async () => {
    const lines = Array.from(
      { length: 5000 },
      (_, i) => `N${(i * 7919) % 4000},x,3110,130200,${i % 11 === 0 ? '' : i}`,
    );
    const one = await runEnterprises(file(...lines), { threads: 1 });
    expect(one.rejects.length).toBeGreaterThan(1000);
    const { progress: _, ...four } = await runEnterprises(file(...lines), { threads: 4 });
    expect(one).toMatchObject(four);
  });
});
