import { lazy, Suspense, useMemo, useState } from 'react'
import {
  Anchor,
  Button,
  Group,
  NativeSelect,
  Paper,
  Skeleton,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core'
import { ErrorState, Loading, plural, Rows, Section, useApi, type Column } from '#web/kit/index.ts'
import {
  answer,
  filters,
  type Answer,
  type Column as Figure,
  type Dimension,
  type QuestionHead,
  type Row,
} from '../schema.ts'
import { cellText, change, shortText } from './figures.ts'
import { figuresOf, linesOf, periodsBetween, sumOf } from './series.ts'
import './panel.css'

const Chart = lazy(() => {
  sayLanguage()
  return import('./chart.tsx').then((m) => ({ default: m.Chart }))
})

/** uPlot formats numbers in the browser's language as soon as it is loaded, and a browser may name one that is none: `en-US@posix`. */
function sayLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language)
  } catch {
    Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
  }
}

/** What is asked of every question. */
export interface Asking {
  readonly from: string
  readonly to: string
  readonly unit: Answer['unit']
  readonly group?: string
  readonly surface?: string
  readonly model?: string
  readonly client?: string
}

const path = (key: string): string => `/api/v1/analytics/questions/${key}`
const splits: Readonly<Record<Dimension, string>> = {
  none: 'Not split',
  group: 'By group',
  surface: 'By surface',
  model: 'By model',
  client: 'By client',
  version: 'By version',
  policy: 'By policy',
}
const rowsShown = 5

interface PanelProps {
  readonly question: QuestionHead
  readonly asking: Asking
  readonly before: Asking
  /** It cannot be split. */
  readonly whole: boolean
}

/** One question: its chart, and the table under it. */
export function Panel({ question, asking, before, whole }: PanelProps) {
  const { key, title, about, dimensions } = question
  const [split, setSplit] = useState<Dimension>(
    dimensions.includes('none') ? 'none' : (dimensions[0] ?? 'none'),
  )
  const by = whole ? 'none' : split
  // A figure of everybody must not stand under a filter.
  const unknown = filters.filter((name) => name in asking && !question.filters.includes(name))
  const now = useApi(['analytics', key], path(key), answer, {
    query: { ...asking, by },
    keep: true,
    enabled: unknown.length === 0,
  })
  const earlier = useApi(['analytics', key], path(key), answer, {
    query: { ...before, by },
    keep: true,
    enabled: unknown.length === 0 && by === 'none',
  })
  const download = (format: string): string =>
    `${path(key)}?${new URLSearchParams({ ...asking, by, format }).toString()}`
  return (
    <Paper withBorder p="md" className={question.persons ? 'gh-panel gh-panel-wide' : 'gh-panel'}>
      <Section title={title} about={about}>
        {unknown.length > 0 ? (
          <Text size="sm">
            This is not known by {unknown.join(' or ')}. Filter by{' '}
            {question.filters.length === 0 ? 'nothing' : question.filters.join(' or ')} to see it.
          </Text>
        ) : (
          <Stack gap="sm">
            <Group gap="md" mih={30}>
              {!whole && dimensions.length > 1 && (
                <NativeSelect
                  size="xs"
                  aria-label={`Split ${title}`}
                  value={by}
                  onChange={(event) => setSplit(event.currentTarget.value as Dimension)}
                  data={dimensions.map((value) => ({ value, label: splits[value] }))}
                />
              )}
              <Anchor size="xs" ml="auto" href={download('csv')}>
                CSV
              </Anchor>
              <Anchor size="xs" href={download('json')}>
                JSON
              </Anchor>
            </Group>
            {now.isError ? (
              <ErrorState error={now.error} onRetry={() => now.refetch()} />
            ) : now.data ? (
              <Answered
                // Another split has other columns.
                key={now.data.by}
                of={now.data}
                earlier={by === 'none' ? earlier.data : undefined}
                asking={asking}
                before={before}
              />
            ) : (
              <Loading />
            )}
          </Stack>
        )}
      </Section>
    </Paper>
  )
}

interface AnsweredProps {
  readonly of: Answer
  readonly earlier: Answer | undefined
  readonly asking: Asking
  readonly before: Asking
}

