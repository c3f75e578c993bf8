import {
  DataTable,
  Empty,
  LinkButton,
  Page,
  Status,
  Time,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { alert, type Alert } from '../schema.ts'
import { path, periodWords, StateMark, stateOptions, valueText } from './words.tsx'

const columns: readonly Column<Alert>[] = [
  {
    key: 'name',
    header: 'Alert',
    cell: (a) => (
      <>
        {a.name}
        <div className="gh-under">{a.says}</div>
      </>
    ),
  },
  {
    key: 'state',
    header: 'State',
    cell: (a) => (
      <>
        <StateMark of={a} />
        {a.quietUntil !== null && (
          <>
            {' '}
            <Status>quiet</Status>
          </>
        )}
      </>
    ),
  },
  { key: 'last', header: 'Judged last', cell: lastText, align: 'right', wideOnly: true },
  {
    key: 'since',
    header: 'Firing since',
    cell: (a) => <Time at={a.firingSince} none="–" />,
    align: 'right',
    wideOnly: true,
  },
]

function lastText({ last, rule, kind, currency, state }: Alert): string {
  if (last === null) return '–'
  const figure = state === 'unknown' ? 'cannot be told' : valueText(last, kind, currency)
  return `${periodWords[rule.unit]} ${last.period}: ${figure}`
}

const filters = [
  { key: 'state', label: 'State', options: stateOptions },
  {
    key: 'kind',
    label: 'Kind',
    options: [
      { value: 'budget', label: 'Budgets' },
      { value: 'rule', label: 'Others' },
    ],
  },
]

/** Budgets and other alerts: what is watched, and what of it fires. */
export function AlertsScreen() {
  const may = useCan('alerts.manage')
  const add = may && <LinkButton to="/alerts/new">New alert</LinkButton>
  return (
    <Page
      title="Alerts"
      about="Budgets and other limits on what agents report. They tell by webhook and mail. Nothing is ever refused because of them."
      actions={add}
    >
      <DataTable
        name="alerts"
        label="Alerts"
        path={path}
        schema={alert}
        columns={columns}
        rowKey={(a) => a.id}
        rowLink={(a) => `/alerts/${a.id}`}
        rowName={(a) => a.name}
        search="Name or what is watched"
        filters={filters}
        empty={
          <Empty title="No alerts yet" action={add}>
            Set a budget of tokens or costs for the workspace, a group or a member, or watch any
            figure of analytics. Before it is saved you see when it would have told in the past.
          </Empty>
        }
      />
    </Page>
  )
}
