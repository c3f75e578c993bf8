import { Stack } from '@mantine/core'
import { Facts, Id, Link, Loaded, Page, Section, Time, useApi, useParam } from '#web/kit/index.ts'
import { directoryPage, type DirectoryPage } from '../schema.ts'
import { AtProvider } from './at-provider.tsx'
import { Disconnect } from './disconnect.tsx'
import { ProvisioningLog } from './log.tsx'
import { Adopts, Tokens } from './tokens.tsx'
import { DirectoryState, providerNames } from './words.tsx'

export function DirectoryScreen() {
  const id = useParam('directoryId')
  const answer = useApi(['directories', id], `/api/v1/directories/${id}`, directoryPage, {
    every: 10_000,
  })
  return <Loaded of={answer}>{(directory) => <Shown of={directory} />}</Loaded>
}

function Shown({ of }: { readonly of: DirectoryPage }) {
  const connected = of.state === 'connected'
  return (
    <Page
      title={of.name}
      trail={[{ label: 'Directories', to: '/directories' }]}
      mark={<DirectoryState of={of} />}
      about={<Id value={of.id} />}
      actions={connected && <Disconnect of={of} />}
    >
      <Stack gap="xl">
        <Section title="State">
          <Facts
            of={[
              ['Provider', providerNames[of.provider]],
              [
                'Users',
                <Link key="u" to="/members">
                  {of.users.toLocaleString('en')}
                  {of.inactive > 0 &&
                    `, ${of.inactive.toLocaleString('en')} of them suspended by it`}
                </Link>,
              ],
              [
                'Groups',
                <Link key="g" to="/groups">
                  {of.groups.toLocaleString('en')}
                </Link>,
              ],
              ['Last request', <Time key="l" at={of.lastRequestAt} />],
              ['Last refused', <Time key="r" at={of.lastRefusedAt} />],
              ['Who was made by hand', <Adopts key="a" of={of} may={connected} />],
              [
                'Connected',
                <span key="c">
                  <Time at={of.createdAt} /> by {of.createdBy}
                </span>,
              ],
              ...(of.disconnectedAt === null
                ? []
                : [['Disconnected', <Time key="d" at={of.disconnectedAt} />] as const]),
            ]}
          />
        </Section>
        {connected && <Tokens of={of} />}
        {connected && <AtProvider of={of} />}
        <ProvisioningLog of={of} />
      </Stack>
    </Page>
  )
}