function Answered({ of, earlier, asking, before }: AnsweredProps) {
  const figures = figuresOf(of.columns)
  const [chosen, setChosen] = useState(figures[0]?.key)
  const figure = figures.find(({ key }) => key === chosen) ?? figures[0]
  const timed = of.columns.some(({ key }) => key === 'period')
  if (of.rows.length === 0 || !figure)
    return (
      <Text size="sm">
        Nothing in this time{of.held ? ', or only about too few people to be shown' : ''}.
      </Text>
    )
  return (
    <Stack gap="sm">
      {timed && (
        <Group gap="xs" role="group" aria-label={`Chart of ${of.title}`}>
          {figures.map((one) => (
            <UnstyledButton
              key={one.key}
              className="gh-figure"
              aria-pressed={one.key === figure.key}
              onClick={() => setChosen(one.key)}
            >
              <Headline of={of} earlier={earlier} figure={one} />
            </UnstyledButton>
          ))}
        </Group>
      )}
      {timed && (
        <Drawing of={of} earlier={earlier} asking={asking} before={before} figure={figure} />
      )}
      <Table of={of} newestFirst={timed} />
      {of.held !== null && of.held.cells > 0 && (
        <Text size="xs" c="dimmed">
          {plural(of.held.cells, 'value')} of single days left out: about fewer than {of.held.k}{' '}
          people, or telling of such.
        </Text>
      )}
    </Stack>
  )
}

function Drawing(props: AnsweredProps & { readonly figure: Figure }) {
  const { of, earlier, asking, before, figure } = props
  const { unit } = asking
  // Kept as long as it is the same picture: a chart is drawn anew for other lines.
  const lines = useMemo(
    () =>
      linesOf(of, {
        figure,
        periods: periodsBetween(asking.from, asking.to, unit),
        earlier: earlier && {
          answer: earlier,
          periods: periodsBetween(before.from, before.to, unit),
        },
      }),
    [of, earlier, asking.from, asking.to, before.from, before.to, unit, figure],
  )
  if (lines === undefined || lines.times.length < 2) return null
  return (
    <Suspense fallback={<Skeleton height={204} />}>
      <Chart lines={lines} />
    </Suspense>
  )
}

/** A figure, how much of it there was where it adds up, and how much more than in the time before. */
function Headline({
  of,
  earlier,
  figure,
}: {
  readonly of: Answer
  readonly earlier: Answer | undefined
  readonly figure: Figure
}) {
  const sum = sumOf(of, figure)
  const more = sum === undefined ? undefined : change(sum, earlier && sumOf(earlier, figure))
  return (
    <>
      <span className="gh-figure-name">{figure.title}</span>
      {sum !== undefined && (
        <span className="gh-figure-sum">
          {shortText(sum, figure.kind)}
          {more !== undefined && <span className="gh-figure-more"> {more}</span>}
        </span>
      )}
    </>
  )
}

function Table({ of, newestFirst }: { readonly of: Answer; readonly newestFirst: boolean }) {
  const [all, setAll] = useState(false)
  const rows = newestFirst ? of.rows.toReversed() : of.rows
  return (
    <>
      <Rows
        label={of.title}
        columns={columnsOf(of)}
        rows={all ? rows : rows.slice(0, rowsShown)}
        rowKey={keyOf}
      />
      {rows.length > rowsShown && (
        <Group>
          <Button size="compact-xs" variant="default" onClick={() => setAll(!all)}>
            {all ? `Show ${rowsShown} rows` : `Show all ${rows.length} rows`}
          </Button>
        </Group>
      )}
    </>
  )
}

const keyOf = (row: Row): string => Object.values(row).join(' ')

const columnsOf = ({ columns }: Answer): readonly Column<Row>[] =>
  columns.map(({ key, title, kind }) => ({
    key,
    header: title,
    cell: (row) =>
      kind === 'date' ? (
        <span className="gh-nowrap">{cellText(row[key] ?? null, kind)}</span>
      ) : (
        cellText(row[key] ?? null, kind)
      ),
    ...(kind === 'text' || kind === 'date' ? {} : { align: 'right' as const }),
  }))
