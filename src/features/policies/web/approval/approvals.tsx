import { Tabs } from '@mantine/core'
import { z } from 'zod'
import {
  DataTable,
  Empty,
  Link,
  Page,
  Status,
  Time,
  useAddress,
  useApi,
  type Column,
} from '#web/kit/index.ts'
import { fourEyes, proposal, proposalState, type Proposal } from '../../approval/schema.ts'
import { Reviews } from './reviews.tsx'
import { StateMark, stateWord } from './words.tsx'

const columns: readonly Column<Proposal>[] = [
  { key: 'title', header: 'What', cell: (p) => p.title },
  { key: 'state', header: 'State', cell: (p) => <StateMark state={p.state} /> },
  {
    key: 'touches',
    header: 'Touches',
    cell: (p) => p.touches.toLocaleString('en'),
    align: 'right',
  },
  { key: 'proposer', header: 'Proposed by', cell: (p) => p.proposer.label, wideOnly: true },
  { key: 'at', header: 'When', cell: (p) => <Time at={p.createdAt} />, wideOnly: true },
  { key: 'decided', header: 'Decided by', cell: (p) => p.decidedBy ?? '', wideOnly: true },
]

const states = proposalState.options.map((value) => ({ value, label: stateWord(value) }))
const view = z.object({ tab: z.enum(['proposals', 'reviews']).catch('proposals') })

/** What waits for a second person, and what did not wait. */
export function ApprovalsScreen() {
  const [{ tab }, setView] = useAddress(view)
  const { data } = useApi(['four-eyes'], '/api/v1/settings/four-eyes', fourEyes)
  return (
    <Page
      title="Approvals"
      about={
        data?.on === false ? (
          <>
            The{' '}
            <Link to="/four-eyes" underline="always">
              four-eyes rule
            </Link>{' '}
            is off: nothing has to be approved.
          </>
        ) : (
          'Change sets that somebody else has to approve before they happen.'
        )
      }
      mark={
        data !== undefined &&
        data.waiting > 0 && <Status meaning="prompt">{`${data.waiting} wait`}</Status>
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => setView({ tab: next === 'reviews' ? 'reviews' : 'proposals' })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="proposals">Proposals</Tabs.Tab>
          <Tabs.Tab value="reviews">
            Reviews{data !== undefined && data.reviews > 0 && ` (${data.reviews} open)`}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="proposals">
          <DataTable
            name="approvals"
            label="Proposals"
            path="/api/v1/approvals"
            schema={proposal}
            columns={columns}
            rowKey={(p) => p.id}
            rowLink={(p) => `/approvals/${p.id}`}
            rowName={(p) => p.title}
            search="What, message or proposer"
            filters={[{ key: 'state', label: 'State', options: states }]}
            empty={
              <Empty title="Nothing was proposed yet">
                With the four-eyes rule on, dialogs that change somebody’s policy ask for approval
                here.
              </Empty>
            }
          />
        </Tabs.Panel>
        <Tabs.Panel value="reviews">
          <Reviews />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
