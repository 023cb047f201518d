import { describe, expect, it } from 'vitest';
import type { Origin } from '../../runner/stage.ts';
import { evidenceLabels, evidenceOf, standIns, userFiles } from '../../stages/publish/evidence.ts';
import { publishOrigins } from './publish-miniature.ts';

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
    const { used, others } = standIns(publishOrigins('absent'));
    expect(names(used).sort()).toEqual([
      'stand_in_city_mrio_2012',
      'stand_in_emission_factor',
      'stand_in_energy_use',
      'stand_in_enterprise_file',
      'stand_in_provincial_mrio_2017',
    ]);
    expect(names(others)).toContain('stand_in_true_mrio_2017');
    expect(names(others)).toContain('calibration');
  });

  it('are not used where all files are the user’s', () => {
    const origins = publishOrigins('present');
    expect(standIns(origins).used).toEqual([]);
    expect(names(userFiles(origins))).toContain('enterprise_file');
    expect(evidenceOf('city_balance', origins)).toBe("published fact + user's data");
  });
});
