import { useState } from 'react'
import { Button, Group, Stack, Text } from '@mantine/core'
import { ErrorState, Loading, plural, Rows, Status, useApi, type Column } from '#web/kit/index.ts'
import { trial, type Rule, type Trial } from '../schema.ts'
import { Bars } from './bars.tsx'
import { path, periodWords, valueText } from './words.tsx'

/** What a rule would have told in the past: the figures, and the days on which it would have told. */
export function Past({ rule }: { readonly rule: Rule }) {
  const answer = useApi(['alerts', 'try'], `${path}/try`, trial, {
    query: { ...rule, exact: rule.exact ? 'yes' : 'no' },
    keep: true,
  })
  if (answer.isError) return <ErrorState error={answer.error} onRetry={() => answer.refetch()} />
  return answer.data ? <Shown of={answer.data} rule={rule} /> : <Loading />
}

/** Of the newest; the picture has all of them. */
const rowsShown = 14

type TrialPoint = Trial['points'][number]

function Shown({ of, rule }: { readonly of: Trial; readonly rule: Rule }) {
  const [all, setAll] = useState(false)
  if (of.points.length === 0) return <Text size="sm">There are no figures yet in this time.</Text>
  const columns: readonly Column<TrialPoint>[] = [
    { key: 'period', header: periodWords[rule.unit], cell: (p) => p.period },
    {
      key: 'value',
      header: 'Figure',
      cell: (p) => valueText(p, of.kind, of.currency),
      align: 'right',
    },
    {
      key: 'told',
      header: 'Would have told',
      cell: (p) => (p.told === null ? '' : <Status meaning="drift">{p.told}</Status>),
      align: 'right',
    },
  ]
  const newest = of.points.toReversed()
  return (
    <Stack gap="sm">
      <Text size="sm" role="status">
        {of.says}.{' '}
        <b>
          {of.firings === 0
            ? 'It would not have told anything'
            : `It would have told ${plural(of.firings, 'time')}`}
        </b>{' '}
        since {of.points[0]?.period}.
      </Text>
      <Bars of={of} limit={isAmount(rule) ? rule.amount : null} />
      <Rows
        label="Figures of the past"
        columns={columns}
        rows={all ? newest : newest.slice(0, rowsShown)}
        rowKey={(p) => p.period}
      />
      {!all && newest.length > rowsShown && (
        <Group>
          <Button size="compact-xs" variant="default" onClick={() => setAll(true)}>
            Show all {newest.length} rows
          </Button>
        </Group>
      )}
    </Stack>
  )
}

const isAmount = ({ condition }: Rule): boolean => condition === 'reaches' || condition === 'below'
