import { Loaded, Rows, Time, useApi, type Column } from '#web/kit/index.ts'
import { MemberSignIns } from '#features/signin/web/member-sign-ins.tsx'
import { linkedSignIns, type LinkedSignIn } from '#features/signin/sso/schema.ts'
import type { MemberPage } from '../../schema.ts'
import { called } from '../words.tsx'
import { Nothing, Part } from './part.tsx'

/** How she gets in: where she is signed in now, with which factors, and through which providers. */
export function SignInPart({ member }: { readonly member: MemberPage }) {
  return (
    <>
      <MemberSignIns member={{ id: member.id, name: called(member) }} />
      <Part
        title="Linked sign-ins"
        about="Which accounts of providers open this one."
        needs="members.manage"
      >
        <Links member={member} />
      </Part>
    </>
  )
}

const linkColumns: readonly Column<LinkedSignIn>[] = [
  { key: 'provider', header: 'Provider', cell: (l) => l.provider.name },
  { key: 'as', header: 'As', cell: (l) => l.email ?? l.subject },
  {
    key: 'used',
    header: 'Last used',
    cell: (l) => <Time at={l.lastUsedAt} none="never" />,
    align: 'right',
  },
]

function Links({ member }: { readonly member: MemberPage }) {
  const path = `/api/v1/members/${member.id}/sso-links`
  const answer = useApi(['members', member.id, 'sso-links'], path, linkedSignIns)
  return (
    <Loaded of={answer}>
      {({ items }) =>
        items.length === 0 ? (
          <Nothing>No account of a provider is linked.</Nothing>
        ) : (
          <Rows label="Linked sign-ins" columns={linkColumns} rows={items} rowKey={(l) => l.id} />
        )
      }
    </Loaded>
  )
}
