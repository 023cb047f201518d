import type { Origin } from '../../runner/stage.ts';
import { certificateTables, countTables, provenanceTable } from './checks.ts';
import { comparisonTable } from './comparison.ts';
import { correlationTable, countedFactors } from './correlation.ts';
import type { ReportData } from './data.ts';
import { accountsSection, intensitySection, outsideSection } from './emissions.ts';
import type { Emissions } from './emissions-data.ts';
import type { Markup } from './html.ts';
import { methodsSection } from './methods.ts';
import { networksTable } from './networks.ts';
import type { Source } from './source.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** What the page shows below its head. What there are no tables for is left out. */
export function reportSections(data: ReportData, origins: readonly Origin[], source: Source): Section[] {
  return [
    ...factorSections(data, source),
    ...emissionSections(data, source),
    ...comparisonSections(data, source),
    ...checkSections(data, origins, source),
    {
      id: 'provenance',
      title: 'Where each number comes from',
      content: provenanceTable(origins, source('provenance')),
    },
  ];
}

function factorSections(data: ReportData, source: Source): Section[] {
  const { factors } = data;
  if (factors === null) return [];
  return [
    {
      id: 'factors',
      title: `${countedFactors(factors)} and consumption`,
      content: correlationTable(
        factors,
        data,
        source('city_factor', 'correlation', 'correlation_computed', 'correlation_sample'),
      ),
    },
  ];
}

/** Sections on emissions, pollutant after pollutant; with several, titles and ids say which. */
const emissionSections = (data: ReportData, source: Source): Section[] =>
  data.emissions.flatMap((emissions) => {
    const sections = sectionsOf(emissions, data, source);
    if (!data.several) return sections;
    const { pollutant } = emissions;
    return sections.map(({ id, title, content }) => ({
      id: `${id}-${encodeURIComponent(pollutant)}`,
      title: `${pollutant}: ${title}`,
      content,
    }));
  });

function sectionsOf(emissions: Emissions, data: ReportData, source: Source): Section[] {
  const { networks, outside } = emissions;
  const { words } = data;
  const sections = [
    { id: 'accounts', title: 'Production against consumption', content: accountsSection(emissions, data, source) },
    { id: 'intensity', title: 'Emission intensity', content: intensitySection(emissions, data, source) },
  ];
  if (networks !== null) {
    sections.push({
      id: 'networks',
      title: `Networks between the ${words.region.many}`,
      content: networksTable(emissions, networks, data, source('network_flow')),
    });
  }
  if (outside !== null) {
    sections.push({
      id: identifier(words.outside.many),
      title: 'Main suppliers and consumers',
      content: outsideSection(emissions, outside, data, source),
    });
  }
  return sections;
}

/** A word as the id of a section. */
const identifier = (word: string): string => encodeURIComponent(word.toLowerCase().replaceAll(' ', '-'));

function comparisonSections(data: ReportData, source: Source): Section[] {
  const { comparisons } = data;
  if (comparisons === null) return [];
  return [
    {
      id: 'comparison',
      title: 'Ours against the printed figures',
      content: comparisonTable(comparisons, data, source('comparison')),
    },
  ];
}

function checkSections(data: ReportData, origins: readonly Origin[], source: Source): Section[] {
  const { certificates, residuals, methods, records, balances } = data;
  const sections: Section[] = [];
  if (certificates !== null || residuals !== null) {
    const content = certificateTables(data, source);
    sections.push({ id: 'certificate', title: 'How well the programme was solved', content });
  }
  if (methods.study !== null || methods.national !== null) {
    sections.push({ id: 'methods', title: 'Against other methods', content: methodsSection(data, origins, source) });
  }
  if (records !== null || balances !== null) {
    sections.push({ id: 'records', title: 'What was read', content: countTables(data, origins, source) });
  }
  return sections;
}
