import type { ContentLevel } from '../schema.settings.ts'

/** What a level is called, and what it means to whoever is reported about. */
export const levelWords: Readonly<
  Record<ContentLevel, { readonly name: string; readonly means: string }>
> = {
  nothing: {
    name: 'No text',
    means:
      'Nothing that people or agents wrote: only lengths, counts, names of tools and programs, and what the policy decided.',
  },
  commands: {
    name: 'Command lines',
    means: 'The commands that agents run, as they were written; no other text.',
  },
  redacted: {
    name: 'Redacted text',
    means:
      'Commands, arguments and output of tools, with everything taken out that the patterns match.',
  },
  all: {
    name: 'Everything',
    means: 'Commands, arguments and output of tools, as they came. Contents of files are among it.',
  },
}

export const levelOptions = (['nothing', 'commands', 'redacted', 'all'] as const).map((value) => ({
  value,
  label: levelWords[value].name,
}))
