import {
  Facts,
  Id,
  Loaded,
  Page,
  Rows,
  Section,
  Time,
  useApi,
  useParam,
  type Column,
} from '#web/kit/index.ts'
import { memberPage, type MemberPage, type ServiceKey } from '../schema.ts'
import { MemberClients } from '#features/clients/web/member-clients.tsx'
import { MemberActs } from './member-acts.tsx'
import { GroupsPart } from './person/groups.tsx'
import { Nothing } from './person/part.tsx'
import { PermissionsPart } from './person/permissions.tsx'
import { PolicyPart } from './person/policy.tsx'
import { RecordsPart } from './person/records.tsx'
import { RequestsPart } from './person/requests.tsx'
import { SignInPart } from './person/sign-in.tsx'
import { TokensPart } from './person/tokens.tsx'
import { called, KeyState, MemberState, roleNames, Source } from './words.tsx'

export function MemberScreen() {
  const id = useParam('memberId')
  const answer = useApi(['members', id], `/api/v1/members/${id}`, memberPage)
  return <Loaded of={answer}>{(member) => <Shown member={member} />}</Loaded>
}

function Shown({ member }: { readonly member: MemberPage }) {
  return (
    <Page
      title={called(member)}
      trail={[{ label: 'Members', to: '/members' }]}
      mark={<MemberState of={member.status} />}
      about={member.email}
      actions={<MemberActs member={member} />}
    >
      <Section title="Facts">
        <Facts
          of={[
            ['Built-in role', roleNames[member.role]],
            ['Last seen', <Time at={member.lastSeenAt} none="never signed in" />],
            ['Added', <Time at={member.createdAt} />],
            ['Source', <Source keptBy={member.keptBy} />],
            ['Id', <Id value={member.id} />],
          ]}
        />
      </Section>
      <GroupsPart member={member} />
      <PolicyPart member={member} />
      <PermissionsPart member={member} />
      <MemberClients member={{ id: member.id, name: called(member) }} />
      <TokensPart member={member} />
      <Section
        title="Service keys"
        about="Made by this member. A key never holds more than its maker holds at that moment."
      >
        {member.keys.length === 0 ? (
          <Nothing>None.</Nothing>
        ) : (
          <Rows label="Service keys" columns={keyColumns} rows={member.keys} rowKey={(k) => k.id} />
        )}
      </Section>
      <SignInPart member={member} />
      <RequestsPart member={member} />
      <RecordsPart member={member} />
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
