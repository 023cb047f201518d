import type { Geography } from './economy-types.ts';

const EARTH_RADIUS_KM = 6371;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance between two points, km (haversine). */
export function greatCircle(longitudeA: number, latitudeA: number, longitudeB: number, latitudeB: number): number {
  const byLatitude = Math.sin(radians(latitudeB - latitudeA) / 2) ** 2;
  const byLongitude = Math.sin(radians(longitudeB - longitudeA) / 2) ** 2;
  const chord = byLatitude + Math.cos(radians(latitudeA)) * Math.cos(radians(latitudeB)) * byLongitude;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(chord));
}

/**
 * Distances between regions, R x R, km. Goods that stay in a region travel half the distance to its nearest
 * neighbour: regions are small where they lie close together.
 */
export function distances({ regions, longitude, latitude }: Geography): Float64Array {
  const count = regions.length;
  const result = new Float64Array(count * count);
  for (let r = 0; r < count; r++) {
    let nearest = Infinity;
    for (let s = 0; s < count; s++) {
      if (s === r) continue;
      const distance = greatCircle(longitude[r]!, latitude[r]!, longitude[s]!, latitude[s]!);
      result[r * count + s] = distance;
      nearest = Math.min(nearest, distance);
    }
    result[r * count + r] = nearest / 2;
  }
  return result;
}

/** For each region, whether it is one of several parts of its parent. */
export function isPart({ parents }: Geography): boolean[] {
  return parents.map((parent) => parents.filter((other) => other === parent).length > 1);
}

/** Indices of the distinct parents' parts, parents in the order in which they first appear. */
export function partsByParent({ parents }: Geography): { readonly parent: string; readonly parts: number[] }[] {
  return [...new Set(parents)].map((parent) => ({
    parent,
    parts: parents.flatMap((other, region) => (other === parent ? [region] : [])),
  }));
}
