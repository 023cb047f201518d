/** A circle with a label of this size, in pixels; y goes down. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where a label stands, from the centre of its circle. */
export interface Placement {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly box: Box;
}

/** Between a circle and its label. */
const GAP = 5;

/** Sides of a circle in the order in which they are tried: right, left, below, above, then the corners. */
const SIDES = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/** Each label, in turn, goes to the first side where it covers least of circles, earlier labels and the margin. */
export function placeLabels(circles: readonly Labelled[], frame: Box): Placement[] {
  const placed: Placement[] = [];
  for (const circle of circles) {
    const covered = ({ box }: Placement): number =>
      area(box) -
      overlap(box, frame) +
      sum(circles, (other) => overlap(box, bounds(other))) +
      sum(placed, (earlier) => overlap(box, earlier.box));
    const candidates = SIDES.map(([across, down]) => candidate(circle, across, down));
    placed.push(candidates.reduce((best, next) => (covered(next) < covered(best) ? next : best)));
  }
  return placed;
}

function candidate({ x, y, radius, width, height }: Labelled, across: -1 | 0 | 1, down: -1 | 0 | 1): Placement {
  // At a corner the label begins beside the circle, as high as its top or as low as its foot.
  const dx = across * (radius + GAP);
  const dy = down * (across === 0 ? radius + GAP + height / 2 : radius / 2 + height / 2);
  const left = x + dx - (width * (1 - across)) / 2;
  const top = y + dy - height / 2;
  const box = { left, top, right: left + width, bottom: top + height };
  return { dx, dy, anchor: across === 0 ? 'middle' : across > 0 ? 'start' : 'end', box };
}

const bounds = ({ x, y, radius }: Labelled): Box => ({
  left: x - radius,
  top: y - radius,
  right: x + radius,
  bottom: y + radius,
});

const area = ({ left, top, right, bottom }: Box): number => (right - left) * (bottom - top);

/** The area that two boxes share. */
export const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

const sum = <T>(items: readonly T[], amount: (item: T) => number): number =>
  items.reduce((total, item) => total + amount(item), 0);
