import { List, Stack } from '@mantine/core'
import {
  api,
  Facts,
  Id,
  Link,
  Loaded,
  Page,
  Rename,
  Section,
  Time,
  useApi,
  useCan,
  useParam,
  plural,
} from '#web/kit/index.ts'
import { enrolmentDetail, snippets, type EnrolmentDetail } from '../schema.ts'
import { Bind } from './bind.tsx'
import { Fetches } from './fetches.tsx'
import { Keys } from './keys.tsx'
import { Revoke } from './revoke.tsx'
import { SnippetTabs } from './snippet-tabs.tsx'
import { EnrolmentState, When } from './words.tsx'

export function EnrolmentScreen() {
  const id = useParam('enrolmentId')
  const answer = useApi(['enrolments', id], `/api/v1/enrolments/${id}`, enrolmentDetail, {
    every: 10_000,
  })
  return <Loaded of={answer}>{(enrolment) => <Shown of={enrolment} />}</Loaded>
}

function Shown({ of }: { readonly of: EnrolmentDetail }) {
  const may = useCan('enrolments.manage') && of.state === 'active'
  return (
    <Page
      title={of.name}
      trail={[{ label: 'Enrolments', to: '/enrolments' }]}
      mark={<EnrolmentState of={of} />}
      about={<Id value={of.id} />}
      actions={
        may && (
          <>
            <Rename
              title="Rename the enrolment"
              name={of.name}
              maxLength={80}
              refresh={['enrolments']}
              rename={(name) =>
                api.patch(`/api/v1/enrolments/${of.id}`, {
                  body: { name, version: of.version },
                  schema: enrolmentDetail,
                })
              }
            />
            <Bind of={of} />
            <Revoke of={of} />
          </>
        )
      }
    >
      <Stack gap="xl">
        <Section title="State">
          <Facts
            of={[
              ['Last fetched', <When key="f" at={of.lastFetchedAt} />],
              ['Fetches today (UTC)', of.fetchesToday.toLocaleString('en')],
              [
                'In the last 24 hours',
                plural(of.addresses24h, 'network address', 'network addresses'),
              ],
              [
                'Policy by',
                of.group ? (
                  <Link key="g" to={`/groups/${of.group.id}`}>
                    {of.group.name}
                  </Link>
                ) : (
                  'the default policy'
                ),
              ],
              [
                'Which policy, and why',
                <Link key="l" to="/lookup" search={{ enrolment: of.id }}>
                  Look it up
                </Link>,
              ],
              [
                'Made',
                <span key="m">
                  <Time at={of.createdAt} /> by {of.createdBy}
                </span>,
              ],
              ...(of.revokedAt === null
                ? []
                : [
                    [
                      'Revoked',
                      <span key="r">
                        <Time at={of.revokedAt} /> by {of.revokedBy}
                      </span>,
                    ] as const,
                  ]),
            ]}
          />
        </Section>
        <Keys of={of} may={may} />
        <Fetches of={of} />
        {of.state === 'active' && <OnMachines of={of} />}
      </Stack>
    </Page>
  )
}

function OnMachines({ of }: { readonly of: EnrolmentDetail }) {
  const answer = useApi(
    ['enrolments', of.id, 'snippets'],
    `/api/v1/enrolments/${of.id}/snippets`,
    snippets,
  )
  return (
    <Loaded of={answer}>
      {(all) => (
        <>
          <Section
            title="On machines"
            about="The key is not known any more: put it in the place of YOUR-KEY, or make a new one by a rotation."
          >
            <SnippetTabs of={all} />
          </Section>
          <Section title="What the address gives away">
            <List size="sm" spacing={6}>
              {all.threatModel.map((sentence) => (
                <List.Item key={sentence}>{sentence}</List.Item>
              ))}
            </List>
          </Section>
        </>
      )}
    </Loaded>
  )
}
