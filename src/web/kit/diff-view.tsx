import './diff.css'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import { ActionIcon, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useHotkeys, useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp, IconCheck, IconCopy } from '@tabler/icons-react'
import { z } from 'zod'
import {
  diffLines,
  isMarkdownHeading,
  isTomlTable,
  sideBySide,
  stats,
  unified,
  unifiedPatch,
  type LineDiff,
  type Row,
  type UnifiedRow,
} from '#history/index.ts'
import { useAddress } from '../use-address.ts'
import { useCopy } from './copy.ts'
import { diffItems, type DiffItem, type Opened } from './diff-items.ts'
import { GapRow, OneColumnRow, SplitRow } from './diff-rows.tsx'

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

/** Rows put into the page at once. Ten thousand changed lines take a second to lay out; nobody reads them at once. */
const atOnce = 2_000
const sectionOf = { toml: isTomlTable, markdown: isMarkdownHeading, text: undefined }
const shownInOne = ({ kind, left, right }: Row): UnifiedRow => ({
  kind: kind === 'changed' ? 'same' : kind,
  left: left?.line ?? null,
  right: right?.line ?? null,
  text: (left ?? right).text,
  marks: [],
  ended: true,
})

/** Two texts and what changed between them. Loaded through `Diff` of the kit. */
export function DiffView(props: DiffProps) {
  const { before, after, language = 'text', context = 3, keys = true } = props
  const [view, setView] = useAddress(
    z.object({ view: z.enum(['split', 'unified']).catch('split') }),
  )
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false })
  const split = view.view === 'split' && !narrow
  const diff = useMemo(() => diffLines(before, after), [before, after])
  const frame = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<number>()
  const isSection = sectionOf[language]
  const layoutOptions = { context, ...(isSection === undefined ? {} : { isSection }) }
  const [opened, open] = useGaps(diff)
  // One of the two is empty work; both are cheap beside the diff itself.
  const shown = split
    ? diffItems(diff, sideBySide(diff, layoutOptions), opened, (row) => row)
    : diffItems(diff, unified(diff, layoutOptions), opened, shownInOne)
  const { changes } = shown

  const goTo = (change: number) => {
    if (changes === 0) return
    const next = Math.max(0, Math.min(changes - 1, change))
    setCurrent(next)
    const row = frame.current?.querySelector(`[data-change="${next}"]`)
    row?.scrollIntoView({ block: 'center', behavior: 'smooth' })
  }
  const forth = () => goTo(current === undefined ? 0 : current + 1)
  const back = () => goTo(current === undefined ? 0 : current - 1)
  useHotkeys(
    keys
      ? [
          ['n', forth],
          ['p', back],
        ]
      : [],
  )

  return (
    <section className="gh-diff" aria-label={`${props.beforeLabel} against ${props.afterLabel}`}>
      <div className="gh-diff-head">
        <Summary diff={diff} changes={changes} />
        <Group gap={4} ml="auto" wrap="nowrap">
          {changes > 0 && (
            <>
              <Text size="xs" c="dimmed" role="status" className="gh-diff-place">
                {current === undefined
                  ? `${changes} ${changes === 1 ? 'change' : 'changes'}`
                  : `${current + 1} of ${changes}`}
              </Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="Previous change (p)"
                title="Previous change (p)"
                onClick={back}
              >
                <IconArrowUp size={16} aria-hidden />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="Next change (n)"
                title="Next change (n)"
                onClick={forth}
              >
                <IconArrowDown size={16} aria-hidden />
              </ActionIcon>
              <CopyPatch diff={diff} {...props} />
            </>
          )}
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
      <div className={split ? 'gh-diff-labels gh-diff-split' : 'gh-diff-labels'}>
        <span>{props.beforeLabel}</span>
        {!split && <span aria-hidden>→</span>}
        <span>{props.afterLabel}</span>
      </div>
      {changes === 0 ? (
        <p className="gh-diff-none">The two are the same, to the byte.</p>
      ) : (
        <div
          ref={frame}
          role="table"
          aria-label="Changes"
          className={split ? 'gh-diff-body gh-diff-split' : 'gh-diff-body gh-diff-one'}
        >
          <Items
            key={split ? 'split' : 'one'}
            items={shown.items}
            open={open}
            row={(item) => {
              const place = { change: item.first ? item.change : undefined }
              const here = item.change !== undefined && item.change === current
              return 'text' in item.row ? (
                <OneColumnRow row={item.row} {...place} current={here} />
              ) : (
                <SplitRow row={item.row} {...place} current={here} />
              )
            }}
          />
        </div>
      )}
    </section>
  )
}

function useGaps(diff: LineDiff) {
  const [state, setState] = useState<{
    readonly of: LineDiff
    readonly opened: ReadonlyMap<number, Opened>
  }>({ of: diff, opened: new Map() })
  // Another pair of texts has other gaps.
  const opened = state.of === diff ? state.opened : new Map<number, Opened>()
  const open = (gap: number, lines: number, how: 'top' | 'bottom' | 'all') => {
    const { top, bottom } = opened.get(gap) ?? { top: 0, bottom: 0 }
    const next = {
      top: top + (how === 'top' ? 20 : how === 'all' ? lines : 0),
      bottom: bottom + (how === 'bottom' ? 20 : 0),
    }
    setState({ of: diff, opened: new Map(opened).set(gap, next) })
  }
  return [opened, open] as const
}

type AnyItem = DiffItem<Row | UnifiedRow>
interface ItemsProps {
  readonly items: readonly AnyItem[]
  readonly open: (gap: number, lines: number, how: 'top' | 'bottom' | 'all') => void
  readonly row: (item: Extract<AnyItem, { type: 'row' }>) => ReactNode
}

function Items({ items, open, row }: ItemsProps) {
  const [limit, setLimit] = useState(atOnce)
  return (
    <div role="rowgroup">
      {items.slice(0, limit).map((item) => {
        if (item.type === 'gap')
          return (
            <GapRow
              key={`gap ${item.gap}`}
              lines={item.lines}
              section={item.section}
              onOpen={(how) => open(item.gap, item.lines, how)}
            />
          )
        const { left, right } = item.row
        const place = (side: typeof left) => (typeof side === 'number' ? side : (side?.line ?? ''))
        return <Keyed key={`${place(left)} ${place(right)}`}>{row(item)}</Keyed>
      })}
      {items.length > limit && (
        <div role="row" className="gh-diff-gap">
          <div role="cell">
            <Button variant="subtle" size="compact-sm" onClick={() => setLimit(limit + atOnce)}>
              Show the next {Math.min(atOnce, items.length - limit).toLocaleString('en')} rows of{' '}
              {items.length.toLocaleString('en')}
            </Button>
          </div>
        </div>
      )}
    </div>
  )
}
const Keyed = ({ children }: { readonly children: ReactNode }) => children

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
