import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap, placeLabels, type Box, type Labelled } from '../../../stages/report/labels.ts';
import { contrast, GROUP_COLOURS } from '../../../stages/report/style.ts';

const frame: Box = { left: 0, top: 0, right: 500, bottom: 500 };
const circle = (x: number, y: number, radius = 10): Labelled => ({ x, y, radius, width: 80, height: 30 });

describe('labels beside circles', () => {
  it('stand to the right where there is room', () => {
    const [label] = placeLabels([circle(100, 100)], frame);
    expect(label).toEqual({ dx: 15, dy: 0, anchor: 'start', box: { left: 115, top: 85, right: 195, bottom: 115 } });
  });

  it('stand to the left at the right margin', () => {
    const [label] = placeLabels([circle(480, 100)], frame);
    expect(label).toMatchObject({ anchor: 'end', box: { left: 385, right: 465 } });
  });

  it('cover neither circles nor one another in a chain of neighbours', () => {
    const circles = [circle(200, 200), circle(240, 205, 20), circle(290, 190, 15), circle(205, 240), circle(215, 265)];
    const boxes = placeLabels(circles, frame).map(({ box }) => box);
    const toTheRight = placeLabels([circles[0]!], frame)[0]!.box;
    expect(overlap(toTheRight, { left: 220, top: 185, right: 260, bottom: 225 })).toBeGreaterThan(0);
    for (const [i, box] of boxes.entries()) {
      for (const other of boxes.slice(i + 1)) expect(overlap(box, other)).toBe(0);
      for (const { x, y, radius } of circles) {
        expect(overlap(box, { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius })).toBe(0);
      }
    }
  });

  it('never cover their own circle', () => {
    const coordinate = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate, fc.integer({ min: 1, max: 40 })), { minLength: 1 }),
        (all) => {
          const circles = all.map(([x, y, radius]) => circle(x, y, radius));
          for (const [i, { box }] of placeLabels(circles, frame).entries()) {
            const { x, y, radius } = circles[i]!;
            expect(overlap(box, { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius })).toBe(0);
          }
        },
      ),
    );
  });
});

describe('colours of groups', () => {
  it('are told apart by lightness from those next to them', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
    for (const colours of [GROUP_COLOURS.light, GROUP_COLOURS.dark]) {
      expect(new Set(colours).size).toBe(colours.length);
      for (const [i, colour] of colours.slice(1).entries()) expect(contrast(colours[i]!, colour)).toBeGreaterThan(1.8);
    }
  });
});
