import type { StageContext } from '../../runner/stage.ts';
import { hasInputs, rows } from '../rows.ts';

/**
 * Scores of ANAIS and other methods where the true table is known; those of a method without a table are NaN. Null
 * without the table of scores.
 */
export async function readMethods(context: StageContext) {
  return {
    study: hasInputs(context, 'validation_study') ? await readStudy(context) : null,
    national: hasInputs(context, 'validation_national') ? await readNational(context) : null,
  };
}

const readStudy = (context: StageContext) =>
  rows(
    context,
    {
      noise: 'number',
      method: 'text',
      message: 'text or null',
      wape: 'number',
      stpe: 'number',
      mad: 'number',
      theilU: 'number',
      footprints: 'number',
      regionFlows: 'number',
      inefficient: 'number',
      trulyInefficient: 'number',
    },
    `SELECT noise, method, message, wape, stpe, mad, theil_u AS "theilU", footprint_wape AS footprints,
       city_flow_wape AS "regionFlows", inefficient_share AS inefficient, true_inefficient_share AS "trulyInefficient"
     FROM validation_study ORDER BY noise, method`,
  );

const readNational = (context: StageContext) =>
  rows(
    context,
    {
      noise: 'number',
      method: 'text',
      draws: 'number',
      solved: 'number',
      message: 'text or null',
      wape: 'number',
      wapeDeviation: 'number',
      stpe: 'number',
      stpeDeviation: 'number',
      mad: 'number',
      madDeviation: 'number',
      theilU: 'number',
      theilUDeviation: 'number',
    },
    `SELECT noise, method, draws, solved, message, wape, wape_deviation AS "wapeDeviation", stpe,
       stpe_deviation AS "stpeDeviation", mad, mad_deviation AS "madDeviation", theil_u AS "theilU",
       theil_u_deviation AS "theilUDeviation"
     FROM validation_national ORDER BY noise, method`,
  );

export type Methods = Awaited<ReturnType<typeof readMethods>>;
export type StudyRow = NonNullable<Methods['study']>[number];
export type NationalRow = NonNullable<Methods['national']>[number];
