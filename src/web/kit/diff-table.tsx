import './diff.css'
import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type Ref,
  type RefObject,
} from 'react'
import { ActionIcon, Text } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp, IconCheck, IconLink } from '@tabler/icons-react'
import { useCopy } from './copy.ts'
import { diffHtml, type HtmlOptions, type HtmlView } from '#history/index.ts'

export interface DiffTableProps {
  readonly shown: HtmlView
  readonly options: HtmlOptions
  /** A gap was opened: its number from the top, counted from 0. */
  readonly onGap?: (gap: number) => void
  readonly wrap?: boolean
  readonly jumps?: Ref<DiffJumps>
}

/** What the keys and buttons of a diff do. */
export interface DiffJumps {
  /** Goes to the next (1) or previous (-1) change; where one is now, counted from 0. */
  readonly jump: (by: 1 | -1) => number
  /** The address of the change one is at, or of the first: `#R15`. */
  readonly address: () => string
}

/** The line that the address names: the browser looked for it before it was there, so `:target` does not know it. */
function pointAt(frame: HTMLElement | null, id: string): void {
  for (const old of frame?.querySelectorAll('[data-target]') ?? [])
    old.removeAttribute('data-target')
  const line = id === '' ? null : frame?.querySelector(`[id="${CSS.escape(id)}"]`)
  line?.setAttribute('data-target', 'true')
  line?.scrollIntoView({ block: 'center' })
}

/** A change is a run of rows that are not the same; this is where each begins. */
const starts = (frame: HTMLElement | null): readonly HTMLElement[] =>
  [
    ...(frame?.querySelectorAll<HTMLElement>('tr.gh-diff-row:not([data-kind="same"])') ?? []),
  ].filter((row) => {
    const before = row.previousElementSibling
    return !(before instanceof HTMLElement) || (before.dataset.kind ?? 'same') === 'same'
  })

/**
 * The markup of `history/html` in the page: the same that the server answers without JavaScript. One string instead of ten
 * thousand components; rows out of sight are not laid out (`content-visibility`).
 */
export function DiffTable({ shown, options, onGap, wrap = true, jumps }: DiffTableProps) {
  const frame = useRef<HTMLDivElement>(null)
  const html = useMemo(
    () => ({ __html: diffHtml(shown, { gapButtons: onGap !== undefined, ...options }) }),
    // The options are made anew with every drawing; what they say changes with the layout.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [shown.layout, shown.view, options.caption],
  )
  useEffect(() => {
    const point = () => pointAt(frame.current, window.location.hash.slice(1))
    point()
    window.addEventListener('hashchange', point)
    return () => window.removeEventListener('hashchange', point)
  }, [html])
  useImperativeHandle(jumps, () => ({
    jump(by) {
      const rows = starts(frame.current)
      const old = rows.findIndex((row) => row.dataset.current !== undefined)
      const next = Math.max(0, Math.min(rows.length - 1, old === -1 ? 0 : old + by))
      for (const row of rows) delete row.dataset.current
      const row = rows[next]
      if (row) {
        row.dataset.current = 'true'
        row.scrollIntoView({ block: 'center', behavior: 'smooth' })
      }
      return next
    },
    address() {
      const rows = starts(frame.current)
      const row = rows.find(({ dataset }) => dataset.current !== undefined) ?? rows[0]
      // The new side, where the line still stands.
      const id = [...(row?.querySelectorAll('.gh-diff-number[id]') ?? [])].at(-1)?.id
      return id === undefined ? '' : `#${id}`
    },
  }))
  return (
    <div
      ref={frame}
      className="gh-diff-frame"
      data-nowrap={wrap ? undefined : 'true'}
      onClick={(event) => {
        const button = (event.target as HTMLElement).closest<HTMLElement>('button[data-gap]')
        if (button) onGap?.(Number(button.dataset.gap))
      }}
      dangerouslySetInnerHTML={html}
    />
  )
}

interface JumpButtonsProps {
  /** How many runs of changed rows there are. */
  readonly changes: number
  readonly jumps: RefObject<DiffJumps | null>
  /** Several diffs on one screen: only one may own the keys `n` and `p`. */
  readonly keys: boolean
}

/** Next and previous change, also by `n` and `p`; a link to the one that is shown, by `y`. */
export function JumpButtons({ changes, jumps, keys }: JumpButtonsProps) {
  const [current, setCurrent] = useState<number>()
  const [copied, copy] = useCopy()
  const go = (by: 1 | -1) => setCurrent(jumps.current?.jump(by) ?? 0)
  const copyLink = () => {
    const { origin, pathname, search } = window.location
    copy(`${origin}${pathname}${search}${jumps.current?.address() ?? ''}`)
  }
  useHotkeys(
    keys
      ? [
          ['n', () => go(1)],
          ['p', () => go(-1)],
          ['y', copyLink],
        ]
      : [],
  )
  if (changes === 0) return null
  const Sign = copied === 'copied' ? IconCheck : IconLink
  return (
    <>
      <Text size="xs" c="dimmed" role="status" className="gh-diff-place">
        {current === undefined
          ? `${changes} ${changes === 1 ? 'change' : 'changes'}`
          : `${Math.min(current + 1, changes)} of ${changes}`}
      </Text>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Previous change (p)"
        title="Previous change (p)"
        onClick={() => go(-1)}
      >
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Next change (n)"
        title="Next change (n)"
        onClick={() => go(1)}
      >
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
      {keys && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Copy a link to this change (y)"
          title={copied === 'copied' ? 'Copied' : 'Copy a link to this change (y)'}
          onClick={copyLink}
        >
          <Sign size={15} aria-hidden />
        </ActionIcon>
      )}
    </>
  )
}
