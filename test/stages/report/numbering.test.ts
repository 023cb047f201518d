import { describe, expect, it } from 'vitest';
import { html } from '../../../stages/report/html.ts';
import { heading, numbered, reference } from '../../../stages/report/numbering.ts';
import { plain } from './report-page.ts';

const text = (markup: string): string => plain(markup.replaceAll(/<[^>]*>/g, ''));

describe('numbers of tables and figures', () => {
  it('follow the order of the page, each kind by itself', () => {
    const page = html`${heading('Table', 'b')} ${heading('Figure', 'b')} ${heading('Table', 'a')}`;
    expect(text(numbered(page).markup)).toBe('Table 1. Figure 1. Table 2.');
  });

  it('are the same in references before and behind', () => {
    const page = html`${reference('Table', 'a')} ${heading('Table', 'b')} ${heading('Table', 'a')}
    ${reference('Table', 'b', 'a')}`;
    expect(text(numbered(page).markup)).toBe('Table 2 Table 1. Table 2. Tables 1 and 2');
  });

  it('take any name, and no text for a mark', () => {
    const name = 'a "b" <c> & d';
    const page = html`${heading('Table', name)} ${'<number of="Table x">'} ${reference('Table', name)}`;
    expect(text(numbered(page).markup)).toBe('Table 1. &lt;number of=&quot;Table x&quot;&gt; Table 1');
  });

  it('refuse a reference to what is not there, and two of one name', () => {
    expect(() => numbered(html`${reference('Figure', 'a')} ${heading('Table', 'a')}`)).toThrow('Figure a');
    expect(() => numbered(html`${heading('Table', 'a')} ${heading('Table', 'a')}`)).toThrow('Table a');
  });
});
