import { useState } from 'react'
import { Alert, Button, Group, SegmentedControl } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { FilterBox, plural, Rows, Status, type Column, type Meaning } from '#web/kit/index.ts'
import type { Replayed, Verdict } from '../../impact/schema.ts'

type Row = Replayed['rows'][number]

const words: Record<Verdict, readonly [Meaning, string]> = {
  allow: ['allowed', 'not restricted'],
  prompt: ['prompt', 'asks'],
  forbidden: ['forbidden', 'forbidden'],
  unsure: ['neutral', 'not simulated'],
}

function Says({
  verdict,
  because,
}: {
  readonly verdict: Verdict
  readonly because: Row['becauseAfter']
}) {
  const [meaning, word] = words[verdict]
  return (
    <>
      <Status meaning={meaning}>{word}</Status>
      {because && (
        <div className="gh-quiet">
          line {because.line}
          {because.justification !== null && `: ${because.justification}`}
        </div>
      )}
    </>
  )
}

const columns: readonly Column<Row>[] = [
  {
    key: 'command',
    header: 'Command',
    cell: ({ command }) => <code className="gh-wrap">{command}</code>,
  },
  {
    key: 'before',
    header: 'Before',
    cell: (row) => <Says verdict={row.before} because={row.becauseBefore} />,
  },
  {
    key: 'after',
    header: 'After',
    cell: (row) => <Says verdict={row.after} because={row.becauseAfter} />,
  },
  { key: 'who', header: 'Who', cell: ({ who }) => who.join(', '), wideOnly: true },
  {
    key: 'count',
    header: 'Times',
    cell: ({ count }) => count.toLocaleString('en'),
    align: 'right',
  },
]

const strictness: readonly Verdict[] = ['allow', 'prompt', 'forbidden']
type Show = 'all' | 'stricter' | 'laxer' | 'unsure'

function turn({ before, after }: Pick<Row, 'before' | 'after'>): Show {
  if (before === 'unsure' || after === 'unsure') return 'unsure'
  return strictness.indexOf(after) > strictness.indexOf(before) ? 'stricter' : 'laxer'
}

/** What became stricter and what became laxer. */
export function ReplayResult({
  of: result,
  onExport,
}: {
  readonly of: Replayed
  readonly onExport: () => void
}) {
  const [show, setShow] = useState<Show>('all')
  const [q, setQ] = useState('')
  const { changes } = result
  const sum = (which: Show): number =>
    changes.filter((one) => turn(one) === which).reduce((total, { count }) => total + count, 0)
  const unsure = result.after.unsure
  const rows = result.rows.filter(
    (row) =>
      (show === 'all' || turn(row) === show) && row.command.toLowerCase().includes(q.toLowerCase()),
  )
  return (
    <>
      {result.errors.length > 0 && <Errors of={result} />}
      {result.truncated && (
        <Alert color="yellow">
          The file has more commands than are read; the rest was left out.
        </Alert>
      )}
      {result.skipped > 0 && (
        <p className="gh-quiet">
          {plural(result.skipped, 'command')} left out: run by somebody whom this does not touch, or
          whose client does not start.
        </p>
      )}
      {unsure > 0 && (
        <p className="gh-quiet">
          {plural(unsure, 'command')} not simulated: what the client makes of the script was not
          established.
        </p>
      )}
      {changes.length === 0 ? (
        <Alert color="gray">Every one of them is decided as before.</Alert>
      ) : (
        <>
          <ul className="gh-changes" aria-label="Decided otherwise">
            {changes.map(({ before, after, count }) => (
              <li key={`${before} ${after}`} className="gh-change-head">
                <span className="gh-change-count">{count.toLocaleString('en')} ×</span>
                <Says verdict={before} because={null} /> <span aria-label="becomes">→</span>
                <Says verdict={after} because={null} />
              </li>
            ))}
          </ul>
          <Group gap="xs" className="gh-toolbar">
            <FilterBox label="Filter commands" placeholder="Command" value={q} onChange={setQ} />
            <SegmentedControl
              size="xs"
              aria-label="Which commands"
              value={show}
              onChange={(next) => setShow(next as Show)}
              data={[
                { value: 'all', label: 'All' },
                { value: 'stricter', label: `Stricter (${sum('stricter').toLocaleString('en')})` },
                { value: 'laxer', label: `Laxer (${sum('laxer').toLocaleString('en')})` },
                ...(sum('unsure') > 0 ? [{ value: 'unsure', label: 'Not simulated' }] : []),
              ]}
            />
            <Button
              variant="default"
              ml="auto"
              leftSection={<IconDownload size={15} aria-hidden />}
              onClick={onExport}
            >
              CSV
            </Button>
          </Group>
          <Rows
            label="Commands that are decided otherwise"
            columns={columns}
            rows={rows.slice(0, atOnce)}
            rowKey={(row) => `${row.before} ${row.after} ${row.command}`}
          />
          {rows.length > atOnce && (
            <p className="gh-quiet">
              The {atOnce} most frequent of {rows.length.toLocaleString('en')} different commands;
              the file has {rows.length === most ? 'the most frequent thousand' : 'all of them'}.
            </p>
          )}
        </>
      )}
    </>
  )
}

const atOnce = 100
/** More different commands are not told one by one. */
const most = 1000

function Errors({ of: { errors, wrongLines } }: { readonly of: Replayed }) {
  const shown = errors.slice(0, 5)
  const rest = wrongLines - shown.length
  return (
    <Alert color="yellow" title={`${plural(wrongLines, 'line')} left out`}>
      {shown.map(({ line, message }) => (
        <div key={line}>
          Line {line}: {message}
        </div>
      ))}
      {rest > 0 && <div>And {rest.toLocaleString('en')} more.</div>}
    </Alert>
  )
}
