import { useMemo, useRef, useState } from 'react'
import { ActionIcon, Group, SegmentedControl, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { z } from 'zod'
import {
  diffLines,
  gapRows,
  isMarkdownHeading,
  isTomlTable,
  sideBySide,
  stats,
  unified,
  unifiedPatch,
  type HtmlView,
  type LineDiff,
  type Row,
  type UnifiedRow,
} from '#history/index.ts'
import { useAddress } from '../use-address.ts'
import { useCopy } from './copy.ts'
import { changesIn } from './diff-changes.ts'
import { openGaps } from './diff-gaps.ts'
import { DiffTable, JumpButtons, type DiffJumps } from './diff-table.tsx'

export interface DiffProps {
  readonly before: string
  readonly after: string
  /** What the two are: "Version 3", "as served", "your draft". */
  readonly beforeLabel: string
  readonly afterLabel: string
  /** Decides which lines name a section. */
  readonly language?: 'toml' | 'markdown' | 'text'
  /** Equal lines shown around each change. */
  readonly context?: number
  /** Several diffs on one screen: only one may own the keys `n` and `p`. */
  readonly keys?: boolean
}

const sectionOf = { toml: isTomlTable, markdown: isMarkdownHeading, text: undefined }
const inOneColumn = ({ left, right }: Row): readonly UnifiedRow[] =>
  right === null
    ? []
    : [{ ...right, kind: 'same', marks: [], left: left?.line ?? null, right: right.line }]

/** Two texts and what changed between them. Loaded through `Diff` of the kit. */
export function DiffView(props: DiffProps) {
  const { before, after, beforeLabel, afterLabel, language = 'text', context = 3 } = props
  const [view, setView] = useAddress(
    z.object({ view: z.enum(['split', 'unified']).catch('split') }),
  )
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false })
  const split = view.view === 'split' && !narrow
  const diff = useMemo(() => diffLines(before, after), [before, after])
  const [opened, setOpened] = useState<{
    readonly of: LineDiff
    readonly gaps: ReadonlySet<number>
  }>({ of: diff, gaps: new Set() })
  // Another pair of texts has other gaps.
  const open = opened.of === diff ? opened.gaps : noGaps
  const { shown, gaps } = useMemo(
    () => layOut(diff, { split, context, language, open }),
    [diff, split, context, language, open],
  )
  const changes = useMemo(() => changesIn(shown.layout), [shown])
  const jumps = useRef<DiffJumps>(null)
  return (
    <section className="gh-diff" aria-label={`${beforeLabel} against ${afterLabel}`}>
      <div className="gh-diff-head">
        <Summary diff={diff} changes={changes} />
        <Group gap={4} ml="auto" wrap="nowrap">
          <JumpButtons changes={changes} jumps={jumps} keys={props.keys ?? true} />
          {changes > 0 && <CopyPatch diff={diff} {...props} />}
          {!narrow && (
            <SegmentedControl
              size="xs"
              aria-label="View"
              value={view.view}
              onChange={(value) =>
                setView({ view: value === 'unified' ? value : undefined }, { replace: true })
              }
              data={[
                { value: 'split', label: 'Side by side' },
                { value: 'unified', label: 'Unified' },
              ]}
            />
          )}
        </Group>
      </div>
      {changes === 0 ? (
        <p className="gh-diff-none">The two are the same, to the byte.</p>
      ) : (
        <DiffTable
          shown={shown}
          options={{ caption: 'Changes', leftLabel: beforeLabel, rightLabel: afterLabel }}
          jumps={jumps}
          onGap={(gap) => {
            const number = gaps[gap]
            if (number !== undefined) setOpened({ of: diff, gaps: new Set(open).add(number) })
          }}
        />
      )}
    </section>
  )
}

const noGaps: ReadonlySet<number> = new Set()

interface How {
  readonly split: boolean
  readonly context: number
  readonly language: keyof typeof sectionOf
  readonly open: ReadonlySet<number>
}

function layOut(
  diff: LineDiff,
  { split, context, language, open }: How,
): { readonly shown: HtmlView; readonly gaps: readonly number[] } {
  const isSection = sectionOf[language]
  const options = { context, ...(isSection === undefined ? {} : { isSection }) }
  if (split) {
    const { layout, gaps } = openGaps(sideBySide(diff, options), open, (gap) => gapRows(diff, gap))
    return { shown: { view: 'split', layout }, gaps }
  }
  const { layout, gaps } = openGaps(unified(diff, options), open, (gap) =>
    gapRows(diff, gap).flatMap(inOneColumn),
  )
  return { shown: { view: 'unified', layout }, gaps }
}

function Summary({ diff, changes }: { readonly diff: LineDiff; readonly changes: number }) {
  const { added, removed } = useMemo(() => stats(diff), [diff])
  if (changes === 0) return <Text size="sm">No change</Text>
  return (
    <Text size="sm" className="gh-diff-sum">
      <span className={added === 0 ? 'gh-diff-zero' : 'gh-diff-plus'}>
        +{added.toLocaleString('en')} <span className="gh-wide">added</span>
      </span>
      <span className={removed === 0 ? 'gh-diff-zero' : 'gh-diff-minus'}>
        −{removed.toLocaleString('en')} <span className="gh-wide">removed</span>
      </span>
    </Text>
  )
}

function CopyPatch({ diff, beforeLabel, afterLabel }: DiffProps & { readonly diff: LineDiff }) {
  const [state, copy] = useCopy()
  const Sign = state === 'copied' ? IconCheck : IconCopy
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label="Copy as a patch"
      title={state === 'copied' ? 'Copied' : 'Copy as a patch'}
      onClick={() => copy(unifiedPatch(diff, { fromName: beforeLabel, toName: afterLabel }))}
    >
      <Sign size={15} aria-hidden />
    </ActionIcon>
  )
}
