import {
  DataTable,
  Empty,
  Link,
  LinkButton,
  Page,
  Time,
  useCan,
  type Column,
} from '#web/kit/index.ts'
import { lastsWords } from '#features/access/web/lasts.tsx'
import { request, requestStates, type AccessRequest } from '../schema.ts'
import { RequestMark, stateWords } from './words.tsx'

const title: Column<AccessRequest> = { key: 'title', header: 'What', cell: (r) => r.title }
const state: Column<AccessRequest> = {
  key: 'state',
  header: 'State',
  cell: (r) => <RequestMark of={r} />,
}
const asked: Column<AccessRequest> = {
  key: 'asked',
  header: 'Asked',
  cell: (r) => <Time at={r.createdAt} />,
  align: 'right',
}
const waiting: readonly Column<AccessRequest>[] = [
  title,
  { key: 'who', header: 'Who', cell: (r) => r.requester.label },
  { key: 'lasts', header: 'How long', cell: (r) => lastsWords(r.lasts), wideOnly: true },
  state,
  { key: 'by', header: 'Decided by', cell: (r) => r.decided?.by ?? '', wideOnly: true },
  asked,
]
const own: readonly Column<AccessRequest>[] = [
  title,
  state,
  {
    key: 'until',
    header: 'Until',
    cell: (r) => r.granted && <Time at={r.granted.endsAt} none="for good" />,
  },
  asked,
]

const filters = [
  {
    key: 'state',
    label: 'State',
    options: requestStates.map((value) => ({ value, label: stateWords[value] })),
  },
]

/** What waits for somebody who may decide; for everybody else, what she asked for herself. */
export function RequestsScreen() {
  return useCan('requests.decide') ? <Queue /> : <OwnRequestsScreen />
}

function Queue() {
  return (
    <Page
      title="Requests"
      about="Who asks for access, and what became of it."
      actions={
        <>
          <LinkButton variant="default" to="/requests/mine">
            My own
          </LinkButton>
          <Ask />
        </>
      }
    >
      <DataTable
        name="requests"
        label="Requests"
        path="/api/v1/requests"
        schema={request}
        columns={waiting}
        rowKey={(r) => r.id}
        rowLink={(r) => `/requests/${r.id}`}
        rowName={(r) => `${r.title}, ${r.requester.label}`}
        search="Who, what or why"
        filters={filters}
        empty={
          <Empty title="Nobody has asked for anything">
            Members ask here. With{' '}
            <Link to="/settings" underline="always">
              request addresses
            </Link>{' '}
            a refused command leads them here as well.
          </Empty>
        }
      />
    </Page>
  )
}

/** What the person at the screen asked for. */
export function OwnRequestsScreen() {
  return (
    <Page
      title="My requests"
      about="What you asked for, and until when you have it."
      actions={<Ask />}
    >
      <DataTable
        name="requests"
        label="My requests"
        path="/api/v1/requests/mine"
        schema={request}
        columns={own}
        rowKey={(r) => r.id}
        rowLink={(r) => `/requests/${r.id}`}
        rowName={(r) => r.title}
        search={false}
        exports={false}
        filters={filters}
        empty={
          <Empty title="You have asked for nothing yet" action={<Ask />}>
            Ask when a client refuses to start, or a rule is in the way of your work.
          </Empty>
        }
      />
    </Page>
  )
}

const Ask = () => <LinkButton to="/requests/new">Ask for access</LinkButton>
