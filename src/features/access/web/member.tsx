import { Text } from '@mantine/core'
import {
  Empty,
  Facts,
  Id,
  LinkButton,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useApi,
  useCan,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import { memberPage, type MemberPage, type ServiceKey } from '../schema.ts'
import { MemberActs } from './member-acts.tsx'
import { called, GroupLinks, KeyState, MemberState, roleNames } from './words.tsx'

export function MemberScreen() {
  const id = useParam('memberId')
  const answer = useApi(['members', id], `/api/v1/members/${id}`, memberPage)
  return <Loaded of={answer}>{(member) => <Shown member={member} />}</Loaded>
}

function Shown({ member }: { readonly member: MemberPage }) {
  const mayLookUp = useCan('policies.read')
  return (
    <Page
      title={called(member)}
      trail={[{ label: 'Members', to: '/members' }]}
      mark={<MemberState of={member.status} />}
      about={member.email}
      actions={
        <>
          {mayLookUp && (
            <LinkButton variant="default" to="/lookup" search={{ email: member.email }}>
              Which policy, and why
            </LinkButton>
          )}
          <MemberActs member={member} />
        </>
      }
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Role', roleNames[member.role]],
            ['Groups', <GroupLinks groups={member.groups} />],
            ['Last seen', <Time at={member.lastSeenAt} none="never signed in" />],
            ['Added', <Time at={member.createdAt} />],
            [
              'Source',
              member.source === 'manual' ? 'By hand or by import' : 'The identity provider',
            ],
            ['Id', <Id value={member.id} />],
          ]}
        />
      </Section>
      <Permissions member={member} />
      <Section
        title="Service keys"
        about="Made by this member. A key never holds more than its maker holds at that moment."
      >
        {member.keys.length === 0 ? (
          <Text size="sm" c="dimmed">
            None.
          </Text>
        ) : (
          <Rows label="Service keys" columns={keyColumns} rows={member.keys} rowKey={(k) => k.id} />
        )}
      </Section>
    </Page>
  )
}

const keyColumns: readonly Column<ServiceKey>[] = [
  { key: 'name', header: 'Name', cell: (k) => k.name },
  { key: 'state', header: 'State', cell: (k) => <KeyState of={k.state} /> },
  {
    key: 'used',
    header: 'Last used',
    cell: (k) => <Time at={k.lastUsedAt} />,
    align: 'right',
  },
]

type Held = MemberPage['permissions'][number]
const permissionColumns: readonly Column<Held>[] = [
  { key: 'sentence', header: 'May', cell: (p) => p.sentence },
  {
    key: 'because',
    header: 'Because of',
    cell: (p) => p.because.map((b) => (b.kind === 'role' ? `role ${b.name}` : b.name)).join(', '),
    width: 180,
  },
  {
    key: 'key',
    header: 'Permission',
    cell: (p) => <code>{p.key}</code>,
    width: 190,
    wideOnly: true,
  },
]

function Permissions({ member }: { readonly member: MemberPage }) {
  return (
    <Section title="Permissions" about="What this member may do now, and where it comes from.">
      {member.permissions.length === 0 ? (
        <Empty title="Nothing at the moment">
          A member who is {member.status} holds no permissions.
        </Empty>
      ) : (
        <Rows
          label="Permissions"
          columns={permissionColumns}
          rows={member.permissions}
          rowKey={(p) => p.key}
        />
      )}
    </Section>
  )
}
