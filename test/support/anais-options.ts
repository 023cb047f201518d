import type { AnaisOptions } from '../../mrio/anais/anais.ts';

/** Options of ANAIS as pipeline.yaml has them; a test says what it wants otherwise. */
export const ANAIS_OPTIONS: AnaisOptions = {
  bound: 'relative',
  objective: 'relative',
  consistency: 'totals',
  reference: 'shares',
  solver: 'structured',
  slack: 0.01,
  bandWidening: 0,
  largestGap: 1e-6,
};
