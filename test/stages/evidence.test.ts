import { describe, expect, it } from 'vitest';
import type { Origin } from '../../runner/stage.ts';
import { areFitted, evidenceLabels, evidenceOf, standIns, userFiles } from '../../stages/evidence.ts';
import { reportOrigins } from './report/origins.ts';

const origin = (artifact: string, evidence: string | null, ...inputs: string[]): Origin => ({
  artifact,
  evidence,
  inputs,
  stage: null,
  sha256: '',
  description: '',
  columns: {},
});

const names = (origins: readonly Origin[]): string[] => origins.map(({ artifact }) => artifact);

describe('evidence', () => {
  it('is the label of the artifact itself, whatever it was made from', () => {
    const origins = [origin('a', 'stand-in'), origin('b', 'published fact', 'a')];
    expect(evidenceLabels('b', origins)).toEqual(['published fact']);
  });

  it('is all that an artifact without a label was made from, sorted, each label once', () => {
    const origins = [
      origin('a', 'stand-in'),
      origin('b', 'published fact'),
      origin('c', null, 'a', 'b'),
      origin('d', 'stand-in', 'b'),
      origin('e', null, 'd', 'c', 'unknown'),
    ];
    expect(evidenceOf('e', origins)).toBe('published fact + stand-in');
  });

  it('does not look behind a label', () => {
    const origins = [origin('a', "user's data"), origin('b', 'stand-in', 'a'), origin('c', null, 'b')];
    expect(evidenceOf('c', origins)).toBe('stand-in');
  });
});

describe('stand-ins', () => {
  it('tell what the results are computed from apart from what that was made from', () => {
    const { used, others } = standIns(reportOrigins('absent'));
    expect(names(used).sort()).toEqual([
      'stand_in_emission_factor',
      'stand_in_energy_use',
      'stand_in_enterprise_file',
      'stand_in_reference_mrio',
      'stand_in_target_mrio',
    ]);
    expect(names(others)).toContain('stand_in_true_mrio');
    expect(names(others)).toContain('calibration');
  });

  it('are fitted where they were made from printed figures, however far back', () => {
    const origins = [
      origin('published', 'published fact'),
      origin('intensities', null, 'published'),
      origin('fitted', 'stand-in', 'intensities'),
      origin('free', 'stand-in'),
    ];
    const named = (...artifacts: string[]) => origins.filter(({ artifact }) => artifacts.includes(artifact));
    expect(areFitted(named('fitted', 'free'), origins)).toBe(true);
    expect(areFitted(named('free'), origins)).toBe(false);
    const study = reportOrigins('absent');
    expect(areFitted(standIns(study).used, study)).toBe(true);
  });

  it('are not used where all files are the user’s', () => {
    const origins = reportOrigins('present');
    expect(standIns(origins).used).toEqual([]);
    expect(names(userFiles(origins))).toContain('enterprise_file');
    expect(evidenceOf('region_balance', origins)).toBe("published fact + user's data");
  });
});
