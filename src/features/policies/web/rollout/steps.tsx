import { plural, Rows, Time, type Column } from '#web/kit/index.ts'
import type { Rollout } from '../../rollout/schema.ts'
import { stageWords } from './words.tsx'

type Step = Rollout['steps'][number]

const words: Readonly<Record<Step['what'], string>> = {
  start: 'Started',
  stage: 'Another stage',
  bounds: 'Other bounds',
  halt: 'Halted',
  go_on: 'Let go on',
  finish: 'To everybody',
  take_back: 'Taken back',
}

const columns: readonly Column<Step>[] = [
  { key: 'what', header: 'What', cell: (s) => words[s.what] },
  {
    key: 'stage',
    header: 'Stage',
    cell: (s) => (s.what === 'finish' || s.what === 'take_back' ? '' : stageWords(s.stage)),
    wideOnly: true,
  },
  {
    key: 'touches',
    header: 'Another policy for',
    cell: (s) => (s.touches === 0 ? 'nobody' : plural(s.touches, 'principal')),
    align: 'right',
    wideOnly: true,
  },
  { key: 'note', header: 'Why', cell: (s) => s.note },
  { key: 'by', header: 'By', cell: (s) => s.by, wideOnly: true },
  { key: 'at', header: 'When', cell: (s) => <Time at={s.at} />, align: 'right' },
]

/** What was done with a rollout, in order. */
export function Steps({ of }: { readonly of: Rollout }) {
  return (
    <Rows
      label={`Decisions about version ${of.version}`}
      rows={of.steps}
      columns={columns}
      rowKey={(step) => step.id}
    />
  )
}
