/** What a small project says of how it is to be cited. */
export const CITATION = `cff-version: 1.2.0
title: Shops and taxes
abstract: Who pays what.
version: 1.2.3
license: MIT
authors:
  - { given-names: Ada, family-names: Example, orcid: 'https://orcid.org/0000-0002-1825-0097', affiliation: A School }
  - { name: The authors }
references:
  - { type: article, title: On taxes, doi: 10.1000/182 }
`;
