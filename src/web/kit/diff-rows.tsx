import { memo, type ReactNode } from 'react'
import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowBarDown, IconArrowBarUp } from '@tabler/icons-react'
import type { Mark, Row, UnifiedRow } from '#history/index.ts'

type Side = 'same' | 'removed' | 'added' | 'none'

/** The text of a line with its changed words marked. */
function marked(text: string, marks: readonly Mark[], side: Side): ReactNode {
  if (marks.length === 0) return text
  const Word = side === 'removed' ? 'del' : 'ins'
  const parts: ReactNode[] = []
  let at = 0
  for (const [from, to] of marks) {
    parts.push(text.slice(at, from), <Word key={from}>{text.slice(from, to)}</Word>)
    at = to
  }
  return [...parts, text.slice(at)]
}

interface LineProps {
  readonly number: number | null
  readonly side: Side
  readonly text: string
  readonly marks: readonly Mark[]
}

/** Line numbers and signs are drawn by the style sheet, so that copying a diff copies the text and nothing else. */
function Line({ number, side, text, marks }: LineProps) {
  return (
    <>
      <span role="cell" className="gh-diff-number" data-side={side} data-line={number ?? ''} />
      <span role="cell" className="gh-diff-text" data-side={side}>
        {(side === 'removed' || side === 'added') && <VisuallyHidden>{side}: </VisuallyHidden>}
        {marked(text, marks, side)}
      </span>
    </>
  )
}

interface RowProps<R> {
  readonly row: R
  readonly change: number | undefined
  readonly current: boolean
}

export const SplitRow = memo(function SplitRow({ row, change, current }: RowProps<Row>) {
  const { kind, left, right } = row
  return (
    <div
      role="row"
      className="gh-diff-row"
      data-change={change}
      data-current={current || undefined}
    >
      <Line
        number={left?.line ?? null}
        side={left === null ? 'none' : kind === 'same' ? 'same' : 'removed'}
        text={left?.text ?? ''}
        marks={left?.marks ?? []}
      />
      <Line
        number={right?.line ?? null}
        side={right === null ? 'none' : kind === 'same' ? 'same' : 'added'}
        text={right?.text ?? ''}
        marks={right?.marks ?? []}
      />
    </div>
  )
})

export const OneColumnRow = memo(function OneColumnRow({
  row,
  change,
  current,
}: RowProps<UnifiedRow>) {
  const side = row.kind
  return (
    <div
      role="row"
      className="gh-diff-row"
      data-change={change}
      data-current={current || undefined}
    >
      <span role="cell" className="gh-diff-number" data-side={side} data-line={row.left ?? ''} />
      <Line number={row.right} side={side} text={row.text} marks={row.marks} />
    </div>
  )
})

interface GapProps {
  readonly lines: number
  readonly section: string | null
  readonly onOpen: (how: 'top' | 'bottom' | 'all') => void
}

/** Equal lines that are left out; opened whole, or twenty at a time from either end. */
export function GapRow({ lines, section, onOpen }: GapProps) {
  const words = `${lines.toLocaleString('en')} unchanged ${lines === 1 ? 'line' : 'lines'}`
  return (
    <div role="row" className="gh-diff-gap">
      <div role="cell">
        {lines > 20 && (
          <>
            <UnstyledButton aria-label="Show 20 more lines above" onClick={() => onOpen('top')}>
              <IconArrowBarDown size={14} aria-hidden />
            </UnstyledButton>
            <UnstyledButton aria-label="Show 20 more lines below" onClick={() => onOpen('bottom')}>
              <IconArrowBarUp size={14} aria-hidden />
            </UnstyledButton>
          </>
        )}
        <UnstyledButton onClick={() => onOpen('all')}>{words}</UnstyledButton>
        {section !== null && <code>{section}</code>}
      </div>
    </div>
  )
}
