/** A study of texts and another one below it, with another word. */
export const TWO_STUDIES: Readonly<Record<string, string>> = {
  'package.json': '{}\n',
  'pipeline.yaml': `pipeline: one
sources:
  word: { file: data-raw/word.txt }
  measured: { file: data-raw/measured.txt, otherwise: copy }
stages:
  first:
    sh: cat {inputs.word} > {outputs.copy}
    inputs: [word]
    outputs: { copy: { file: copy.txt, publish_as: copy.txt } }
  second:
    sh: cat {inputs.measured} {inputs.word} > {outputs.total}; printf %s {parameters.times} >> {outputs.total}
    inputs: [measured, word]
    parameters: { times: 2 }
    outputs: { total: { file: total.txt, publish_as: total.txt } }
  third:
    sh: cat {inputs.total} > {outputs.report}
    inputs: [total]
    outputs: { report: { file: report.txt } }
`,
  'data-raw/word.txt': 'one ',
  'examples/two/pipeline.yaml': `pipeline: two
base: pipeline.yaml
sources:
  word: { file: examples/two/word.txt }
stages:
  first:
  second:
`,
  'examples/two/word.txt': 'two ',
};
/** The pipeline file of the one below. */
export const OTHER_STUDY = 'examples/two/pipeline.yaml';
